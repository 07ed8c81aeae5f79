"""Erasing a customer: nothing of them is left anywhere, and what is left still holds together."""

import json
from datetime import UTC
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models

from policies_app.kinds import AccessLevel, AccessSetting, EndReason, SessionState
from sessions_app import access, half_typed, invitations, links, stored_files
from sessions_app.actions import Refused, add_note, attach, keep_draft, send_message
from sessions_app.customers import change_details, same_person
from sessions_app.documents import kept_transcripts
from sessions_app.documents.actions import complete
from sessions_app.documents.evidence import Break
from sessions_app.documents.findings import Outcome, Verdict
from sessions_app.documents.results import prepare
from sessions_app.documents.stored_rows import stored_break
from sessions_app.documents.verifying import verify
from sessions_app.erased_rows import digest_of, erased
from sessions_app.erasing import By, NotErased, erase
from sessions_app.half_typed import Typed
from sessions_app.kinds import Actor, Audience, EntryKind, LinkKind
from sessions_app.models import (
    AccessLink,
    Agent,
    Customer,
    Device,
    Document,
    LiveSession,
    TimelineEntry,
    WebhookAttempt,
)
from sessions_app.more_time import give_more_time
from sessions_app.rows import row_html
from sessions_app.transcript import Transcript, as_text
from sessions_app.transitions import end
from tests.cast import CUSTOMER, author, come_in, fresh, kinds, new_session, set_policy
from tests.documents.papers import COMPLETE, CONSENT, sent, typed
from tests.documents.sealed import in_sql, stored_version
from tests.moments import HOUR, MINUTE, STARTED
from tests.webhooks.receiving import new_endpoint

ADA = By(Actor.ADMIN, "ada")
SECRETS = ("Carla", "carla@", "+4930123", "SECRET", "Ring twice", "Firefox", "plan.txt")
"""What is known of her, and what anybody wrote."""

ERASED_AT = STARTED + HOUR


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    cache.clear()


@pytest.fixture
def full(session: LiveSession, anna: Agent, carla: Customer) -> LiveSession:
    """A session that holds something of everything that a session can hold."""
    set_policy(access=AccessSetting.FULL_UNLIMITED, chat=True, attachments=True)
    come_in(session)
    Device.objects.update(user_agent="Firefox")
    send_message(session.pk, CUSTOMER, "SECRET of mine", key=uuid4(), now=STARTED)
    send_message(session.pk, author(anna), "SECRET kept", key=uuid4(), now=STARTED)
    add_note(session.pk, anna, "SECRET note", key=uuid4(), now=STARTED)
    attach(session.pk, CUSTOMER, SimpleUploadedFile("plan.txt", b"SECRET plan"), key=uuid4(), now=STARTED)
    links.mint(session, by=anna, now=STARTED, kind=LinkKind.ASKED, sent_to="carla@example.com")
    new = {"name": "Carla Two", "email": "carla@example.com", "phone": "+4930123"}
    change_details(session.pk, anna, new, now=STARTED)
    half_typed.keep(session.pk, None, Typed("SECRET half", 2**41), now=STARTED)
    keep_draft(session.pk, CUSTOMER, "SECRET draft", key=uuid4(), now=STARTED)
    done = sent(session, anna, stored_version())
    complete(done.pk, typed(**COMPLETE, remarks="Ring twice"), CONSENT, key=uuid4(), now=STARTED)
    prepare(done.pk, now=STARTED)
    return fresh(session)


def everything_stored() -> str:
    """Every row of every table, as text."""
    found = []
    for model in apps.get_models():
        if model._meta.app_label in ("sessions_app", "policies_app"):
            names = [one.attname for one in model._meta.concrete_fields if not isinstance(one, models.BinaryField)]
            found += [f"{model.__name__} {row}" for row in model._default_manager.values(*names)]
    return "\n".join(found)


def test_nothing_of_them_is_left_in_any_table(full: LiveSession, carla: Customer) -> None:
    before = everything_stored()
    assert all(secret in before for secret in SECRETS)
    assert erase([carla], by=ADA, now=ERASED_AT) == 1
    after = everything_stored()
    assert [secret for secret in SECRETS if secret in after] == []


def test_the_files_are_gone_from_the_store(full: LiveSession, carla: Customer) -> None:
    attachment, document = full.attachments.get(), full.documents.get()
    names = [str(attachment.file.name), str(document.result.name)]
    assert all(map(default_storage.exists, names))
    erase([carla], by=ADA, now=ERASED_AT)
    assert not any(map(default_storage.exists, names))


def test_a_file_that_cannot_be_removed_leaves_everything_as_it_was(
    full: LiveSession, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said to be erased that is not; the next try goes on from there."""

    def broken(name: str) -> None:
        raise OSError(f"{name} cannot be reached")

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "delete", broken)
        with pytest.raises(NotErased, match="Nothing was erased"):
            erase([carla], by=ADA, now=ERASED_AT)
    assert fresh(full).customer.erased_at is None and fresh(full).is_open
    erase([carla], by=ADA, now=ERASED_AT)
    assert fresh(full).customer.erased_at == ERASED_AT


@pytest.mark.parametrize(
    ("by", "reason"), [(ADA, EndReason.ENDED_BY_ADMIN), (By(Actor.API, "CRM"), EndReason.ENDED_BY_API)]
)
def test_an_open_session_ends_first_and_its_access_is_over(
    full: LiveSession, carla: Customer, by: By, reason: EndReason
) -> None:
    erase([carla], by=by, now=ERASED_AT)
    session = fresh(full)
    assert (session.state, session.end_reason) == (SessionState.ENDED, reason)
    assert access.level(session, ERASED_AT) is AccessLevel.NONE
    assert session.next_due_at is None
    last = session.timeline.order_by("number").last()
    assert last is not None
    assert (last.kind, last.actor, last.payload) == (EntryKind.CUSTOMER_ERASED, by.actor, {"by": by.name})


def test_links_and_devices_let_nobody_in_any_more(full: LiveSession, carla: Customer) -> None:
    erase([carla], by=ADA, now=ERASED_AT)
    assert not AccessLink.objects.filter(session=full, revoked_at=None).exists()
    assert not full.devices.exists()


def test_erasing_again_changes_nothing(full: LiveSession, carla: Customer) -> None:
    erase([carla], by=ADA, now=ERASED_AT)
    before = everything_stored()
    carla.refresh_from_db()
    assert erase([carla], by=By(Actor.API, "CRM"), now=ERASED_AT + HOUR) == 0
    assert everything_stored() == before


def test_other_customers_keep_everything(full: LiveSession, anna: Agent, carla: Customer, dan: Customer) -> None:
    other = new_session(anna, dan)
    send_message(other.pk, CUSTOMER, "DAN'S WORDS", key=uuid4(), now=STARTED)
    erase([carla], by=ADA, now=ERASED_AT)
    assert fresh(other).is_open and "DAN'S WORDS" in everything_stored() and "dan@example.com" in everything_stored()


def test_the_same_person_is_found_by_address_and_by_phone(anna: Agent, carla: Customer, dan: Customer) -> None:
    by_mail = Customer.objects.create(name="C.", email="CARLA@example.com")
    by_phone = Customer.objects.create(name="Carl", phone="+4930123")
    Customer.objects.filter(pk=carla.pk).update(phone="+4930123")
    carla.refresh_from_db()
    for customer in (carla, by_mail, by_phone, dan):
        new_session(anna, customer)
    assert same_person(carla) == [carla, by_phone, by_mail]


def test_an_address_that_was_merely_typed_makes_nobody_the_same_person(anna: Agent, carla: Customer) -> None:
    typed = Customer.objects.create(name="Mallory", email="carla@example.com", email_is_typed=True, came_by="widget")
    for customer in (carla, typed):
        new_session(anna, customer)
    assert same_person(carla) == [carla] and same_person(typed) == [typed]


# What is left still holds together -------------------------------------------------------------------------------


def test_the_chain_still_holds(full: LiveSession, carla: Customer) -> None:
    hashes = list(full.timeline.order_by("number").values_list("hash", flat=True))
    erase([carla], by=ADA, now=ERASED_AT)
    assert list(full.timeline.order_by("number").values_list("hash", flat=True))[: len(hashes)] == hashes
    assert stored_break(fresh(full)) is None


def test_a_row_that_was_erased_and_says_something_else_now_breaks_it(full: LiveSession, carla: Customer) -> None:
    erase([carla], by=ADA, now=ERASED_AT)
    row = full.timeline.filter(kind=EntryKind.MESSAGE).order_by("number").first()
    assert row is not None
    TimelineEntry.objects.filter(pk=row.pk).update(payload={"text": "Forged"})
    assert stored_break(fresh(full)) == Break(row.number, ("chain",))


def sealed_of(session: LiveSession) -> bytes:
    from sessions_app.documents.sealed_transcript import sealed_transcript

    return sealed_transcript(Transcript(fresh(session), Audience.AGENT, UTC, "UTC"), now=STARTED)


def said(verdict: Verdict, outcome: Outcome) -> str:
    return " ".join(finding.text for finding in verdict.findings if finding.outcome is outcome)


def test_a_transcript_from_before_still_agrees_and_the_verdict_says_so(full: LiveSession, carla: Customer) -> None:
    before = sealed_of(full)
    erase([carla], by=ADA, now=ERASED_AT)
    verdict = verify(before)
    assert verdict.agrees
    assert "The customer was erased since" in said(verdict, Outcome.NOTE)
    assert verify(sealed_of(full)).agrees


def test_a_completed_document_from_before_still_agrees(full: LiveSession, carla: Customer) -> None:
    with default_storage.open(str(full.documents.get().result.name)) as file:
        content = file.read()
    erase([carla], by=ADA, now=ERASED_AT)
    verdict = verify(content)
    assert verdict.agrees
    assert "erased with the customer" in said(verdict, Outcome.NOTE)


def test_content_that_was_removed_by_hand_is_no_erasing(full: LiveSession) -> None:
    """Whoever gets at the database cannot pass the removal of a row's content for an erasure that nobody recorded."""
    before = sealed_of(full)
    row = full.timeline.filter(kind=EntryKind.MESSAGE).order_by("number").first()
    assert row is not None
    emptied = json.dumps(erased(row.kind, row.payload))
    in_sql(
        "UPDATE sessions_app_timelineentry SET erased_sha256 = %s, payload = %s WHERE id = %s",
        digest_of(row), emptied, row.pk,
    )  # fmt: skip
    verdict = verify(before)
    assert not verdict.agrees
    assert "no later row says who erased it" in said(verdict, Outcome.DIFFERS)


@pytest.mark.parametrize("kind", EntryKind)
def test_of_whatever_kind_nothing_that_somebody_wrote_stays(kind: EntryKind) -> None:
    words = {"text": "a", "name": "a", "note": "a", "changes": {"name": ["a", "b"]}, "browser": "a", "new": "a"}
    assert not any(erased(kind, words).values())
    left = erased(kind, words)
    assert erased(kind, left) == left


def test_pages_and_transcripts_say_erased(full: LiveSession, carla: Customer) -> None:
    erase([carla], by=ADA, now=ERASED_AT)
    session = fresh(full)
    rows = session.timeline.select_related("agent").order_by("number")
    shown = [row_html(session, row, audience) for row in rows for audience in Audience]
    text = as_text(Transcript(session, Audience.AGENT, UTC, "UTC"))
    assert not [secret for secret in SECRETS if secret in text or any(secret in html for html in shown)]
    assert "Erased" in text and any("Erased" in html for html in shown)
    assert "ada erased the customer" in text
    assert session.customer.name == "Erased"


# Nothing comes back ----------------------------------------------------------------------------------------------


@pytest.fixture
def forgotten(full: LiveSession, carla: Customer) -> LiveSession:
    erase([carla], by=ADA, now=ERASED_AT)
    return fresh(full)


def test_nothing_that_was_on_its_way_is_kept(forgotten: LiveSession) -> None:
    with pytest.raises(Refused):
        send_message(forgotten.pk, CUSTOMER, "SECRET again", key=uuid4(), now=ERASED_AT + MINUTE)
    assert not half_typed.keep(forgotten.pk, None, Typed("SECRET again", 2**42), now=ERASED_AT + MINUTE)
    assert "SECRET" not in everything_stored()


def test_nobody_gives_them_a_name_or_more_time(forgotten: LiveSession, anna: Agent) -> None:
    anna.user.is_superuser = True
    new = {"name": "Carla", "email": "carla@example.com", "phone": ""}
    change_details(forgotten.pk, anna, new, now=ERASED_AT + MINUTE)
    with pytest.raises(Refused):
        give_more_time(forgotten.pk, anna, AccessLevel.FULL, HOUR, "Please", now=ERASED_AT + MINUTE)
    assert fresh(forgotten).customer.name == "Erased"


def test_a_document_that_waits_for_its_worker_is_not_prepared(session: LiveSession, anna: Agent) -> None:
    waits = sent(session, anna, stored_version())
    complete(waits.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=STARTED)
    erase([session.customer], by=ADA, now=ERASED_AT)
    assert not prepare(waits.pk, now=ERASED_AT + MINUTE)
    assert Document.objects.get(pk=waits.pk).result == ""


def test_a_kept_transcript_goes_too(full: LiveSession, carla: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    from sessions_app.documents import tasks

    monkeypatch.setattr(tasks, "order_transcript", lambda _order: True)
    given = kept_transcripts.order(full, Audience.AGENT, 1, zone="UTC", language="en", now=STARTED)
    kept_transcripts.make(kept_transcripts.UUID(given.id), now=STARTED)
    stored = kept_transcripts.ordered(full, Audience.AGENT, 1)
    assert stored is not None and default_storage.exists(stored.stored)
    erase([carla], by=ADA, now=ERASED_AT)
    assert not default_storage.exists(stored.stored)


def test_ended_sessions_that_get_another_policy_stay_closed(forgotten: LiveSession) -> None:
    from sessions_app.ended_policies import apply_to

    policy = set_policy(access=AccessSetting.FULL_UNLIMITED, now=ERASED_AT)
    from policies_app.models import PolicyVersion

    version = PolicyVersion.objects.get(pk=policy.version)
    apply_to([forgotten.pk], version, by=None, now=ERASED_AT + MINUTE)
    assert access.level(fresh(forgotten), ERASED_AT + MINUTE) is AccessLevel.NONE


def test_an_ended_session_keeps_how_it_ended(full: LiveSession, anna: Agent, carla: Customer) -> None:
    end(full.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=anna, now=STARTED + MINUTE)
    erase([carla], by=ADA, now=ERASED_AT)
    assert fresh(full).end_reason == EndReason.ENDED_BY_AGENT
    assert connection.vendor and stored_files.remove_left_over(ERASED_AT) == 0


def test_who_was_erased_since_they_were_read_is_not_erased_twice(full: LiveSession, carla: Customer) -> None:
    erase([carla], by=ADA, now=ERASED_AT)
    read_before = Customer(pk=carla.pk, erased_at=None)
    assert erase([read_before], by=By(Actor.API, "CRM"), now=ERASED_AT + HOUR) == 0
    assert fresh(full).customer.erased_at == ERASED_AT
    assert kinds(full).count(EntryKind.CUSTOMER_ERASED) == 1


def test_what_webhooks_were_sent_is_forgotten(full: LiveSession, carla: Customer, dan: Customer, anna: Agent) -> None:
    endpoint, other = new_endpoint(), new_session(anna, dan)
    for session in (full, other):
        WebhookAttempt.objects.create(endpoint=endpoint, session=session, event="evt", at=STARTED, milliseconds=1)
    erase([carla], by=ADA, now=ERASED_AT)
    assert [one.session for one in WebhookAttempt.objects.all()] == [other]


def test_a_letter_that_was_under_way_leaves_no_address(
    session: LiveSession, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail server took its time, and the customer was erased meanwhile."""
    monkeypatch.setattr(invitations, "_deliver", lambda *_to, **_what: erase([carla], by=ADA, now=ERASED_AT))
    invitations.send(session.pk, now=STARTED)
    assert kinds(session)[-2:] == [EntryKind.CUSTOMER_ERASED, EntryKind.INVITED]
    assert "carla@" not in everything_stored()
    assert stored_break(fresh(session)) is None
