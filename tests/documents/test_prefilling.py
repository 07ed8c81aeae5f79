"""What a form begins with when it is sent."""

from datetime import UTC, datetime, timedelta, timezone

from django.utils.translation import override

from policies_app.kinds import Channel
from sessions_app.customers import UNNAMED
from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill
from sessions_app.documents.prefilling import prefilled
from sessions_app.models import Agent, Customer, LiveSession
from tests.cast import fresh
from tests.documents.papers import SIGNED, a_field, new_version, sent
from tests.moments import STARTED

FROM_SESSION = [
    (Prefill.CUSTOMER_NAME, "Carla"),
    (Prefill.CUSTOMER_EMAIL, "carla@example.com"),
    (Prefill.CUSTOMER_PHONE, "+49 30 12345"),
    (Prefill.AGENT_NAME, "Anna"),
    (Prefill.TODAY, "2026-03-02"),
    (Prefill.NOTHING, ""),
]


def test_each_field_begins_with_what_the_session_knows(session: LiveSession, carla: Customer) -> None:
    Customer.objects.filter(pk=carla.pk).update(phone="+49 30 12345")
    fields = [a_field(str(kind) or "nothing", prefill=kind) for kind, _ in FROM_SESSION]
    assert list(prefilled(fields, fresh(session), STARTED).values()) == [value for _, value in FROM_SESSION]


def test_what_is_not_known_leaves_the_default(session: LiveSession) -> None:
    session.agent = None
    fields = [
        a_field("phone", prefill=Prefill.CUSTOMER_PHONE, default="unknown"),
        a_field("agent", prefill=Prefill.AGENT_NAME, default="our team"),
        a_field("plain", default="as always"),
        a_field("email", prefill=Prefill.CUSTOMER_EMAIL, default="not this"),
    ]
    begins = prefilled(fields, session, STARTED)
    assert begins == {"phone": "unknown", "agent": "our team", "plain": "as always", "email": "carla@example.com"}


def test_a_chats_customer_who_gave_no_name_has_none_in_documents(session: LiveSession, carla: Customer) -> None:
    name = [a_field("name", prefill=Prefill.CUSTOMER_NAME)]
    with override("de"):
        Customer.objects.filter(pk=carla.pk).update(came_by=Channel.WIDGET, name=str(UNNAMED))
    assert prefilled(name, fresh(session), STARTED) == {"name": ""}
    Customer.objects.filter(pk=carla.pk).update(name="Vera")
    assert prefilled(name, fresh(session), STARTED) == {"name": "Vera"}


def test_what_is_not_allowed_in_a_field_is_left_out(session: LiveSession) -> None:
    fields = [
        a_field("number", FieldKind.NUMBER, prefill=Prefill.CUSTOMER_NAME, default="1"),
        a_field("short", prefill=Prefill.CUSTOMER_EMAIL, longest=3),
        a_field("choice", FieldKind.CHOICE, default="c"),
        a_field("box", FieldKind.CHECKBOX, default="Off"),
    ]
    assert set(prefilled(fields, session, STARTED).values()) == {""}


def test_today_is_the_day_in_utc(session: LiveSession) -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=timezone(-timedelta(hours=5)))
    (today,) = prefilled([a_field("today", FieldKind.DATE, prefill=Prefill.TODAY)], session, late).values()
    assert today == late.astimezone(UTC).date().isoformat() == "2026-03-03"


def test_what_the_agent_enters_comes_before_what_is_known_and_may_empty_it(session: LiveSession, anna: Agent) -> None:
    fields = (a_field("name", prefill=Prefill.CUSTOMER_NAME), a_field("mail", prefill=Prefill.CUSTOMER_EMAIL))
    document = sent(session, anna, new_version(fields=fields), name="Carla C.", mail="")
    assert dict(document.values.values_list("name", "value")) == {"name": "Carla C."}
    assert (document.filled, document.asked) == (1, 2)


def test_nobody_signs_for_the_customer(session: LiveSession, anna: Agent) -> None:
    fields = (
        a_field("theirs", FieldKind.SIGNATURE, default=SIGNED),
        a_field("ours", FieldKind.SIGNATURE, by=FilledBy.AGENT),
    )
    document = sent(session, anna, new_version(fields=fields), theirs=SIGNED, ours=SIGNED)
    assert dict(document.values.values_list("name", "value")) == {"ours": SIGNED}
    assert document.filled == 0
