"""A customer of a chat widget starts a chat."""

import re
from typing import Any
from uuid import uuid4

import pytest

from policies_app.kinds import Ask, EndReason, SessionState, SignIn
from policies_app.models import ChatWidget, Workstream
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.widget.entering import Asked, BadAnswer, NotNow, Visitor, start
from sessions_app.widget.identity import Identity
from tests.cast import available, fresh, general, kinds
from tests.moments import MINUTE, STARTED
from tests.widget.portal import (
    ANONYMOUS,
    GONE,
    HOME,
    PHONE,
    SIGNED_IN,
    SIGNED_IN_ON_PHONE,
    SOMEBODY_ELSE,
    changed,
    dropped,
    new_widget,
    started,
)

NOTHING_ASKED = Asked()

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def widget(db: None) -> ChatWidget:
    return new_widget()


def tried(widget: ChatWidget, asked: Asked = NOTHING_ASKED, visitor: Visitor = ANONYMOUS, **more: Any) -> LiveSession:
    given = {"instead_of": None, "public_id": uuid4(), "now": STARTED} | more
    return fresh(start(widget, visitor, asked, **given))


def test_an_anonymous_customer_waits_with_what_they_asked_as_the_first_message(widget: ChatWidget) -> None:
    widget = changed(widget, ask_email=Ask.OPTIONAL)
    session = tried(widget, Asked("  Carla ", "carla@example.com", "Where is my parcel?"))
    customer = session.customer
    assert (customer.name, customer.email, customer.subject, customer.came_by) == (
        "Carla",
        "carla@example.com",
        "",
        "widget",
    )
    assert (session.state, session.widget, session.waits_since) == (SessionState.QUEUED, widget, STARTED)
    row = session.timeline.latest("number")
    assert (row.kind, row.actor, row.payload) == ("message", Actor.CUSTOMER, {"text": "Where is my parcel?"})
    assert str(session.current_device) == HOME.name


def test_without_a_name_they_are_a_visitor_and_what_is_not_asked_is_not_taken(widget: ChatWidget) -> None:
    widget = changed(widget, ask_question=Ask.NO, ask_name=Ask.NO)
    session = tried(widget, Asked("Carla", "carla@example.com", "Hello"))
    assert (session.customer.name, session.customer.email, kinds(session)) == ("Visitor", "", ["queued"])


def test_who_is_signed_in_is_the_same_customer_again_as_the_portal_knows_them_now(widget: ChatWidget) -> None:
    first = started(widget, SIGNED_IN).customer
    assert (first.subject, first.name, first.email) == (f"{widget.key}:carla", "Carla", "carla@example.com")
    again = tried(widget, Asked("Typed"), Visitor(PHONE, Identity("carla", "Carla Jones"))).customer
    assert (again.pk, again.name, again.email) == (first.pk, "Carla Jones", "carla@example.com")
    assert started(new_widget(name="Other"), SIGNED_IN).customer.pk != first.pk
    odd = tried(widget, visitor=Visitor(HOME, Identity("odd", "x" * 300, "no address"))).customer
    assert (len(odd.name), odd.email) == (100, "")


def test_an_address_is_theirs_for_sure_only_if_the_portal_says_so(widget: ChatWidget) -> None:
    widget = changed(widget, ask_email=Ask.OPTIONAL)
    typed = Asked(email="carla@example.com")
    assert tried(widget, typed).customer.email_is_typed
    assert tried(widget, typed, Visitor(HOME, Identity("dan", "Dan"))).customer.email_is_typed
    assert not tried(widget, typed, SIGNED_IN).customer.email_is_typed
    assert not tried(widget).customer.email_is_typed, "there is none"
    told = Visitor(HOME, Identity("dan", "Dan", "dan@example.com"))
    assert not tried(widget, typed, told).customer.email_is_typed, "now the portal says it"


def test_the_same_click_again_is_the_same_session(widget: ChatWidget) -> None:
    public_id = uuid4()
    one, again = (tried(widget, Asked(question="Hello"), public_id=public_id) for _ in range(2))
    assert one == again and kinds(one) == ["queued", "message"]
    assert (LiveSession.objects.count(), Customer.objects.count()) == (1, 1)


def test_the_id_of_somebody_elses_session_is_no_way_in(widget: ChatWidget) -> None:
    theirs = started(widget, SIGNED_IN)
    for visitor in (Visitor(PHONE), ANONYMOUS, SOMEBODY_ELSE):
        with pytest.raises(NotNow):
            tried(widget, visitor=visitor, public_id=theirs.public_id)
    assert LiveSession.objects.count() == 1


# Instead of another ------------------------------------------------------------------------------------------------


def test_a_new_chat_supersedes_the_old_one_and_gets_its_seat(widget: ChatWidget, anna: Agent) -> None:
    Workstream.objects.filter(pk=general().pk).update(answer_within=None)
    Agent.objects.filter(pk=anna.pk).update(capacity=1)
    available(anna)
    old = dropped(started(widget, SIGNED_IN))
    new = started(widget, SIGNED_IN_ON_PHONE, instead_of=old.public_id, now=GONE)
    assert (fresh(old).end_reason, fresh(old).ended_at) == (EndReason.SUPERSEDED, GONE)
    assert (new.state, new.agent) == (SessionState.ACTIVE, anna)


@pytest.mark.parametrize("visitor", [Visitor(PHONE), SOMEBODY_ELSE], ids=["another browser", "somebody else"])
@pytest.mark.parametrize("owner", [ANONYMOUS, SIGNED_IN], ids=["anonymous", "signed in"])
def test_nobody_supersedes_what_is_not_theirs(widget: ChatWidget, visitor: Visitor, owner: Visitor) -> None:
    old = started(widget, owner)
    if visitor is SOMEBODY_ELSE and owner is ANONYMOUS:
        visitor = Visitor(PHONE, SOMEBODY_ELSE.identity)
    started(widget, visitor, instead_of=old.public_id)
    started(new_widget(name="Other"), owner, instead_of=old.public_id)
    started(widget, visitor, instead_of=uuid4())
    assert fresh(old).is_open


def test_a_chat_that_cannot_be_started_ends_nothing(widget: ChatWidget) -> None:
    old = started(widget)
    for refused, asked in ((changed(widget, ask_name=Ask.REQUIRED), Asked()), (changed(widget, is_active=False), None)):
        with pytest.raises((BadAnswer, NotNow)):
            tried(refused, asked or Asked("Carla"), instead_of=old.public_id)
    assert fresh(old).is_open


def test_what_is_over_stays_as_it_ended(widget: ChatWidget) -> None:
    old = dropped(started(widget), GONE)
    assert fresh(old).end_reason == EndReason.ABANDONED
    started(widget, instead_of=old.public_id, now=GONE + MINUTE)
    assert fresh(old).end_reason == EndReason.ABANDONED


# Refused -----------------------------------------------------------------------------------------------------------

BAD = {
    "no name": (Asked(email="a@b.example", question="?"), "name", "“Name”: please fill this in."),
    "blank": (Asked(" \x00 ", "a@b.example", "?"), "name", "please fill this in"),
    "no e-mail": (Asked("C", "", "?"), "email", "“E-mail address”: please fill this in."),
    "no question": (Asked("C", "a@b.example"), "question", "“What is it about?”: please fill this in."),
    "wrong e-mail": (Asked("C", "a@b", "?"), "email", "name@example.com"),
    "long name": (Asked("C" * 101, "a@b.example", "?"), "name", "at most 100 characters"),
    "long question": (Asked("C", "a@b.example", "?" * 10_001), "question", "at most 10000 characters"),
}


@pytest.mark.parametrize("case", BAD)
def test_the_field_is_named_and_what_is_wrong_with_it(widget: ChatWidget, case: str) -> None:
    widget = changed(widget, ask_name=Ask.REQUIRED, ask_email=Ask.REQUIRED, ask_question=Ask.REQUIRED)
    asked, field, said = BAD[case]
    with pytest.raises(BadAnswer, match=re.escape(said)) as refused:
        tried(widget, asked)
    assert refused.value.field == field
    assert not Customer.objects.exists()
    assert tried(widget, Asked("C", "a@b.example", "?\x00")).timeline.latest("number").payload == {"text": "?"}


def test_what_the_portal_says_needs_not_be_typed(widget: ChatWidget) -> None:
    widget = changed(widget, ask_name=Ask.REQUIRED, ask_email=Ask.REQUIRED, ask_question=Ask.NO)
    assert tried(widget, visitor=SIGNED_IN).customer.name == "Carla"


def test_where_sign_in_is_required_nobody_else_starts_anything(widget: ChatWidget) -> None:
    widget = changed(widget, sign_in=SignIn.REQUIRED, audience="shop")
    with pytest.raises(NotNow, match="sign in") as refused:
        tried(widget)
    assert refused.value.retry_after is None
    assert tried(widget, visitor=SIGNED_IN).customer.subject


@pytest.mark.parametrize("what", ["widget", "workstream"])
def test_what_is_inactive_begins_nothing(widget: ChatWidget, what: str) -> None:
    if what == "widget":
        widget = changed(widget, is_active=False)
    else:
        Workstream.objects.update(is_active=False)
        widget = changed(widget)
    with pytest.raises(NotNow):
        tried(widget)


def test_a_flood_of_chats_from_one_address_is_held_up(widget: ChatWidget) -> None:
    for _ in range(30):
        tried(widget, address="192.0.2.1")
    with pytest.raises(NotNow, match="Too many") as refused:
        tried(widget, address="192.0.2.1")
    assert refused.value.retry_after is not None and 0 < refused.value.retry_after <= 60
    assert tried(widget, address="192.0.2.2").is_open
