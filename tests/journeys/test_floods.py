"""A customer whose page is told to wait: what they wrote stays, and is sent when it may be."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import SOON
from tests.journeys.customers import invited
from tests.journeys.customers import said as done
from tests.journeys.people import come_in, part, ready, said, say
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("floods")]

TOO_MUCH = """async () => {
  const send = () => fetch("message/", { method: "POST", headers: { Accept: "application/json" } });
  const said = [];
  while (said.at(-1) !== 429 && said.length < 500) said.push((await send()).status);
  return said.at(-1);
}"""
"""What a script in somebody's hands does. The posts have no text, so nothing comes of them but that they count."""

FORGET = """
from sessions_app.push.broker import broker
broker().ask(lambda redis: [redis.delete(key) for key in redis.scan_iter("LIMITS*")], None)
"""


def test_what_was_written_waits_in_words_and_is_sent_once(stack: Stack, phone: Page, tolerated: list[str]) -> None:
    tolerated += ["status of 403", "status of 422", "status of 429"]
    come_in(phone, invited(stack, "Flora Flood"))
    assert phone.evaluate(TOO_MUCH) == 429
    say(phone, "Is this lost?")
    expect(part(phone, "problem")).to_contain_text("That was a lot in a short time", timeout=SOON)
    expect(part(phone, "pending").locator(".bubble")).to_have_count(1)
    expect(phone.locator("#offline")).to_be_hidden()
    assert said(phone) == []
    phone.reload()
    ready(phone)
    expect(part(phone, "pending").locator(".bubble")).to_have_count(1)
    done(stack, FORGET)
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(part(phone, "pending").locator(".bubble")).to_have_count(0, timeout=SOON)
    assert said(phone) == ["Is this lost?"]
