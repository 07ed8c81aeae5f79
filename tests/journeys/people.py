"""The people of the journeys, and what they do, said once. But for sign-ins, all goes through the pages."""

import re
from dataclasses import dataclass
from itertools import count

from playwright.sync_api import FrameLocator, Locator, Page, expect

from sessions_app.management.commands.demo import ADMINISTRATOR, PASSWORD
from tests.browser import SOON
from tests.stack import Stack


def enter(page: Page, stack: Stack, username: str, password: str = PASSWORD) -> None:
    """Fill in the page that signs somebody in."""
    page.goto(f"{stack.url}/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    press(page, "Sign in")


def press(page: Page, button: str) -> None:
    """Press a button that leads to another page, and be there."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


_SIGNED_IN = """
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
browser = Client()
browser.force_login(User.objects.get(username={username!r}), "django.contrib.auth.backends.ModelBackend")
print(browser.cookies[settings.SESSION_COOKIE_NAME].OutputString())
"""


def sign_in(page: Page, stack: Stack, username: str) -> None:
    """As the page for it does, which need not be walked, nor a password hashed, by everybody again (`enter`)."""
    name, _, rest = stack.run(_SIGNED_IN.format(username=username)).partition("=")
    page.context.add_cookies([{"name": name, "value": rest.partition(";")[0], "url": stack.url, "httpOnly": True}])
    page.goto(stack.url)


_numbers = count(1_000_000)


def new_phone() -> str:
    """Of somebody who was never here before."""
    return f"+43 1 {next(_numbers)}"


Place = Page | FrameLocator
"""Where a room is: a page of its own, or a frame on a portal's page."""

IN_VIEW = "[data-room]:not([hidden])"
"""The room that is in view; an agent's page may hold others."""


def ready(page: Page) -> None:
    """Wait until the script of the room in view runs."""
    page.wait_for_selector(f"{IN_VIEW}[data-ready]")


def part(page: Place, name: str) -> Locator:
    """A part of the room in view."""
    return page.locator(f"{IN_VIEW} [data-part={name}]")


def until_it_listens(form: Page) -> None:
    """Until the scripts of the form have taken over: a click before that is undone when they start."""
    expect(form.get_by_role("tab", name="Agent")).to_have_attribute("aria-selected", "true")


@dataclass(frozen=True)
class Administrator:
    """Sets the end session behavior in Django admin."""

    page: Page
    stack: Stack

    def open_settings(self) -> None:
        sign_in(self.page, self.stack, ADMINISTRATOR)
        self.page.goto(f"{self.stack.url}/admin/policies_app/endsessionbehavior/")
        self.page.get_by_role("link", name="Edit", exact=True).click()
        until_it_listens(self.page)

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=name)

    def switch(self, name: str, on: bool) -> None:
        """Turn a toggle on or off, as somebody who clicks on it."""
        toggle = self.page.locator(f"#id_{name}")
        if toggle.is_checked() != on:
            toggle.click()

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f"[name={name}][value={value}]").check()

    def last(self, name: str, number: int, unit: str) -> None:
        """Enter a duration."""
        self.page.locator(f"[name={name}_number]").fill(str(number))
        self.page.locator(f"[name={name}_unit]").select_option(unit)

    def save(self) -> None:
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):  # not the last one's words
            self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.get_by_text("was changed successfully")).to_be_visible()

    def agent_tab(self, *, redirect: str, inactive_seconds: int = 0, warn_seconds: int = 0) -> None:
        self.tab("Agent").click()
        self.choose("redirect_agent", redirect)
        self.switch("end_when_inactive", bool(inactive_seconds))
        if inactive_seconds:
            self.last("inactive_after", inactive_seconds, "seconds")
            self.last("warn_before", warn_seconds, "seconds")

    def wait_for_customer(self, *, minutes: int) -> None:
        """Let the end by inactivity wait while the customer is completing something. On the tab Agent."""
        self.switch("wait_for_customer", True)
        self.last("wait_at_most", minutes, "minutes")

    def customer_tab(
        self, *, full_minutes: int = 0, limited_minutes: int = 0, chat: bool = False, redirect: str = ""
    ) -> None:
        self.tab("Customer").click()
        self.switch("access_on", bool(full_minutes))
        if full_minutes:
            self.choose("access", "full_restricted")
            self.last("access_for", full_minutes, "minutes")
            self.switch("chat", chat)
            self.switch("attachments", False)
            self.switch("then_limited", bool(limited_minutes))
            if limited_minutes:
                self.last("then_limited_for", limited_minutes, "minutes")
        self.switch("redirect_customer_on", bool(redirect))
        if redirect:
            self.page.locator("#id_redirect_customer").fill(redirect)


@dataclass(frozen=True)
class AgentAtWork:
    """An agent at a desk."""

    page: Page
    stack: Stack

    def sign_in(self, username: str = "anna") -> None:
        sign_in(self.page, self.stack, username)

    def start(self, name: str, email: str = "", phone: str = "", workstream: str = "General") -> None:
        """Start a session from the welcome page and be in its room."""
        self.page.goto(self.stack.url)
        self.page.get_by_label("Customer's name").fill(name)
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Phone").fill(phone)
        self.page.get_by_label("Workstream").select_option(workstream)
        self.page.get_by_role("button", name="Start and invite").click()
        expect(self.page.get_by_role("heading", name=name)).to_be_visible()
        ready(self.page)

    def invitation(self, email: str) -> str:
        """The link in the letter that Parley sent, read in another tab."""
        expect(self.page.get_by_text(f"Invitation sent to {email}")).to_be_visible(timeout=SOON)
        with self.page.context.new_page() as mailbox:
            mailbox.goto(f"{self.stack.url}/mailbox/")
            letter = mailbox.locator("article").filter(has_text=email).first
            return str(letter.get_by_role("link").get_attribute("href"))

    def link(self) -> str:
        """A link to pass on by other means."""
        self.page.get_by_role("button", name="Show a new link").click()
        field = part(self.page, "link-text")
        expect(field).to_have_value(re.compile("/join/"))
        return field.input_value()

    def answer(self, name: str) -> None:
        """Open the session of a customer who was given to this agent."""
        self.page.get_by_role("link", name=f"Open {name}").click(timeout=SOON)
        expect(self.page.get_by_role("heading", name=name)).to_be_visible(timeout=SOON)
        ready(self.page)

    def end(self) -> None:
        self.page.get_by_role("button", name="End Session").click()
        self.page.get_by_role("dialog").get_by_role("button", name="End Session").click()


def say(page: Place, text: str) -> None:
    """Send a message from a room, once no question is in front of it any more."""
    expect(page.locator("dialog[open]")).to_have_count(0)
    part(page, "text").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def hears(page: Place, text: str) -> None:
    """The message arrives in the conversation, once."""
    expect(part(page, "rows").locator(".bubble-text").get_by_text(text, exact=True)).to_have_count(1, timeout=SOON)


def come_in(page: Page, link: str) -> None:
    """The customer opens a link and is in the room."""
    page.goto(link)
    ready(page)


def said(page: Place) -> list[str]:
    """All messages of a room, in the order in which it shows them."""
    return part(page, "rows").locator(".bubble-text").all_inner_texts()
