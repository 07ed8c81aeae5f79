"""What a customer who drops out of a chat will get, in plain words, for whoever is about to save it (rules.md 5).

Pure but for the language. Settings that are still being typed may have holes: `unclear` names the fields whose values
are not known, and of those the sentences say so instead of something that may be wrong.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from policies_app.durations import in_words
from policies_app.reconnect import Away, ReconnectPolicy, away
from policies_app.wording import short_address

DROP = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the moment of a drop where only what follows after how long matters."""


@dataclass(frozen=True, slots=True)
class Spans:
    """How long after the drop something is over: the grace, the hold (None: there is none), and the session itself."""

    grace: timedelta
    hold: timedelta | None
    end: timedelta


def spans(policy: ReconnectPolicy) -> Spans:
    """What the rules make of a policy."""
    promised: Away = away(policy, DROP)
    hold = promised.hold_until - DROP if promised.hold_until else None
    return Spans(policy.grace, hold, promised.ends_at - DROP)


def dropped_in_words(
    policy: ReconnectPolicy,
    *,
    portal_url: str = "",
    sends_link: bool = False,
    redirect_url: str = "",
    unclear: Collection[str] = (),
) -> str:
    """What becomes of a customer whose connection is lost, in the order in which it happens."""
    if not policy.is_on:
        return f"{_nothing_changes(policy, unclear)} {_only_new_chat(policy, unclear)}"
    sentences = [
        _nothing_changes(policy, unclear),
        *_comes_back(policy, unclear),
        _too_late(policy, redirect_url, unclear),
        _by_link(portal_url, sends_link=sends_link, unclear=unclear),
    ]
    return " ".join(sentences)


def _nothing_changes(policy: ReconnectPolicy, unclear: Collection[str]) -> str:
    if "grace" in unclear:
        return _("When a customer counts as disconnected is not clear yet.")
    return _("A customer who is back within %s has missed nothing.") % in_words(policy.grace)


def _only_new_chat(policy: ReconnectPolicy, unclear: Collection[str]) -> str:
    if "workstream" in unclear:
        return _("After that they are offered a new chat.")
    return _(
        "After that they are offered a new chat; the previous one ends %s after the connection was lost."
    ) % in_words(spans(policy).end)


def _comes_back(policy: ReconnectPolicy, unclear: Collection[str]) -> list[str]:
    anybody = _(
        "Until %s after the connection was lost they come back to the whole conversation: to the previous agent if "
        "that agent has room, else through the queue."
    ) % _limit(policy, unclear)
    if "same_agent_for" in unclear:
        return [_("How long the agent's seat is held for them is not clear yet."), anybody]
    hold = spans(policy).hold
    if hold is None:
        return [anybody]
    same = _("Within %s they come back to the same agent, whose seat is held, unless the agent pressed Close.")
    return [same % in_words(hold)] if _is_all(policy, hold, unclear) else [same % in_words(hold), anybody]


def _is_all(policy: ReconnectPolicy, hold: timedelta, unclear: Collection[str]) -> bool:
    """Whether the seat is held for as long as they can come back."""
    return "workstream" not in unclear and hold == spans(policy).end


def _limit(policy: ReconnectPolicy, unclear: Collection[str]) -> str:
    return _("the reconnect time limit") if "workstream" in unclear else in_words(spans(policy).end)


def _too_late(policy: ReconnectPolicy, redirect_url: str, unclear: Collection[str]) -> str:
    words = {"limit": _limit(policy, unclear), "page": short_address(redirect_url)}
    if "redirect_url" in unclear:
        return _("After %(limit)s the session ends; who comes back is sent to a page whose URL is not right.") % words
    if redirect_url:
        return _("After %(limit)s the session ends. Who comes back after an end is sent to %(page)s.") % words
    return _("After %(limit)s the session ends, and they are offered a new chat.") % words


def _by_link(portal_url: str, *, sends_link: bool, unclear: Collection[str]) -> str:
    if "portal_url" in unclear:
        return _("Reconnect links cannot be given out before the portal URL is right.")
    if not portal_url:
        return _("Without a portal URL there is no reconnect link: they come back in the same browser, or signed in.")
    if sends_link:
        return _("A reconnect link to %s is sent to them when an agent answers.") % short_address(portal_url)
    return _("Agents can give them a reconnect link to %s.") % short_address(portal_url)
