"""An end session behavior in plain words, for whoever is about to save it (product.md D1).

Pure but for the language: a policy in, sentences out. A policy that is still being typed may have holes: `unclear`
names the fields whose values are not known, and of those the sentences say so instead of something that may be wrong.
"""

from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from policies_app.durations import in_words
from policies_app.kinds import AccessSetting, ActivityCounts, AgentRedirect
from policies_app.snapshot import EndPolicy

_LONGEST_ADDRESS = 60


def customer_in_words(policy: EndPolicy, unclear: Collection[str] = ()) -> str:
    """What customers can do after the end, for how long, and where they are sent (rules.md 4)."""
    return f"{_access(policy, unclear)} {_sent_to(policy, unclear)}".strip()


def agent_in_words(policy: EndPolicy, unclear: Collection[str] = ()) -> str:
    """When a session ends by itself, who is warned, and where the agent goes (rules.md 3)."""
    sentences = [_inactivity(policy, unclear), *_waiting(policy, unclear), _goes_to(policy, unclear)]
    return " ".join(filter(None, sentences))


# The customer ----------------------------------------------------------------------------------------------------


def _access(policy: EndPolicy, unclear: Collection[str]) -> str:
    if "access" in unclear:
        return _("What customers keep after the session ends depends on the access level, which is not selected yet.")
    words = {"long": _length(policy.access_for), "with": _toggles(policy), "then": _length(policy.then_limited_for)}
    match policy.access:
        case None:
            return _("When the session ends it is over for customers: they have no access any more.")
        case AccessSetting.FULL_UNLIMITED:
            text = _("After the session ends customers keep full access without limit, %(with)s.")
        case AccessSetting.LIMITED:
            text = _("After the session ends customers can look and download for %(long)s; then it is over.")
        case AccessSetting.FULL_RESTRICTED if policy.then_limited_for or "then_limited_for" in unclear:
            text = _(
                "After the session ends customers keep full access for %(long)s, %(with)s; "
                "then they can look and download for %(then)s; then it is over."
            )
        case AccessSetting.FULL_RESTRICTED:
            text = _("After the session ends customers keep full access for %(long)s, %(with)s; then it is over.")
    return text % words


def _toggles(policy: EndPolicy) -> str:
    match policy.chat, policy.attachments:
        case True, True:
            return _("with chat and attachments")
        case True, False:
            return _("with chat, without attachments")
        case False, True:
            return _("with attachments, without chat")
        case _rest:
            return _("without chat and attachments")


def _sent_to(policy: EndPolicy, unclear: Collection[str]) -> str:
    if "redirect_customer" in unclear:
        return _("They are sent to another page, whose URL is not right yet.")
    if policy.redirect_customer:
        return _("They are sent to %s.") % short_address(policy.redirect_customer)
    if policy.access is None and "access" not in unclear:
        return _("They stay on the page, which says so.")
    return _("They stay on the page, which says what they can still do.")


def short_address(address: str) -> str:
    """The address as people name it: without scheme and query, and not too long."""
    parts = urlsplit(address)
    short = f"{parts.netloc}{parts.path}".rstrip("/")
    return short if len(short) <= _LONGEST_ADDRESS else f"{short[: _LONGEST_ADDRESS - 1]}…"


# The agent -------------------------------------------------------------------------------------------------------


def _inactivity(policy: EndPolicy, unclear: Collection[str]) -> str:
    if policy.inactive_after is None and "inactive_after" not in unclear:
        return _("A session does not end by itself.")
    words = {"after": _length(policy.inactive_after), "warned": _warned(policy, unclear)}
    if policy.activity_counts is ActivityCounts.SESSION:
        ended = _(
            "A session ends by itself when its agent was inactive in it for %(after)s, "
            "whatever they did elsewhere in Parley; %(warned)s."
        )
    else:
        ended = _("A session ends by itself when its agent was inactive for %(after)s; %(warned)s.")
    return ended % words


def _warned(policy: EndPolicy, unclear: Collection[str]) -> str:
    if "warn_before" in unclear:
        return _("when agent and customer are warned is not clear yet")
    if not policy.warn_before:
        return _("nobody is warned before")
    return _("agent and customer are warned %s before") % in_words(policy.warn_before)


def _waiting(policy: EndPolicy, unclear: Collection[str]) -> list[str]:
    if policy.wait_at_most is None and "wait_at_most" not in unclear:
        return []
    longer = _length(policy.wait_at_most)
    return [_("While the customer is completing something, it waits up to %s longer.") % longer]


def _goes_to(policy: EndPolicy, unclear: Collection[str]) -> str:
    if "redirect_agent" in unclear:
        return ""
    ends_by_itself = policy.inactive_after is not None or "inactive_after" in unclear
    match policy.redirect_agent, ends_by_itself:
        case AgentRedirect.WELCOME, True:
            return _("Then the agent goes back to the Welcome page.")
        case AgentRedirect.WELCOME, False:
            return _("When it is ended, the agent goes back to the Welcome page.")
        case AgentRedirect.STAY, True:
            return _("Then the agent stays in the room and can read everything.")
        case _rest:
            return _("When it is ended, the agent stays in the room and can read everything.")


def _length(duration: timedelta | None) -> str:
    return in_words(duration) if duration else _("a time that is still to be entered")
