"""What somebody would try first, and what becomes of it. `docs/security.md` says who they are, and names the rest."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from sessions_app import links
from sessions_app.actions import send_message
from sessions_app.kinds import Audience
from sessions_app.models import Agent, Customer, LiveSession, TimelineEntry
from tests.cast import AS_SCRIPT, CUSTOMER, address, browser_of, come_in, message, new_session
from tests.moments import STARTED

EVIL = "https://evil.example"
SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def rows(session: LiveSession) -> int:
    return TimelineEntry.objects.filter(session=session).count()


# Strangers and other customers --------------------------------------------------------------------------------------

READ = ["", "updates", "earlier", "transcript", "transcript-pdf"]
WRITE = ["message", "file", "half-typed", "seen", "end", "more-time", "busy", "back", "hand-over", "transcript"]


@pytest.mark.parametrize("name", READ)
def test_a_customer_reads_nothing_of_another_session(
    session: LiveSession, anna: Agent, dan: Customer, name: str
) -> None:
    send_message(session.pk, CUSTOMER, "Between Carla and Anna", key=uuid4(), now=STARTED)
    dans = come_in(new_session(anna, dan))
    dans.cookies["parley_seat"] = come_in(new_session(anna, dan)).cookies["parley_seat"].value
    answer = dans.get(address(session, "customer", *filter(None, [name])))
    assert answer.status_code in {403, 404} and b"Between" not in answer.content


@pytest.mark.parametrize("name", WRITE)
def test_a_customer_changes_nothing_in_another_session(
    session: LiveSession, anna: Agent, dan: Customer, name: str
) -> None:
    dans = come_in(new_session(anna, dan))
    dans.cookies["parley_seat"] = come_in(new_session(anna, dan)).cookies["parley_seat"].value
    before = rows(session)
    answer = dans.post(address(session, "customer", name), message("Not mine"), **AS_SCRIPT)
    assert answer.status_code == 403 and rows(session) == before


def test_a_customer_gets_nowhere_where_agents_are(session: LiveSession) -> None:
    customer = come_in(session)
    for path in ("/", "/search/?q=a", "/supervise/", address(session, "agent"), "/admin/", "/mailbox/"):
        answer = customer.get(path)
        assert answer.status_code == 302 and answer.headers["Location"].startswith(("/sign-in/", "/admin/login/")), path


def test_a_session_that_is_not_there_is_answered_as_one_that_is(session: LiveSession) -> None:
    there = Client().get(address(session, "customer"))
    session.public_id = uuid4()
    nowhere = Client().get(address(session, "customer"))
    assert there.status_code == nowhere.status_code == 403
    assert {one.name for one in there.templates} == {one.name for one in nowhere.templates}


# Forged forms and addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_a_form_of_another_site_changes_nothing(session: LiveSession, anna: Agent, side: str) -> None:
    theirs = browser_of(anna) if side == "agent" else come_in(session)
    browser = Client(enforce_csrf_checks=True, headers={"origin": EVIL, "referer": f"{EVIL}/page"})
    browser.cookies = theirs.cookies
    before = rows(session)
    for name in ("message", "end"):
        assert browser.post(address(session, side, name), message()).status_code == 403
    assert rows(session) == before


def test_signing_in_leads_to_no_other_site(anna: Agent) -> None:
    anna.user.set_password("correct horse")
    anna.user.save()
    for elsewhere in (EVIL, "//evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = Client().post(
            f"/sign-in/?next={elsewhere}", {"username": "anna", "password": "correct horse", "next": elsewhere}
        )
        assert answer.status_code == 302 and urlsplit(answer.headers["Location"]).netloc == ""
        assert "evil" not in answer.headers["Location"] and "javascript" not in answer.headers["Location"]


def test_whatever_host_a_request_names_links_lead_here(session: LiveSession, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # as an operator might, in despair
    agent = Client(headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    agent.force_login(session.agent.user)
    shown = agent.post(address(session, "agent", "link"), {"after": 0}, **AS_SCRIPT)
    assert shown.json()["link"].startswith(f"{settings.BASE_URL}/join/")
    assert not mail.outbox or "evil" not in str(mail.outbox[-1].message())


def test_a_host_that_is_not_ours_is_not_answered(db: None) -> None:
    assert Client(headers={"host": "evil.example"}).get("/sign-in/").status_code == 400


# Hostile text --------------------------------------------------------------------------------------------------------


def test_what_people_write_is_shown_as_text(session: LiveSession, anna: Agent, admin_user: User) -> None:
    customer = come_in(session)
    customer.post(address(session, "customer", "message"), message(SCRIPT))
    Customer.objects.filter(pk=session.customer_id).update(name=SCRIPT)
    administrator = Client()
    administrator.force_login(admin_user)
    shown = [
        customer.get(address(session, "customer")),
        browser_of(anna).get(address(session, "agent")),
        browser_of(anna).get("/"),
        administrator.get("/admin/sessions_app/livesession/"),
        administrator.get(f"/admin/sessions_app/livesession/{session.pk}/change/", follow=True),
    ]
    for page in shown:
        assert page.status_code == 200
        text = page.content.decode()
        assert '<script>alert("x")' not in text and "<img src=x" not in text
    pushed = browser_of(anna).get(address(session, "agent", "updates") + "?after=0", **AS_SCRIPT).json()
    assert "<img src=x" not in "".join(row["html"] for row in pushed["rows"])


def test_a_transcript_is_text_and_is_no_page(session: LiveSession) -> None:
    customer = come_in(session)
    customer.post(address(session, "customer", "message"), message(SCRIPT))
    answer = customer.get(address(session, "customer", "transcript") + "?as=text")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# Links ---------------------------------------------------------------------------------------------------------------


def test_a_link_that_was_stolen_and_revoked_puts_the_thief_out(session: LiveSession, anna: Agent) -> None:
    thief = come_in(session)
    stolen = session.links.latest("pk")
    links.revoke(session.pk, stolen.pk, anna, now=STARTED)
    for path in ("", "updates", "transcript"):
        assert thief.get(address(session, "customer", *filter(None, [path]))).status_code == 403
    assert thief.post(address(session, "customer", "message"), message()).status_code == 403


def test_a_cookie_that_was_changed_opens_nothing(session: LiveSession) -> None:
    customer = come_in(session)
    seat = customer.cookies["parley_seat"]
    for forged in (seat.value[:-2], f"1.x{seat.value}", seat.value.replace(":", ".", 1), ""):
        customer.cookies["parley_seat"] = forged
        assert customer.get(address(session, "customer")).status_code == 403


def test_nothing_by_which_somebody_gets_in_is_stored_in_clear(session: LiveSession) -> None:
    token = urlsplit(links.mint(session, by=session.agent, now=STARTED)).path.split("/")[2]
    stored = [str(row) for row in session.links.values()] + [str(row) for row in session.devices.values()]
    assert stored and not [row for row in stored if token in row]
    assert Audience.CUSTOMER not in token
