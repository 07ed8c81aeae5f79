"""Signing in, as people do it: with a second step, with a passkey, and when somebody guesses."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from sessions_app.management.commands.demo import PASSWORD
from tests.browser import DESKTOP, PHONE
from tests.journeys.people import enter, press
from tests.signing_in.people import code_of
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sign-in")]

_numbers = count()
MAKE = """
from django.contrib.auth.models import User
from sessions_app.models import Agent
user = User.objects.create_user({name!r}, password={password!r})
Agent.objects.create(user=user, name={name!r}.title())
"""


@pytest.fixture
def nora(stack: Stack) -> str:
    """The user name of an agent whom no other journey knows."""
    name = f"nora{next(_numbers)}"
    stack.run(MAKE.format(name=name, password=PASSWORD))
    return name


def set_up_app(page: Page, stack: Stack) -> tuple[str, list[str]]:
    """From the account page. Returns the app's secret and the recovery codes."""
    page.goto(f"{stack.url}/account/")
    page.get_by_role("link", name="Set up").click()
    page.get_by_text("You cannot scan it?").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    press(page, "Use this app")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator(".recovery-codes code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    return secret, codes


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_url(re.compile("sign-in"))


@pytest.fixture(params=["script", "no script"])
def desk(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> Page:
    """Somebody at a desk, whose browser may run no scripts."""
    return new_context(**DESKTOP, java_script_enabled=request.param == "script").new_page()


def test_with_an_app_and_with_a_recovery_code(desk: Page, stack: Stack, nora: str) -> None:
    enter(desk, stack, nora)
    secret, codes = set_up_app(desk, stack)
    sign_out(desk)
    enter(desk, stack, nora)
    expect(desk.get_by_role("heading", name="Second step")).to_be_visible()
    desk.get_by_label("Code that your authenticator app shows").fill("000000")
    press(desk, "Continue")
    expect(desk.get_by_role("alert")).to_contain_text("This code is wrong")
    desk.get_by_label("Code that your authenticator app shows").fill(code_of(secret, 1))
    press(desk, "Continue")
    expect(desk).to_have_url(f"{stack.url}/")
    sign_out(desk)
    enter(desk, stack, nora)
    desk.get_by_label("Code that your authenticator app shows").fill(codes[0])
    press(desk, "Continue")
    expect(desk).to_have_url(f"{stack.url}/")
    desk.goto(f"{stack.url}/account/")
    expect(desk.get_by_text("9 are left")).to_be_visible()
    expect(desk.get_by_role("cell", name="Code of the authenticator app").first).to_be_visible()


@pytest.fixture
def fingerprint(desktop: Page) -> Any:
    """The desktop's own authenticator, with somebody whose finger it knows."""
    devtools = desktop.context.new_cdp_session(desktop)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return lambda knows: devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": knows})


def test_with_a_passkey_after_the_password_and_without_one(
    desktop: Page, stack: Stack, nora: str, fingerprint: Any
) -> None:
    enter(desktop, stack, nora)
    desktop.goto(f"{stack.url}/account/second-step/")
    desktop.get_by_label("Name").fill("Office computer")
    desktop.get_by_role("button", name="Add a passkey").click()
    desktop.get_by_role("link", name="I have kept them").click()
    sign_out(desktop)
    enter(desktop, stack, nora)
    desktop.get_by_role("button", name="Use a passkey").click()
    expect(desktop).to_have_url(f"{stack.url}/")
    sign_out(desktop)
    fingerprint(False)
    desktop.get_by_role("button", name="Use a passkey").click()
    expect(desktop.get_by_text("The device gave no passkey")).to_be_visible()
    fingerprint(True)
    desktop.get_by_role("button", name="Use a passkey").click()
    expect(desktop).to_have_url(f"{stack.url}/")
    desktop.goto(f"{stack.url}/account/")
    expect(desktop.get_by_role("button", name="Remove Office computer")).to_be_visible()
    expect(desktop.get_by_role("cell", name="Passkey")).to_have_count(2)


def test_who_guesses_is_told_when_to_try_again_and_others_go_on(
    desktop: Page, phone: Page, stack: Stack, nora: str, tolerated: list[str]
) -> None:
    tolerated.append("429")
    for _ in range(5):
        enter(phone, stack, nora, "a guess")
    expect(phone.get_by_role("heading", name="Please wait a while")).to_be_visible()
    expect(phone.locator("time")).to_contain_text(re.compile(r"in 1\d minutes"))
    enter(phone, stack, nora)
    expect(phone.get_by_role("heading", name="Please wait a while")).to_be_visible()
    for page, username in ((desktop, "anna"), (phone, "admin")):
        enter(page, stack, username)
        expect(page).not_to_have_url(re.compile("sign-in"))
    phone.goto(f"{stack.url}/admin/axes/accessattempt/")
    phone.get_by_role("link", name=nora).click()
    press(phone, "Lift the lock-out")
    phone.context.clear_cookies()
    enter(phone, stack, nora)
    phone.goto(f"{stack.url}/account/")
    expect(phone.get_by_text("Locked out")).to_be_visible()


def test_another_password_signs_the_other_browser_out(
    desktop: Page, phone: Page, stack: Stack, nora: str, tolerated: list[str]
) -> None:
    tolerated.append("422")
    enter(desktop, stack, nora)
    enter(phone, stack, nora)
    desktop.goto(f"{stack.url}/account/password/")
    desktop.get_by_label("Password until now").fill(PASSWORD)
    desktop.get_by_label("New password", exact=True).fill("short")
    desktop.get_by_label("New password again").fill("short")
    desktop.get_by_role("button", name="Change the password").click()
    expect(desktop.get_by_text("This password is too short")).to_be_visible()
    for label in ("New password", "New password again"):
        desktop.get_by_label(label, exact=True).fill("an evening at the lighthouse")
    desktop.get_by_label("Password until now").fill(PASSWORD)
    desktop.get_by_role("button", name="Change the password").click()
    expect(desktop.get_by_text("Your password is another one now")).to_be_visible()
    phone.get_by_role("link", name="Search").click()
    expect(phone).to_have_url(re.compile("sign-in"))


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_every_page_can_be_used_by_everybody(
    new_context: Callable[..., BrowserContext],
    stack: Stack,
    nora: str,
    picture: Callable[[Page, str], None],
    colours: str,
    size: str,
) -> None:
    device = {"desktop": DESKTOP, "phone": PHONE}[size]
    page = new_context(**device, color_scheme=colours).new_page()

    def look(name: str) -> None:
        picture(page, f"sign-in-{name}-{size}-{colours}")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name

    enter(page, stack, nora, "a guess")
    look("wrong")
    enter(page, stack, nora)
    page.goto(f"{stack.url}/account/password/")
    look("password")
    page.goto(f"{stack.url}/account/second-step/")
    look("set-up")
    secret = page.locator(".secret").text_content().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    press(page, "Use this app")
    look("codes")
    page.goto(f"{stack.url}/account/")
    look("account")
    sign_out(page)
    enter(page, stack, nora)
    look("second-step")
    for _ in range(5):
        page.get_by_label("Code that your authenticator app shows").fill("000000")
        press(page, "Continue")
    look("must-wait")
