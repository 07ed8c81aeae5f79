"""What an administrator is told of customers who drop out, before saving (product.md D1, rules.md 5)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies_app.colours import BLACK, READABLE, WHITE, contrast, ink_on, is_colour
from policies_app.drawing import FULL_WIDTH
from policies_app.models.chat_widget import LONGEST_GRACE, SHORTEST_GRACE
from policies_app.models.workstream import LONGEST_AUTO_CLOSE, SHORTEST_AUTO_CLOSE
from policies_app.reconnect import ReconnectPolicy
from policies_app.reconnect_drawing import NARROWEST, draw_drop
from policies_app.reconnect_wording import dropped_in_words
from tests.moments import MINUTE
from tests.rules.strategies import whole_seconds

OFF: dict[str, Any] = {"time_limit": 10 * MINUTE}
ON: dict[str, Any] = OFF | {"is_on": True}
HELD: dict[str, Any] = ON | {"same_agent_for": 4 * MINUTE}

# A policy, what else is set, what is not clear; what is said, and what is not.
TABLE: dict[str, tuple[dict[str, Any], dict[str, Any], list[str], list[str]]] = {
    "off": (
        OFF,
        {"redirect_url": "https://portal.example.com/late", "portal_url": "https://www.example.com"},
        ["within 20 seconds has missed nothing", "offered a new chat; the previous one ends 10 minutes after"],
        ["same agent", "link", "portal.example.com"],
    ),
    "on, nothing held": (
        ON,
        {},
        [
            "Until 10 minutes after the connection was lost they come back to the whole conversation",
            "to the previous agent if that agent has room, else through the queue",
            "After 10 minutes the session ends, and they are offered a new chat",
            "Without a portal URL there is no reconnect link",
        ],
        ["whose seat is held"],
    ),
    "held": (
        HELD,
        {},
        ["Within 4 minutes they come back to the same agent, whose seat is held", "Until 10 minutes after"],
        [],
    ),
    "held for all of it": (HELD | {"same_agent_for": 10 * MINUTE}, {}, ["Within 10 minutes"], ["through the queue"]),
    "held for longer than the limit": (HELD | {"same_agent_for": 60 * MINUTE}, {}, ["Within 10 minutes"], ["1 hour"]),
    "held for less than the grace": (
        HELD | {"same_agent_for": MINUTE, "grace": 2 * MINUTE},
        {},
        ["within 2 minutes has missed nothing"],
        ["whose seat is held"],
    ),
    "a limit below the grace": (
        ON | {"time_limit": MINUTE, "grace": 2 * MINUTE},
        {},
        ["After 2 minutes"],
        ["1 minute"],
    ),
    "a redirect": (
        ON,
        {"redirect_url": "https://portal.example.com/late?why={reason}"},
        ["Who comes back after an end is sent to portal.example.com/late."],
        ["new chat"],
    ),
    "a link": (
        ON,
        {"portal_url": "https://www.example.com/help"},
        ["Agents can give them"],
        ["is sent"],
    ),
    "a link at the start": (
        ON,
        {"portal_url": "https://www.example.com/help", "sends_link": True},
        ["A reconnect link to www.example.com/help is sent to them when an agent answers."],
        [],
    ),
    "no grace yet": (ON, {"unclear": ["grace"]}, ["is not clear yet"], ["20 seconds"]),
    "no hold yet": (ON, {"unclear": ["same_agent_for"]}, ["seat is held for them is not clear yet"], ["Within"]),
    "no workstream yet": (HELD, {"unclear": ["workstream"]}, ["After the reconnect time limit"], ["10 minutes"]),
    "no workstream yet, off": (OFF, {"unclear": ["workstream"]}, ["After that they are offered a new chat."], ["10"]),
    "no redirect yet": (ON, {"unclear": ["redirect_url"]}, ["a page whose URL is not right"], ["new chat"]),
    "no portal yet": (ON, {"unclear": ["portal_url"]}, ["cannot be given out before the portal URL"], ["Without"]),
}


@pytest.mark.parametrize("case", TABLE)
def test_what_is_said_of_a_drop(case: str) -> None:
    policy, more, said, unsaid = TABLE[case]
    text = dropped_in_words(ReconnectPolicy(**policy), **more)
    assert [part for part in said if part not in text] == [], text
    assert [part for part in unsaid if part in text] == [], text


DRAWN: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "off": (OFF, [("Nothing changes", "20 seconds"), ("Too late", "after 20 seconds")]),
    "on": (
        ON,
        [
            ("Nothing changes", "20 seconds"),
            ("Previous agent or queue", "until 10 minutes"),
            ("Too late", "after 10 minutes"),
        ],
    ),
    "held": (
        HELD,
        [
            ("Nothing changes", "20 seconds"),
            ("Same agent, whose seat is held", "until 4 minutes"),
            ("Previous agent or queue", "until 10 minutes"),
            ("Too late", "after 10 minutes"),
        ],
    ),
    "held for all of it": (
        HELD | {"same_agent_for": 10 * MINUTE},
        [
            ("Nothing changes", "20 seconds"),
            ("Same agent, whose seat is held", "until 10 minutes"),
            ("Too late", "after 10 minutes"),
        ],
    ),
    "all of it in the grace": (
        ON | {"time_limit": MINUTE, "grace": 2 * MINUTE},
        [("Nothing changes", "2 minutes"), ("Too late", "after 2 minutes")],
    ),
}


@pytest.mark.parametrize("case", DRAWN)
def test_what_is_drawn_of_a_drop(case: str) -> None:
    policy, bars = DRAWN[case]
    drawing = draw_drop(ReconnectPolicy(**policy))
    assert drawing is not None
    assert [(bar.label, bar.lasts) for bar in drawing.bars] == bars
    assert all(label in drawing.in_words for label, _ in bars)


@pytest.mark.parametrize("name", ["grace", "same_agent_for", "workstream"])
def test_what_is_not_known_is_not_drawn(name: str) -> None:
    assert draw_drop(ReconnectPolicy(**HELD), [name]) is None


limits = whole_seconds(SHORTEST_AUTO_CLOSE, LONGEST_AUTO_CLOSE)


@given(st.booleans(), limits, st.none() | limits, whole_seconds(SHORTEST_GRACE, LONGEST_GRACE))
def test_any_drop_fills_the_drawing_without_a_gap(
    is_on: bool, time_limit: timedelta, same_agent_for: timedelta | None, grace: timedelta
) -> None:
    policy = ReconnectPolicy(is_on=is_on, time_limit=time_limit, same_agent_for=same_agent_for, grace=grace)
    drawing = draw_drop(policy)
    assert drawing is not None
    assert drawing.bars[0].start == 0 and drawing.bars[-1].end == FULL_WIDTH
    assert all(one.end == other.start for one, other in zip(drawing.bars, drawing.bars[1:], strict=False))
    assert min(bar.width for bar in drawing.bars) >= NARROWEST


# Colours ---------------------------------------------------------------------------------------------------------

CONTRASTS = {"#000000": 21.0, "#ffffff": 1.0, "#206bc4": 5.3, "#777777": 4.48, "#767676": 4.54, "#ffcc00": 1.51}


@pytest.mark.parametrize("colour", CONTRASTS)
def test_the_contrast_with_white_text(colour: str) -> None:
    assert contrast(WHITE, colour) == contrast(colour, WHITE) == pytest.approx(CONTRASTS[colour], abs=0.01)


@pytest.mark.parametrize(
    ("colour", "ink"), [(BLACK, WHITE), (WHITE, BLACK), ("#206bc4", WHITE), ("#ffdd00", BLACK), ("#f76707", BLACK)]
)
def test_text_is_written_in_what_is_easier_to_read(colour: str, ink: str) -> None:
    assert ink_on(colour) == ink


@given(st.integers(0, 0xFFFFFF))
def test_text_can_be_read_on_every_colour(number: int) -> None:
    colour = f"#{number:06x}"
    assert contrast(ink_on(colour), colour) >= READABLE


@pytest.mark.parametrize("text", ["", "blue", "#fff", "#12345g", "206bc4", "#206bc4 ", "#206bc4\n"])
def test_what_is_no_colour(text: str) -> None:
    assert not is_colour(text)
