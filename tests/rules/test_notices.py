"""What a notice may contain, and how it is filled in (policies_app.notices)."""

from contextlib import suppress
from html import unescape

import pytest
from django.utils.html import format_html
from hypothesis import example, given
from hypothesis import strategies as st

from policies_app.notices import LONGEST, NOTICES, PLACEHOLDERS, Notice, NoticeProblem, check, fill, in_braces

ALLOWED = ("customer", "agent")
VALUES = {"customer": "Carla & Co", "agent": "Anna"}

GOOD = ["", "Bye", "Bye {customer}", "{customer}{agent}{customer}", "{{customer}}", "{{{customer}}}", "1 < 2 {{ }}"]
BAD = [
    ("Bye {name}", "{name} is not a placeholder here. You can use {customer} and {agent}."),
    ("Bye {}", "{} is not a placeholder here."),
    ("Bye {0}", "{0} is not a placeholder here."),
    ("Bye {customer.email}", "{customer.email} is not a placeholder here."),
    ("Bye {customer[0]}", "{customer[0]} is not a placeholder here."),
    ("Bye { customer }", "{ customer } is not a placeholder here."),
    ("Bye {customer", "has no partner. Write {{ or }} for a brace itself."),
    ("Bye customer}", "has no partner."),
    ("Bye {customer!r}", "Write {customer} just like that"),
    ("Bye {customer:>9}", "Write {customer} just like that"),
    ("Bye {customer:{agent}}", "Write {customer} just like that"),
    ("x" * (LONGEST + 1), "This text has 501 characters. At most 500 fit."),
]


@pytest.mark.parametrize("text", [*GOOD, "x" * LONGEST])
def test_a_text_with_known_placeholders_can_be_a_notice(text: str) -> None:
    check(text, ALLOWED)


@pytest.mark.parametrize(("text", "said"), BAD)
def test_a_problem_is_said_in_plain_words(text: str, said: str) -> None:
    with pytest.raises(NoticeProblem) as problem:
        check(text, ALLOWED)
    assert said in str(problem.value)


FILLED = [
    ("Bye {customer}", "Bye <bdi>Carla &amp; Co</bdi>"),
    ("<b>{agent}</b>", "&lt;b&gt;<bdi>Anna</bdi>&lt;/b&gt;"),
    ("{{customer}}", "{customer}"),
    ("{{{agent}}}", "{<bdi>Anna</bdi>}"),
    ("One\nTwo\r\nThree", "One<br>Two<br>Three"),
    ("Bye {somebody} {", "Bye {somebody} {"),
]


@pytest.mark.parametrize(("text", "html"), FILLED)
def test_filling_in(text: str, html: str) -> None:
    assert fill(text, VALUES) == html


def test_a_value_that_is_html_already_stays_as_it_is() -> None:
    ticking = format_html("<time>{}</time>", "1:59")
    assert fill("Closes in {countdown}.", {"countdown": ticking}) == "Closes in <bdi><time>1:59</time></bdi>."


PIECES = [
    *map(in_braces, PLACEHOLDERS),
    "{{",
    "}}",
    "{",
    "}",
    "{who}",
    "{agent!r}",
    "{agent:9}",
    "<script>",
    "&amp;",
    "\n",
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=10).map("".join)
values = st.fixed_dictionaries({name: st.text(max_size=10) | st.sampled_from(PIECES) for name in PLACEHOLDERS})
OURS = ["<br>", "<bdi>", "</bdi>"]


@given(texts, values)
@example("<img src=x>{agent}", dict.fromkeys(PLACEHOLDERS, "<script>"))
def test_no_markup_gets_through_whatever_is_typed(text: str, given_values: dict[str, str]) -> None:
    html = str(fill(text, given_values))
    for ours in OURS:
        html = html.replace(ours, "")
    assert not set(html) & set("<>\"'")


@given(texts, values)
def test_what_can_be_saved_is_filled_in_without_a_change_to_its_words(text: str, given_values: dict[str, str]) -> None:
    with suppress(NoticeProblem):
        check(text, tuple(PLACEHOLDERS))
        said = str(fill(text, given_values)).replace("<bdi>", "").replace("</bdi>", "").replace("<br>", "\n")
        expected = text.replace("\r\n", "\n").replace("\r", "\n").format(**given_values)
        assert unescape(said) == expected


@pytest.mark.parametrize(("name", "notice"), NOTICES.items())
def test_what_parley_says_by_itself_can_be_said(name: str, notice: Notice) -> None:
    check(notice.default, notice.placeholders)
    assert notice.default
    assert name.endswith(f"_{notice.audience}")
    assert set(notice.placeholders) <= set(PLACEHOLDERS)


@pytest.mark.parametrize("notice", [notice for notice in NOTICES.values() if notice.rests_on])
def test_a_text_that_serves_for_another_moment_can_be_filled_in_there(notice: Notice) -> None:
    resting_on = NOTICES[notice.rests_on]
    assert set(resting_on.placeholders) <= set(notice.placeholders)
    assert (resting_on.audience, resting_on.default) == (notice.audience, notice.default)


@pytest.mark.parametrize("text", ["Hello {customer:}", "{customer:} and {customer}"])
def test_a_placeholder_with_a_colon_would_be_shown_as_typed_and_is_refused(text: str) -> None:
    with pytest.raises(NoticeProblem):
        check(text, ["customer"])
