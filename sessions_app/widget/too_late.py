"""Where customers of a chat widget are sent who were away for longer than its time limit (rules.md 5)."""

from policies_app.kinds import EndReason
from policies_app.redirects import fill_redirect, is_allowed
from policies_app.selectors import system_settings
from sessions_app.models import LiveSession


def goes_to(session: LiveSession) -> str:
    """The redirection URL of the session's widget; empty if it has none, its host is not, or no longer, an allowed one,
    or if the session did not end by the time limit. A query if there is one."""
    widget = session.widget
    if session.end_reason != EndReason.RECONNECT_TIMEOUT or widget is None:
        return ""
    if not (widget.reconnect_on and widget.redirect_url):
        return ""
    address = fill_redirect(widget.redirect_url, session_id=str(session.public_id), reason=session.end_reason)
    allowed = system_settings().redirect_hosts
    return address if not allowed or is_allowed(address, allowed) else ""
