"""The answers of Explain in plain words, each with the rule behind it and the version of the policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.durations import in_words
from policies_app.kinds import AccessLevel, DueKind, EndReason, Permission, SessionState
from policies_app.rules import FOREVER
from policies_app.snapshot import EndPolicy
from policies_app.wording import agent_in_words, customer_in_words
from sessions_app.explain.facts import Event
from sessions_app.explain.verdict import AfterEnd, Answer
from sessions_app.explain.whose import Gone, Whose

LIFE = gettext_lazy("rule 2, life of a session")
INACTIVITY = gettext_lazy("rule 3, end when the agent is inactive")
WINDOWS = gettext_lazy("rule 4, first table: how long access lasts")
ABILITIES = gettext_lazy("rule 4, second table: what the customer may do")
RECONNECT = gettext_lazy("rule 5, reconnect")
MORE_TIME = gettext_lazy("rule 4, more time given by an agent")
WHICH = gettext_lazy("rule 6, which policy applies")


@dataclass(frozen=True, slots=True)
class Because:
    """One reason: a sentence, the rule that it applies, and the policy version behind it, if one is."""

    text: str
    rule: str | Promise
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether the customer may do something."""

    label: str
    allowed: bool


def clock_time(at: datetime) -> SafeString:
    """A moment to the second, in UTC until the page's script says it in the viewer's zone; exact for machines."""
    if at >= FOREVER:
        return SafeString(_("without limit"))
    shown = date_format(at.astimezone(UTC), "j M Y, H:i:s")
    return format_html('<time datetime="{}" data-exact>{} UTC</time>', at.isoformat(), shown)


def abilities(answer: Answer) -> list[Ability]:
    """What the customer may and may not do, in the order of the rule's table."""
    return [Ability(_(permission.label), permission in answer.may) for permission in Permission]


def state_in_words(answer: Answer) -> str:
    """The state of the session."""
    if answer.state is None:
        return _("Not begun")
    if answer.whose and answer.whose.is_prepared:
        return _("Prepared, the customer is not invited yet")
    if answer.whose and answer.whose.answer_by:
        return _("Given to %s, not opened yet") % answer.whose.agent
    return _(answer.state.label)


def level_in_words(answer: Answer) -> str:
    """The customer's access."""
    if answer.level is AccessLevel.OPEN:
        return _("Everything, while the session is open")
    return _(answer.level.label)


def next_in_words(answer: Answer, *, now: datetime) -> str:
    """What time would do next as of the moment asked about."""
    if answer.state is None:
        return _("The session begins.")
    due = answer.next_due
    if due is None:
        return _nothing_due(answer)
    said = _COMING[due.kind] if answer.moment >= now else _CAME[due.kind]
    if answer.at_earliest and due.kind in (DueKind.WARN, DueKind.END_INACTIVE):
        said = _AT_EARLIEST[due.kind]
    return format_html(str(said), clock_time(due.at))


_COMING = {
    DueKind.WARN: gettext_lazy("Agent and customer will be warned at {} unless the agent does something."),
    DueKind.END_INACTIVE: gettext_lazy("It will end at {} unless the agent does something."),
    DueKind.RETURN: gettext_lazy("It will go back to the queue at {} unless the agent opens it."),
    DueKind.END_HOLD: gettext_lazy("The seat is held for the customer until {}."),
    DueKind.END_AWAY: gettext_lazy("It will end at {} unless the customer comes back."),
    DueKind.LIMIT_ACCESS: gettext_lazy("The customer's access will be limited at {}."),
    DueKind.CLOSE_ACCESS: gettext_lazy("The customer's access will be over at {}."),
}
_CAME = {
    DueKind.WARN: gettext_lazy("As of then, agent and customer would be warned at {} unless the agent did something."),
    DueKind.END_INACTIVE: gettext_lazy("As of then, it would end at {} unless the agent did something."),
    DueKind.RETURN: gettext_lazy("As of then, it would go back to the queue at {} unless the agent opened it."),
    DueKind.END_HOLD: gettext_lazy("As of then, the seat would be held for the customer until {}."),
    DueKind.END_AWAY: gettext_lazy("As of then, it would end at {} unless the customer came back."),
    DueKind.LIMIT_ACCESS: gettext_lazy("As of then, the customer's access would be limited at {}."),
    DueKind.CLOSE_ACCESS: gettext_lazy("As of then, the customer's access would be over at {}."),
}
_AT_EARLIEST = {
    DueKind.WARN: gettext_lazy(
        "As of then, agent and customer would be warned at {} at the earliest: "
        "of the agent's activity only the newest is kept, and it was later."
    ),
    DueKind.END_INACTIVE: gettext_lazy(
        "As of then, it would end at {} at the earliest: of the agent's activity only the newest is kept, "
        "and it was later."
    ),
}


def _nothing_due(answer: Answer) -> str:
    if answer.state is SessionState.ENDED:
        kept = answer.level is not AccessLevel.NONE
        return _("Nothing: this access has no limit.") if kept else _("Nothing: it is over.")
    if answer.state is SessionState.QUEUED:
        return _("Nothing by itself: it waits until an agent takes it, or the customer leaves.")
    if answer.whose and answer.whose.is_prepared:
        return _("Nothing by itself: time counts from when the customer is invited.")
    if answer.policy.inactive_after is None:
        return _("Nothing by itself: the session stays open until somebody ends it.")
    return format_html(
        _("It would end {} after the agent's last activity, which is not kept for that time."),
        in_words(answer.policy.inactive_after),
    )


def reasons(answer: Answer, *, started_at: datetime) -> Iterator[Because]:
    """Why the answer is what it is: the state, the access, what came in between, and what may be done."""
    if answer.state is None:
        yield Because(format_html(_("The session began only at {}."), clock_time(started_at)), LIFE)
    elif answer.after_end is None:
        yield from _why_open(answer, started_at)
    else:
        yield from _why_ended(answer, answer.after_end)


def _why_open(answer: Answer, started_at: datetime) -> Iterator[Because]:
    if answer.is_forecast:
        open_ = _("It began at {} and, if nothing happens until then, will not have ended.")
    else:
        open_ = _("It began at {} and had not ended by then.")
    yield Because(format_html(open_, clock_time(started_at)), LIFE)
    yield Because(_("While a session is open, the customer may do everything in it."), ABILITIES)
    if (whose := answer.whose) and whose.gone:
        yield Because(_("While the customer is disconnected, no agent's inactivity counts."), INACTIVITY)
        yield _why_back(whose.agent, whose.gone)
    elif whose and not whose.clock_runs:
        yield _why_no_clock(whose)
    else:
        yield Because(agent_in_words(answer.policy), INACTIVITY, answer.policy.version)


def _why_back(agent: str, gone: Gone) -> Because:
    if gone.return_until is None:
        return Because(_("Reconnect was off when they dropped out: only a new chat is offered."), RECONNECT)
    if gone.held_until is None:
        said = _("They can come back until {}; no seat is held for them.")
        return Because(format_html(said, clock_time(gone.return_until)), RECONNECT)
    said = _("They can come back until {until}; {agent} holds a seat for them until {held}.")
    moments = {"until": clock_time(gone.return_until), "held": clock_time(gone.held_until)}
    return Because(format_html(said, agent=agent, **moments), RECONNECT)


def _why_no_clock(whose: Whose) -> Because:
    if whose.state is SessionState.QUEUED:
        return Because(_("While it waits in the queue, no agent's inactivity counts."), LIFE)
    if whose.answer_by:
        said = _("It was given to {}, who has not opened it; until then their inactivity does not count.")
        return Because(format_html(said, whose.agent), LIFE)
    return Because(_("A session that is only prepared takes no seat, and nobody's inactivity counts."), LIFE)


def _why_ended(answer: Answer, end: AfterEnd) -> Iterator[Because]:
    yield _why_over(end)
    yield _why_other_policy(end.applied) if end.applied else _why_this_policy(end)
    yield Because(customer_in_words(end.policy), WINDOWS, end.policy.version)
    yield Because(_windows(end), WINDOWS, end.policy.version)
    yield from map(_why_more, end.extensions)
    yield _why_abilities(answer.level, end.policy)


def _why_over(end: AfterEnd) -> Because:
    if end.is_foretold and end.reason is EndReason.RECONNECT_TIMEOUT:
        said = _("If the customer does not come back until then, the session ends at {}.")
        return Because(format_html(said, clock_time(end.ended_at)), RECONNECT)
    if end.is_foretold:
        said = _("If the agent does nothing until then, the session ends at {}.")
        return Because(format_html(said, clock_time(end.ended_at)), INACTIVITY, end.policy.version)
    rule = INACTIVITY if end.reason is EndReason.AGENT_INACTIVE else LIFE
    said = format_html(_("{reason} at {at}."), reason=_(end.reason.label), at=clock_time(end.ended_at))
    return Because(said, rule)


def _why_this_policy(end: AfterEnd) -> Because:
    said = _("The policy that is in force at the end holds for the session, whatever is saved later.")
    return Because(said, WHICH, end.policy.version)


def _why_other_policy(applied: Event) -> Because:
    said = _("Afterwards, at {at}, {who} gave it this version instead of the one that was in force at its end.")
    who = applied.who or _("an administrator")
    return Because(format_html(said, at=clock_time(applied.at), who=who), WHICH, applied.version)


def _windows(end: AfterEnd) -> str:
    """Until when by the policy alone, as moments."""
    given = end.by_policy or end.windows
    full, limited = given.full_until, given.limited_until
    if full == FOREVER:
        return _("Counted from the end: full access without limit.")
    parts = []
    if full > end.ended_at:
        parts.append(format_html(_("full access until {}"), clock_time(full)))
    if limited > full:
        parts.append(format_html(_("limited access until {}"), clock_time(limited)))
    if not parts:
        return _("Counted from the end: no access at once.")
    return format_html(_("Counted from the end: {}."), format_html_join(", ", "{}", ((part,) for part in parts)))


def _why_more(extension: Event) -> Because:
    said = format_html(
        _("At {at}, {who} gave more time: {level} until {until}."),
        at=clock_time(extension.at),
        who=extension.who or _("an agent"),
        level=_(AccessLevel(extension.payload["level"]).label).lower(),
        until=clock_time(datetime.fromisoformat(extension.payload["until"])),
    )
    if reason := extension.payload.get("reason"):
        said = format_html(_("{said} Reason: {reason}"), said=said, reason=reason)
    return Because(said, MORE_TIME, extension.version)


def _why_abilities(level: AccessLevel, policy: EndPolicy) -> Because:
    match level:
        case AccessLevel.FULL:
            said = _(
                "With full access the customer may also complete documents. Attachments: %(files)s. Chat: %(chat)s."
            )
            words = {"files": _on_or_off(policy.attachments), "chat": _on_or_off(policy.chat)}
            return Because(said % words, ABILITIES, policy.version)
        case AccessLevel.LIMITED:
            return Because(
                _("With limited access the customer may look and download, and complete nothing."), ABILITIES
            )
        case _rest:
            return Because(_("Without access the customer may do nothing."), ABILITIES)


def _on_or_off(toggle: bool) -> str:
    return _("on") if toggle else _("off")
