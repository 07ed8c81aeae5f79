"""A customer of a chat widget starts a chat: what they are asked before, and the session itself (rules.md 2, 5)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies_app.kinds import Ask, Channel, EndReason, SignIn
from policies_app.models import ChatWidget
from sessions_app import floods
from sessions_app.actions import LONGEST_MESSAGE, Author, send_message
from sessions_app.assigning import enter_queue
from sessions_app.customers import UNNAMED
from sessions_app.devices import known
from sessions_app.kinds import Actor, Audience
from sessions_app.limits_table import CHATS_OF_ADDRESS, CHATS_OF_WIDGET
from sessions_app.models import Customer, LiveSession
from sessions_app.selectors import room, rooms
from sessions_app.transitions import end, lock
from sessions_app.widget.visitors import NotNow, Visitor, go_on_in, is_theirs, may_be_theirs, subject_of

LONGEST = {"name": 100, "email": 254, "question": LONGEST_MESSAGE}
CALLED = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail address"),
    "question": gettext_lazy("What is it about?"),
}
"""How the fields are called, at the form and in what is said of them."""


class BadAnswer(ValueError):
    """What was typed before the chat cannot be taken: `field` (a name of `Asked`) and, as text, what is wrong."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(_("“%(field)s”: %(problem)s") % {"field": CALLED[field], "problem": text})
        self.field = field


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer typed before the chat."""

    name: str = ""
    email: str = ""
    question: str = ""


def start(
    widget: ChatWidget,
    visitor: Visitor,
    asked: Asked,
    *,
    instead_of: UUID | None,
    public_id: UUID,
    now: datetime,
    address: str | None = None,
) -> LiveSession:
    """Begin a widget session with this public id. The same one again, by the same visitor, is the same session.

    `instead_of` ends as superseded in the same moment, if it is this visitor's and open. `address` is where the request
    comes from. Raises NotNow (inactive widget, nobody signed in where that is required, too many chats), and BadAnswer.
    """
    if done := _started(widget, visitor, public_id):
        return done
    _check_open(widget, visitor)
    answers = _answers(widget, visitor, asked)
    _check_floods(widget, address)
    try:
        _start(widget, visitor, answers, instead_of, public_id, now)
    except IntegrityError:
        if room(public_id) is None:
            raise
    done = _started(widget, visitor, public_id)  # by this click, or by another one that was first
    if done is None:
        raise NotNow(_("This chat could not be started. Please load the page again."))
    return done


def _started(widget: ChatWidget, visitor: Visitor, public_id: UUID) -> LiveSession | None:
    session = room(public_id)
    if session is None or session.widget_id != widget.pk or not may_be_theirs(session, widget, visitor):
        return None
    return session if known(session, visitor.browser) else None


def _check_open(widget: ChatWidget, visitor: Visitor) -> None:
    if not widget.is_active or not widget.workstream.is_active:
        raise NotNow(_("No new chats can be started here at the moment."))
    if widget.sign_in == SignIn.REQUIRED and visitor.identity is None:
        raise NotNow(_("Please sign in first. Then you can start a chat."))


def _check_floods(widget: ChatWidget, address: str | None) -> None:
    wait = floods.allow(CHATS_OF_ADDRESS, widget.key, floods.one_home(address))
    wait = floods.allow(CHATS_OF_WIDGET, widget.key) if wait is None else wait
    if wait is not None:
        raise NotNow(_("Too many chats are being started. Please wait a moment."), retry_after=wait)


# What was asked ----------------------------------------------------------------------------------------------------


def _answers(widget: ChatWidget, visitor: Visitor, asked: Asked) -> Asked:
    """What holds: of who is signed in what the portal says, else what was typed. Raises BadAnswer."""
    return Asked(
        name=_told(visitor, "name") or _answer("name", widget.ask_name, asked.name),
        email=_told(visitor, "email") or _answer("email", widget.ask_email, asked.email),
        question=_answer("question", widget.ask_question, asked.question),
    )


def _told(visitor: Visitor, field: str) -> str:
    """What the portal says of who is signed in; what cannot be stored as that is as if it had said nothing."""
    text = _clean(str(getattr(visitor.identity, field, "")))
    if field == "email" and not (_is_email(text) and len(text) <= LONGEST[field]):
        return ""
    return text[: LONGEST[field]]


def _answer(field: str, ask: str, typed: str) -> str:
    text = "" if ask == Ask.NO else _clean(typed)
    if not text and ask == Ask.REQUIRED:
        raise BadAnswer(field, _("please fill this in."))
    if len(text) > LONGEST[field]:
        raise BadAnswer(field, _("at most %d characters, please.") % LONGEST[field])
    if text and field == "email" and not _is_email(text):
        raise BadAnswer(field, _("please enter an address such as name@example.com."))
    return text


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


# The session -------------------------------------------------------------------------------------------------------


@transaction.atomic
def _start(
    widget: ChatWidget, visitor: Visitor, answers: Asked, instead_of: UUID | None, public_id: UUID, now: datetime
) -> None:
    """The old session gives its seat up, and the new one is in the queue with what was asked, before anybody looks."""
    if instead_of:
        _supersede(widget, visitor, instead_of, now)
    customer = _customer(widget, visitor, answers)
    session = enter_queue(customer, widget.workstream_id, widget=widget, public_id=public_id, now=now)
    if answers.question:
        send_message(session.pk, Author(Audience.CUSTOMER), answers.question, key=public_id, now=now)
    go_on_in(lock(session.pk, now), visitor.browser, now=now)


def _supersede(widget: ChatWidget, visitor: Visitor, public_id: UUID, now: datetime) -> None:
    session = rooms().filter(public_id=public_id, widget=widget).first()
    if session and is_theirs(session, widget, visitor):
        end(session.pk, EndReason.SUPERSEDED, actor=Actor.CUSTOMER, now=now)


def _customer(widget: ChatWidget, visitor: Visitor, answers: Asked) -> Customer:
    """Whoever is signed in is the same customer again, as the portal knows them now; anonymous ones are new.

    An address is theirs for sure only if the portal says so.
    """
    is_typed = answers.email != "" and not _told(visitor, "email")
    made = {"name": answers.name or str(UNNAMED), "came_by": Channel.WIDGET}
    address = {"email": answers.email, "email_is_typed": is_typed}
    subject = subject_of(widget, visitor)
    if not subject:
        return Customer.objects.create(**made, **address)
    customer, is_new = Customer.objects.get_or_create(subject=subject, defaults=made | address)
    newer = ({"name": answers.name} if answers.name else {}) | (address if answers.email else {})
    if not is_new and newer:
        Customer.objects.filter(pk=customer.pk).update(**newer)
    return customer
