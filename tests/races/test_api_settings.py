"""What integrations change at the same moment: no change is lost, and nothing of an erased customer stays."""

from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from policies_app.models import PolicyVersion
from policies_app.selectors import end_session_behavior
from sessions_app import half_typed
from sessions_app.actions import Author, Refused, attach, send_message
from sessions_app.documents.stored_rows import stored_break
from sessions_app.erasing import By, erase
from sessions_app.half_typed import Typed
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Attachment, Customer, Draft, HalfTyped, LiveSession
from tests.api.calling import api_of
from tests.cast import CUSTOMER, author, fresh, general, new_session
from tests.moments import HOUR, STARTED
from tests.races.together import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ROUNDS = range(3)
BEHAVIOR = "end-session-behavior/"


@pytest.fixture(autouse=True)
def _files_of_their_own(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("_round", ROUNDS)
@pytest.mark.parametrize("own", [False, True])
def test_of_changes_made_from_the_same_version_one_is_saved(_round: int, own: bool) -> None:
    api = api_of("Everything")
    path = f"workstreams/{general().pk}/{BEHAVIOR}" if own else BEHAVIOR
    end_session_behavior()
    read, before = api.sending(If_Match=api.get(path)["ETag"]), PolicyVersion.objects.count()

    def change(seconds: int) -> int:
        settings = {"access_on": True, "access": "limited", "access_for_seconds": seconds}
        return int(read.put(path, settings).status_code)

    answers = at_once([partial(change, seconds) for seconds in (60, 120, 180)])
    assert sorted(answers) == [200, 412, 412]
    assert PolicyVersion.objects.count() == before + 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_nothing_that_was_on_its_way_outlives_an_erasure(
    _round: int, session: LiveSession, anna: Agent, carla: Customer
) -> None:
    """Whoever is first: what was written is erased, or refused."""
    new_session(anna, carla)

    def write(by: Author, number: int) -> None:
        with suppress(Refused):
            send_message(session.pk, by, f"SECRET {number}", key=uuid4(), now=STARTED + HOUR)

    def add() -> None:
        with suppress(Refused):
            upload = SimpleUploadedFile("secret.txt", b"SECRET")
            attach(session.pk, CUSTOMER, upload, key=uuid4(), now=STARTED + HOUR)

    def forget() -> None:
        erase([carla], by=By(Actor.API, "CRM"), now=STARTED + HOUR)

    at_once([partial(write, CUSTOMER, 1), forget, add, partial(write, author(anna), 2), partial(write, CUSTOMER, 3)])
    half_typed.keep(session.pk, None, Typed("SECRET later", 2**42), now=STARTED + HOUR)
    left = [str(row.payload) for row in session.timeline.all()]
    assert not [one for one in left if "SECRET" in one or "secret.txt" in one]
    assert not Draft.objects.exists() and not Attachment.objects.exists()
    assert not HalfTyped.objects.filter(text__contains="later").exists()
    assert stored_break(fresh(session)) is None


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_who_erase_the_same_customer_erase_once(_round: int, session: LiveSession, carla: Customer) -> None:
    def once() -> int:
        return erase([Customer.objects.get(pk=carla.pk)], by=By(Actor.API, "CRM"), now=STARTED + HOUR)

    at_once([once, once])
    assert session.timeline.filter(kind="customer_erased").count() == 1
    assert stored_break(fresh(session)) is None
