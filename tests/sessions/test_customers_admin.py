"""Customers in Django admin: finding one, and erasing them after a question."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sessions_app.actions import attach
from sessions_app.kinds import EntryKind
from sessions_app.models import Agent, Customer, LiveSession
from tests.cast import CUSTOMER, fresh, new_session
from tests.moments import STARTED


@pytest.fixture
def office(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def again(anna: Agent, carla: Customer) -> Customer:
    """Carla once more, as another session knows her."""
    made = Customer.objects.create(name="Carla C.", email="carla@example.com")
    new_session(anna, made)
    return made


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:sessions_app_customer_{name}", args=args)


@pytest.mark.parametrize("typed", ["carl", "carla@example", "Carla carla@"])
def test_a_customer_is_found(office: Client, carla: Customer, dan: Customer, typed: str) -> None:
    shown = office.get(page("changelist"), {"q": typed}).content.decode()
    assert "carla@example.com" in shown and "dan@example.com" not in shown


def test_the_page_tells_who_else_they_are_and_their_sessions(
    office: Client, session: LiveSession, carla: Customer, again: Customer
) -> None:
    shown = office.get(page("change", carla.pk)).content.decode()
    assert "Carla C." in shown and page("erase", carla.pk) in shown
    assert reverse("admin:sessions_app_livesession_change", args=[session.pk]) in shown


def test_the_question_says_what_it_concerns_and_changes_nothing(
    office: Client, session: LiveSession, carla: Customer, again: Customer
) -> None:
    shown = office.get(page("erase", carla.pk)).content.decode()
    assert "It concerns 2 sessions." in shown and "2 of them are open, and end now." in shown
    assert fresh(session).is_open


@pytest.mark.parametrize("with_others", [True, False])
def test_erasing_takes_those_that_were_chosen(
    office: Client, session: LiveSession, carla: Customer, again: Customer, with_others: bool
) -> None:
    done = office.post(page("erase", carla.pk), {"same_person": "on"} if with_others else {}, follow=True)
    assert ("Erased, in 2 sessions." if with_others else "Erased, in 1 session.") in done.content.decode()
    assert "Erased at" in done.content.decode() and "carla@example.com" not in done.content.decode()
    again.refresh_from_db()
    assert (again.erased_at is not None) is with_others
    row = session.timeline.order_by("-number").first()
    assert row is not None and (row.kind, row.payload) == (EntryKind.CUSTOMER_ERASED, {"by": "ada"})


def test_a_store_that_does_not_answer_is_said(
    office: Client, session: LiveSession, carla: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(session.pk, CUSTOMER, SimpleUploadedFile("plan.txt", b"plan"), key=uuid4(), now=STARTED)

    def broken(name: str) -> None:
        raise OSError(f"{name} cannot be reached")

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "delete", broken)
        done = office.post(page("erase", carla.pk), follow=True)
    assert "Nothing was erased" in done.content.decode()
    assert fresh(session).customer.name == "Carla"


def test_who_is_erased_already_is_not_asked_about(office: Client, session: LiveSession, carla: Customer) -> None:
    office.post(page("erase", carla.pk))
    assert office.get(page("erase", carla.pk)).url == page("change", carla.pk)
    assert page("erase", carla.pk) not in office.get(page("change", carla.pk)).content.decode()


def test_erasing_is_a_right_of_its_own(session: LiveSession, carla: Customer) -> None:
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_customer"))
    browser = Client()
    browser.force_login(looker)
    assert page("erase", carla.pk) not in browser.get(page("change", carla.pk)).content.decode()
    assert browser.post(page("erase", carla.pk)).status_code == 403
    assert fresh(session).customer.erased_at is None
