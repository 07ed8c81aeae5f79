"""A policy in plain words and as drawn windows, over every access setting and toggle (product.md D1)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from policies_app.drawing import FULL_WIDTH, NARROWEST, draw
from policies_app.kinds import AccessLevel, AccessSetting, ActivityCounts, AgentRedirect
from policies_app.rules import level_after_end, windows
from policies_app.snapshot import LONGEST_ACCESS, SHORTEST, EndPolicy
from policies_app.wording import agent_in_words, customer_in_words, short_address
from tests.moments import DAY, ENDED, HOUR, MINUTE
from tests.rules.strategies import policies

UNLIMITED = {"access": AccessSetting.FULL_UNLIMITED}
RESTRICTED = {"access": AccessSetting.FULL_RESTRICTED, "access_for": 2 * HOUR}
LIMITED = {"access": AccessSetting.LIMITED, "access_for": 3 * DAY}
STAY = "They stay on the page, which says what they can still do."

CUSTOMER: list[tuple[dict[str, Any], str]] = [
    ({}, "When the session ends it is over for customers: they have no access any more."),
    (UNLIMITED, "After the session ends customers keep full access without limit, without chat and attachments."),
    (
        UNLIMITED | {"chat": True, "attachments": True},
        "After the session ends customers keep full access without limit, with chat and attachments.",
    ),
    (
        UNLIMITED | {"attachments": True},
        "After the session ends customers keep full access without limit, with attachments, without chat.",
    ),
    (
        RESTRICTED | {"chat": True},
        (
            "After the session ends customers keep full access for 2 hours, with chat, without attachments; "
            "then it is over."
        ),
    ),
    (
        RESTRICTED | {"chat": True, "then_limited_for": 7 * DAY},
        (
            "After the session ends customers keep full access for 2 hours, with chat, without attachments; "
            "then they can look and download for 7 days; then it is over."
        ),
    ),
    (LIMITED, "After the session ends customers can look and download for 3 days; then it is over."),
]


@pytest.mark.parametrize(("settings", "said"), CUSTOMER)
def test_what_customers_keep_is_said_in_plain_words(settings: dict[str, Any], said: str) -> None:
    stay = STAY if settings else "They stay on the page, which says so."
    assert customer_in_words(EndPolicy(**settings)) == f"{said} {stay}"
    sent = EndPolicy(**settings, redirect_customer="https://example.com/thanks?s={session_id}")
    assert customer_in_words(sent) == f"{said} They are sent to example.com/thanks."


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("https://example.com", "example.com"),
        ("https://example.com/", "example.com"),
        ("http://example.com:8080/a/b/?c=d#e", "example.com:8080/a/b"),
        ("https://example.com/" + "a" * 100, "example.com/" + "a" * 47 + "…"),
    ],
)
def test_an_address_is_named_as_people_do(address: str, short: str) -> None:
    assert short_address(address) == short


INACTIVE = {"inactive_after": 30 * MINUTE}
WARNED = INACTIVE | {"warn_before": MINUTE}
THEN = "Then the agent goes back to the Welcome page."
AGENT: list[tuple[dict[str, Any], str]] = [
    ({}, "A session does not end by itself. When it is ended, the agent goes back to the Welcome page."),
    (
        {"redirect_agent": AgentRedirect.STAY},
        "A session does not end by itself. When it is ended, the agent stays in the room and can read everything.",
    ),
    (
        INACTIVE,
        f"A session ends by itself when its agent was inactive for 30 minutes; nobody is warned before. {THEN}",
    ),
    (
        WARNED,
        (
            "A session ends by itself when its agent was inactive for 30 minutes; "
            f"agent and customer are warned 1 minute before. {THEN}"
        ),
    ),
    (
        WARNED | {"activity_counts": ActivityCounts.SESSION},
        (
            "A session ends by itself when its agent was inactive in it for 30 minutes, whatever they did elsewhere in "
            f"Parley; agent and customer are warned 1 minute before. {THEN}"
        ),
    ),
    (
        WARNED | {"wait_at_most": 15 * MINUTE},
        (
            "A session ends by itself when its agent was inactive for 30 minutes; "
            "agent and customer are warned 1 minute before. "
            f"While the customer is completing something, it waits up to 15 minutes longer. {THEN}"
        ),
    ),
    (
        INACTIVE | {"redirect_agent": AgentRedirect.STAY},
        (
            "A session ends by itself when its agent was inactive for 30 minutes; nobody is warned before. "
            "Then the agent stays in the room and can read everything."
        ),
    ),
]


@pytest.mark.parametrize(("settings", "said"), AGENT)
def test_what_becomes_of_agents_is_said_in_plain_words(settings: dict[str, Any], said: str) -> None:
    assert agent_in_words(EndPolicy(**settings)) == said


GAP = "a time that is still to be entered"
UNCLEAR: list[tuple[dict[str, Any], str, str]] = [
    ({}, "access", "depends on the access level, which is not selected yet"),
    (RESTRICTED | {"access_for": None}, "access_for", f"full access for {GAP}, without chat"),
    (LIMITED | {"access_for": None}, "access_for", f"look and download for {GAP}; then it is over"),
    (RESTRICTED, "then_limited_for", f"attachments; then they can look and download for {GAP}"),
    ({}, "redirect_customer", "They are sent to another page, whose URL is not right yet."),
    ({}, "inactive_after", f"ends by itself when its agent was inactive for {GAP}; nobody is warned before. Then the"),
    (WARNED, "warn_before", "inactive for 30 minutes; when agent and customer are warned is not clear yet."),
    (WARNED, "wait_at_most", f"While the customer is completing something, it waits up to {GAP} longer."),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "unclear", "said"), UNCLEAR)
def test_what_is_still_being_typed_is_not_made_up(settings: dict[str, Any], unclear: str, said: str) -> None:
    policy = EndPolicy(**settings)
    assert said in f"{customer_in_words(policy, {unclear})} {agent_in_words(policy, {unclear})}"


def test_where_the_agent_goes_is_not_said_before_it_is_chosen() -> None:
    assert agent_in_words(EndPolicy(), {"redirect_agent"}) == "A session does not end by itself."


@given(policies())
def test_any_policy_can_be_said_and_every_sentence_ends(policy: EndPolicy) -> None:
    for text in (customer_in_words(policy), agent_in_words(policy)):
        assert text.endswith(".") and "  " not in text and "None" not in text and "%" not in text


# Drawn -----------------------------------------------------------------------------------------------------------

DRAWN: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({}, [("Over", "at once")]),
    (UNLIMITED, [("Full access", "no limit")]),
    (RESTRICTED, [("Full access", "2 hours"), ("Over", "after 2 hours")]),
    (
        RESTRICTED | {"then_limited_for": 7 * DAY},
        [("Full access", "2 hours"), ("Limited access", "7 days"), ("Over", "after 7 days 2 hours")],
    ),
    (LIMITED, [("Limited access", "3 days"), ("Over", "after 3 days")]),
]


@pytest.mark.parametrize(("settings", "bars"), DRAWN)
def test_the_windows_are_drawn(settings: dict[str, Any], bars: list[tuple[str, str]]) -> None:
    drawing = draw(EndPolicy(**settings))
    assert drawing is not None
    assert [(bar.label, bar.lasts) for bar in drawing.bars] == bars
    assert drawing.open_ended is (settings == UNLIMITED)
    assert drawing.in_words.count(";") == len(bars) - 1 and all(label in drawing.in_words for label, _ in bars)


def test_lengths_are_drawn_by_their_square_roots() -> None:
    drawing = draw(EndPolicy(**RESTRICTED, then_limited_for=8 * HOUR))
    assert drawing is not None and drawing.is_squeezed
    full, limited, _over = drawing.bars
    assert abs(limited.width - 2 * full.width) <= 2, "four times as long is twice as wide"


@pytest.mark.parametrize(("full", "limited"), [(SHORTEST, LONGEST_ACCESS), (LONGEST_ACCESS, SHORTEST)])
def test_however_unlike_two_lengths_are_both_can_be_read(full: timedelta, limited: timedelta) -> None:
    drawing = draw(EndPolicy(access=AccessSetting.FULL_RESTRICTED, access_for=full, then_limited_for=limited))
    assert drawing is not None
    assert min(bar.width for bar in drawing.bars) >= NARROWEST


@given(policies())
def test_what_is_drawn_is_what_the_rules_give(policy: EndPolicy) -> None:
    drawing = draw(policy)
    assert drawing is not None
    assert drawing.bars[0].start == 0 and drawing.bars[-1].end == FULL_WIDTH
    assert all(one.end == other.start for one, other in zip(drawing.bars, drawing.bars[1:], strict=False))
    given_windows = windows(policy, ENDED)
    moments = sorted({ENDED, given_windows.full_until, given_windows.limited_until})
    levels = [level_after_end(given_windows, moment) for moment in moments if not given_windows.has_no_limit]
    assert [bar.level for bar in drawing.bars] == (levels or [AccessLevel.FULL])


@pytest.mark.parametrize(
    ("settings", "unclear"),
    [
        ({}, "access"),
        (RESTRICTED | {"access_for": None}, "access_for"),
        (LIMITED | {"access_for": None}, "access_for"),
        (RESTRICTED, "then_limited_for"),
    ],
)
def test_what_is_still_being_typed_is_not_drawn(settings: dict[str, Any], unclear: str) -> None:
    assert draw(EndPolicy(**settings), {unclear}) is None
    assert draw(EndPolicy(), {"redirect_customer", "inactive_after"}) is not None
