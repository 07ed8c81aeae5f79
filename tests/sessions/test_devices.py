"""Other devices: any, the first only, or others after a one-time code; and the hand-over to a phone (product.md D8)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from policies_app.kinds import DeviceAccess
from policies_app.models import SystemSettings, Workstream
from sessions_app import codes, invitations, links
from sessions_app.actions import Refused
from sessions_app.kinds import LinkKind
from sessions_app.models import AccessLink, Agent, Customer, Device, LiveSession, OneTimeCode
from sessions_app.rooms import browsers
from tests.cast import AS_SCRIPT, address, come_in, fresh, kinds, new_session
from tests.moments import MINUTE, STARTED

PHONE = {"HTTP_USER_AGENT": "A phone"}


def let_in_from(access: DeviceAccess) -> None:
    Workstream.objects.update(device_access=access)


def new_path(session: LiveSession, kind: LinkKind = LinkKind.INVITATION) -> str:
    """The path of a link that is made now, so after whoever came in before."""
    return urlsplit(links.mint(session, by=session.agent, kind=kind, now=timezone.now())).path


def is_in(browser: Client, session: LiveSession) -> bool:
    return browser.get(address(session, "customer")).status_code == 200


def opens(path: str, browser: Client | None = None) -> Any:
    return (browser or Client()).post(path, **PHONE)


# Which device ----------------------------------------------------------------------------------------------------


def test_any_device_comes_in_and_is_known(session: LiveSession) -> None:
    path = new_path(session)
    for browser in (Client(), Client()):
        assert opens(path, browser).status_code == 302
        assert is_in(browser, session)
    assert kinds(session) == ["started", "joined", "device_added"]
    assert list(Device.objects.values_list("user_agent", flat=True)) == ["A phone", "A phone"]


def test_what_a_browser_keeps_is_stored_only_as_a_hash(session: LiveSession) -> None:
    browser = come_in(session)
    token = browser.cookies[browsers.DEVICE].value.partition(":")[0]
    assert len(token) == 43
    assert token not in str(Device.objects.values())


def test_one_browser_is_two_devices_in_two_sessions(session: LiveSession, anna: Agent, dan: Customer) -> None:
    browser = Client()
    for one in (session, new_session(anna, dan)):
        opens(new_path(one), browser)
    assert len(set(Device.objects.values_list("token_hash", flat=True))) == 2


def test_where_only_the_first_device_may_others_are_told_and_it_is_recorded_once(session: LiveSession) -> None:
    let_in_from(DeviceAccess.FIRST)
    path, first, other = new_path(session), Client(), Client()
    assert opens(path, first).status_code == 302
    for _ in range(2):
        answer = opens(path, other)
        assert (answer.status_code, "opened first" in answer.content.decode()) == (403, True)
    assert not is_in(other, session) and is_in(first, session)
    assert opens(path, first).status_code == 302, "the first one comes back by its link"
    assert kinds(session) == ["started", "joined", "device_refused"]


def test_a_link_that_the_agent_shows_later_lets_exactly_one_more_device_in(session: LiveSession) -> None:
    let_in_from(DeviceAccess.FIRST)
    early = new_path(session, LinkKind.SHOWN)
    opens(new_path(session))
    assert opens(early).status_code == 403
    shown = new_path(session, LinkKind.SHOWN)
    assert [opens(shown).status_code for _ in range(3)] == [302, 403, 403]


def test_a_new_invitation_is_no_way_around(session: LiveSession) -> None:
    let_in_from(DeviceAccess.FIRST)
    opens(new_path(session))
    for kind in (LinkKind.INVITATION, LinkKind.ASKED, LinkKind.MORE_TIME):
        assert opens(new_path(session, kind)).status_code == 403


def test_a_seat_from_before_there_were_devices_stays_one(session: LiveSession) -> None:
    let_in_from(DeviceAccess.FIRST)
    browser = come_in(session)
    Device.objects.all().delete()
    link = AccessLink.objects.get()
    old = HttpResponse()
    old.set_signed_cookie(browsers.SEAT, str(link.pk), salt=str(session.public_id))
    browser.cookies[browsers.SEAT] = old.cookies[browsers.SEAT].value
    assert is_in(browser, session)
    assert Device.objects.count() == 1
    assert is_in(browser, session) and Device.objects.count() == 1
    assert opens(new_path(session)).status_code == 403
    assert opens(new_path(session), browser).status_code == 302


# Hand-over -------------------------------------------------------------------------------------------------------


def hand_over(browser: Client, session: LiveSession) -> str:
    answer = browser.post(address(session, "customer", "hand-over"), **AS_SCRIPT)
    assert "<svg" in answer.json()["html"] and "style" not in answer.json()["html"].partition("</svg>")[0]
    return next(part for part in str(answer.json()["html"]).split('"') if "/join/" in part)


@pytest.mark.parametrize("access", DeviceAccess)
def test_a_hand_over_lets_one_phone_in_once(session: LiveSession, access: DeviceAccess) -> None:
    let_in_from(access)
    desktop = come_in(session)
    path, phone = urlsplit(hand_over(desktop, session)).path, Client()
    assert opens(path, phone).status_code == 302
    assert is_in(phone, session) and is_in(desktop, session)
    assert opens(path, phone).status_code == 302, "an impatient second click is the same phone"
    assert opens(path).status_code == 404, "somebody else comes too late"
    assert kinds(session) == ["started", "joined", "device_added"]


def test_a_hand_over_is_over_after_ten_minutes_and_when_there_is_a_newer_one(session: LiveSession) -> None:
    desktop = come_in(session)
    first, second = (urlsplit(hand_over(desktop, session)).path for _ in range(2))
    assert opens(first).status_code == 404
    AccessLink.objects.filter(kind=LinkKind.HANDOVER).update(expires_at=timezone.now())
    assert opens(second).status_code == 404


def test_hand_over_without_script_is_a_page(session: LiveSession) -> None:
    page = come_in(session).post(address(session, "customer", "hand-over"))
    assert page.status_code == 200 and b"<svg" in page.content and b"/join/" in page.content


# One-time codes --------------------------------------------------------------------------------------------------


@pytest.fixture
def other(session: LiveSession) -> str:
    """A link on which another device is asked for a code."""
    let_in_from(DeviceAccess.CODE)
    come_in(session)
    return new_path(session)


def send(path: str, browser: Client) -> str:
    """Have a code sent; the digits in the letter, which a worker writes."""
    assert browser.post(f"{path}code/").status_code == 200
    newest = OneTimeCode.objects.latest("pk")
    invitations.send_code(newest.pk, now=timezone.now())
    return str(mail.outbox[-1].subject)[-6:]


def enter(path: str, browser: Client, digits: str) -> int:
    return browser.post(f"{path}code/", {"digits": digits}).status_code


def test_another_device_comes_in_with_a_code(session: LiveSession, other: str) -> None:
    phone = Client()
    page = opens(other, phone).content.decode()
    assert "c…@example.com" in page and "carla@" not in page
    digits = send(other, phone)
    assert digits.isdecimal() and digits not in str(OneTimeCode.objects.values())
    assert enter(other, phone, f"{digits[:3]} {digits[3:]}") == 302
    assert is_in(phone, session)
    assert kinds(session) == ["started", "joined", "code_sent", "device_added"]


def test_a_code_is_used_once(other: str) -> None:
    phone, thief = Client(), Client()
    digits = send(other, phone)
    assert enter(other, phone, digits) == 302
    assert enter(other, thief, digits) == 422


def test_only_the_newest_code_counts(other: str) -> None:
    phone = Client()
    old, new = send(other, phone), send(other, phone)
    assert old == new or enter(other, phone, old) == 422
    assert enter(other, phone, new) == 302


def test_a_code_is_over_after_ten_minutes(other: str) -> None:
    phone = Client()
    digits = send(other, phone)
    OneTimeCode.objects.update(expires_at=timezone.now())
    assert enter(other, phone, digits) == 422


def test_five_wrong_tries_lock_for_fifteen_minutes_even_across_codes(session: LiveSession, other: str) -> None:
    phone = Client()
    send(other, phone)
    assert {enter(other, phone, "wrong") for _ in range(3)} == {422}
    digits = send(other, phone)
    assert {enter(other, phone, "wrong") for _ in range(2)} == {422}
    assert enter(other, phone, digits) == 422, "the right one comes too late"
    assert b"too many wrong tries" in phone.post(f"{other}code/").content
    OneTimeCode.objects.update(created_at=STARTED, expires_at=timezone.now())
    assert enter(other, phone, send(other, phone)) == 302


def test_at_most_three_codes_in_fifteen_minutes(session: LiveSession) -> None:
    let_in_from(DeviceAccess.CODE)
    for _ in range(3):
        codes.order(session.pk, now=STARTED)
    with pytest.raises(Refused):
        codes.order(session.pk, now=STARTED + timedelta(minutes=14))
    codes.order(session.pk, now=STARTED + timedelta(minutes=16))
    assert kinds(session).count("code_sent") == 4


def test_a_customer_whom_nothing_can_be_sent_to_is_told_what_else_helps(anna: Agent, settings: object) -> None:
    settings.SMS_URL = ""
    session = new_session(anna, Customer.objects.create(name="Phil", phone="+431234"))
    let_in_from(DeviceAccess.CODE)
    come_in(session)
    path = new_path(session)
    page = opens(path).content.decode()
    assert "Send a code" not in page and "ask the person who invited you" in page
    assert Client().post(f"{path}code/").status_code == 422


@pytest.mark.parametrize("access", [DeviceAccess.FIRST, DeviceAccess.ANY])
def test_codes_open_nothing_where_they_are_not_asked_for(
    session: LiveSession, other: str, access: DeviceAccess
) -> None:
    phone = Client()
    digits = send(other, phone)
    let_in_from(access)
    assert enter(other, phone, digits) == (403 if access is DeviceAccess.FIRST else 302)


@pytest.mark.parametrize(
    ("address", "shown"), [("carla@example.com", "c…@example.com"), ("+43 1 23467", "…67"), ("", "…")]
)
def test_masked_addresses(address: str, shown: str) -> None:
    assert codes.masked(address) == shown


# Links that are over ---------------------------------------------------------------------------------------------


def test_links_last_as_long_as_the_settings_say_and_who_is_in_stays(session: LiveSession) -> None:
    SystemSettings.objects.create(pk=1, link_lasts=timedelta(hours=1))
    token = links.mint(session, by=None, now=STARTED).rstrip("/").rpartition("/")[2]
    assert links.find(token, STARTED + 60 * MINUTE - timedelta(microseconds=1))
    assert links.find(token, STARTED + 60 * MINUTE) is None
    path, browser = new_path(session), Client()
    opens(path, browser)
    AccessLink.objects.update(expires_at=timezone.now())
    assert opens(path).status_code == 404
    assert is_in(browser, session)


# Languages -------------------------------------------------------------------------------------------------------


def test_the_customers_language_is_that_of_the_browser(session: LiveSession) -> None:
    browser = Client(HTTP_ACCEPT_LANGUAGE="de-AT,de;q=0.9,en;q=0.5")
    page = browser.get(new_path(session))
    assert page.headers["Content-Language"] == "de" and '<html lang="de" dir="ltr">' in page.content.decode()
    opens(new_path(session), browser)
    assert fresh(session).customer.language == "de"


def test_agents_pages_stay_english(session: LiveSession) -> None:
    page = Client(HTTP_ACCEPT_LANGUAGE="de").get("/sign-in/")
    assert '<html lang="en" dir="ltr">' in page.content.decode()
