"""Where customers of a chat widget are sent who come back to a session that ended while they were away (rules.md 5)."""

from policies_app.kinds import EndReason
from policies_app.redirects import fill_redirect, is_allowed
from policies_app.selectors import system_settings
from sessions_app.models import LiveSession

BY_THEMSELVES = (EndReason.ENDED_BY_CUSTOMER, EndReason.SUPERSEDED)
"""Who ended it, or began anew instead, in another browser, is late for nothing: they are offered a new chat."""


def goes_to(session: LiveSession) -> str:
    """The redirection URL of the session's widget; empty if it has none, its host is not, or no longer, an allowed one,
    or if the customer was there at the end, or ended it themselves. A query if there is one."""
    widget = session.widget
    if widget is None or not session.ended_without_customer or session.end_reason in BY_THEMSELVES:
        return ""
    if not (widget.reconnect_on and widget.redirect_url):
        return ""
    address = fill_redirect(widget.redirect_url, session_id=str(session.public_id), reason=session.end_reason)
    allowed = system_settings().redirect_hosts
    return address if not allowed or is_allowed(address, allowed) else ""
