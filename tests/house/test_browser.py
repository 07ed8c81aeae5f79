"""The harness itself: a real browser reaches the real thing, and trouble in it is not overlooked."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, Trouble
from tests.stack import Stack


@pytest.mark.browser
def test_two_people_see_parley_at_once(stack: Stack, desktop: Page, phone: Page) -> None:
    for page in (desktop, phone):
        page.goto(stack.url)
        expect(page.get_by_label("Password")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert phone.evaluate("navigator.maxTouchPoints") > 0


@pytest.mark.browser
def test_what_the_content_security_policy_refuses_counts_as_trouble(
    stack: Stack, new_context: Callable[..., Any]
) -> None:
    context = new_context(**DESKTOP)
    trouble = Trouble(context)
    page = context.new_page()
    page.goto(stack.url)
    assert trouble.beyond([]) == []
    page.evaluate("document.body.append(Object.assign(document.createElement('style'), {textContent: 'a {}'}))")
    assert trouble.beyond(["Content.Security.Policy"]) == []
    assert len(trouble.beyond([])) == 1


@pytest.mark.browser
def test_a_paused_process_goes_on_where_it_was(stack: Stack) -> None:
    stack.pause("worker")
    stack.resume("worker")
    assert "no issues" in stack.manage("check")
