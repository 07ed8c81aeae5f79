"""What customers are sent: the link into a session, a new one, and one-time codes."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.kinds import AccessLevel
from sessions_app import access, links
from sessions_app.actions import Refused, record
from sessions_app.assigning import open_prepared
from sessions_app.delivery import address_of, deliver
from sessions_app.kinds import Actor, EntryKind, LinkKind, Way
from sessions_app.models import Agent, LiveSession, OneTimeCode
from sessions_app.sms import NotSent
from sessions_app.timeline import Row


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with a link: what it says above, at which levels of access it is still right to send it, and its
    template. `kind` is that of its link."""

    subject: str | Promise
    levels: frozenset[AccessLevel]
    kind: LinkKind
    template: str


OPEN = frozenset({AccessLevel.OPEN})
AFTER_THE_END = frozenset({AccessLevel.FULL, AccessLevel.LIMITED})

INVITATION, MORE_TIME, NEW_LINK, SENT_AGAIN = "invitation", "more_time", "new_link", "sent_again"
LETTERS = {
    INVITATION: Letter(
        gettext_lazy("%(agent)s invites you to a conversation"), OPEN, LinkKind.INVITATION, "invitation"
    ),
    MORE_TIME: Letter(gettext_lazy("%(agent)s gave you more time"), AFTER_THE_END, LinkKind.MORE_TIME, "more_time"),
    NEW_LINK: Letter(gettext_lazy("Your new link"), OPEN | AFTER_THE_END, LinkKind.ASKED, "new_link"),
    SENT_AGAIN: Letter(gettext_lazy("Your new link"), OPEN | AFTER_THE_END, LinkKind.INVITATION, "new_link"),
}
"""The letters by their names."""

SIGNS_IN = gettext_lazy("Customers of this chat sign in at their portal, so no link leads past that.")


def send(session_id: int, letter: str = INVITATION, way: Way = Way.EMAIL, *, now: datetime) -> None:
    """Send the customer a new link, in a letter of `LETTERS`, and record it.

    Nothing happens if there is no address for it, if no link lets them in, or if the letter is not right any more. The
    link is made here, in the worker, so that its token never waits in the queue; one that could not be sent is not
    kept. What cannot be sent for good is recorded; raises OSError if it is worth trying again later.
    """
    session, wanted = _session(session_id), LETTERS[letter]
    to = address_of(session.customer, way)
    if not to or session.is_prepared or not links.lead_in(session) or access.level(session, now) not in wanted.levels:
        return
    link = links.mint(session, by=session.agent, kind=wanted.kind, sent_to=to, now=now)
    try:
        _deliver(session, to, wanted.subject, wanted.template, link=link)
    except (OSError, NotSent) as problem:
        links.discard(link)
        if isinstance(problem, OSError):
            raise
        give_up(session_id, to=to, reason=str(problem), now=now)
        return
    row = Row(kind=EntryKind.INVITED, actor=Actor.SYSTEM, payload={"to": to, "letter": letter})
    record(session_id, row, now=now)


class NoAddress(ValueError):
    """There is no address that a link could be sent to in this way."""


def invite(session: LiveSession, agent: Agent, way: Way, *, now: datetime) -> None:
    """Have the customer sent a new link; a prepared session begins with it.

    Raises NoAddress, and Refused where no link lets them in, or without a free seat for a prepared session.
    """
    from sessions_app.tasks import order_letter

    if not links.lead_in(session):
        raise Refused(str(SIGNS_IN))
    if not address_of(session.customer, way):
        raise NoAddress(_("There is no address that a link could be sent to in this way."))
    if access.level(session, now) is AccessLevel.NONE:
        raise Refused(_("The customer has no access any more, so no link would let them in."))
    open_prepared(session.pk, agent, now=now)
    order_letter(session.pk, _letter(session), [way])


def _letter(session: LiveSession) -> str:
    """Who was here already gets a new link; who was not, the invitation again."""
    new = session.is_open and session.joined_at is None
    return INVITATION if new else SENT_AGAIN


def send_code(code_id: int, *, now: datetime) -> None:
    """Draw the six digits of a one-time code and send them; only their hash is kept (`make_password`).

    Drawn here, in the worker, so that they never wait in the queue. What cannot be sent for good is recorded; raises
    OSError if it is worth trying again later.
    """
    code = OneTimeCode.objects.filter(pk=code_id, used_at=None, expires_at__gt=now).first()
    if code is None:
        return
    digits = f"{secrets.randbelow(1_000_000):06}"
    OneTimeCode.objects.filter(pk=code_id).update(code_hash=make_password(digits))
    try:
        _deliver(_session(code.session_id), code.sent_to, gettext_lazy("Your code: %(code)s"), "code", code=digits)
    except NotSent as problem:
        give_up(code.session_id, to=code.sent_to, reason=str(problem), now=now)


def give_up(session_id: int, *, to: str = "", reason: str = "", now: datetime) -> None:
    """Record that something could not be sent, and why, so that the agent finds another way."""
    payload = {name: value for name, value in (("to", to), ("reason", reason)) if value}
    record(session_id, Row(kind=EntryKind.INVITATION_FAILED, actor=Actor.SYSTEM, payload=payload), now=now)


def show_link(session: LiveSession, agent: Agent | None, *, named: str = "", now: datetime) -> str:
    """Make a link for the agent to pass on by other means, and record that they had it.

    The customer of a prepared session is invited with it. An integration that passes it on is recorded as `named`.
    Raises Refused if there is no free seat for that, or where customers sign in at their portal.
    """
    if not links.lead_in(session):
        raise Refused(str(SIGNS_IN))
    if session.is_prepared:
        if agent is None:
            raise Refused(_("Invite the customer first. Only an agent can do that."))
        open_prepared(session.pk, agent, now=now)
    link = links.mint(session, by=agent, kind=LinkKind.SHOWN, now=now)
    actor, told = (Actor.AGENT, {}) if agent else (Actor.API, {"by": named})
    record(session.pk, Row(kind=EntryKind.LINK_SHOWN, actor=actor, agent=agent, payload=told), now=now)
    return link


def _session(session_id: int) -> LiveSession:
    return LiveSession.objects.select_related("agent", "customer", "widget").get(pk=session_id)


def _deliver(session: LiveSession, to: str, subject: str | Promise, template: str, **given: str) -> None:
    agent = session.agent.name if session.agent else _("Somebody")
    context = {"session": session, "agent": agent, **given}
    deliver(to, subject, template, context, language=session.customer.language)
