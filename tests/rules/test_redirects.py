"""rules.md 4, Redirect customer: which addresses can be saved, and how they are filled in."""

from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies_app.redirects import RedirectProblem, check_redirect, fill_redirect

OWN = "https://parley.example.com"

GOOD = [
    "https://portal.example.com/thank-you",
    "http://portal.example.com",
    "https://portal.example.com:8443/a?b=c#d",
    "https://portal.example.com/{session_id}?why={reason}#{reason}",
    "https://portal.example.com/?brace={{x}}",
    "HTTPS://Portal.Example.com/",
    "https://[2001:db8::1]/thanks",
    "https://xn--mnchen-3ya.example/",
    "https://münchen.example/grüße",
    "https://parley.example.com.evil.example/",
    "https://parley.example.com:8443/another-port-is-another-site",
]

WHOLE_ADDRESS = "whole address"
BAD = [
    ("", WHOLE_ADDRESS),
    ("thanks", WHOLE_ADDRESS),
    ("/thanks", WHOLE_ADDRESS),
    ("//portal.example.com/thanks", WHOLE_ADDRESS),
    ("portal.example.com/thanks", WHOLE_ADDRESS),
    ("https://", WHOLE_ADDRESS),
    ("https:portal.example.com", WHOLE_ADDRESS),
    ("https:///thanks", WHOLE_ADDRESS),
    ("https://:443/", WHOLE_ADDRESS),
    ("javascript:alert(1)", WHOLE_ADDRESS),
    ("javascript://portal.example.com/%0aalert(1)", WHOLE_ADDRESS),
    ("java\nscript:alert(1)", WHOLE_ADDRESS),
    ("data:text/html,hi", WHOLE_ADDRESS),
    ("ftp://portal.example.com/", WHOLE_ADDRESS),
    ("mailto:carla@example.com", WHOLE_ADDRESS),
    ("https://user@portal.example.com/", WHOLE_ADDRESS),
    ("https://user:secret@portal.example.com/", WHOLE_ADDRESS),
    ("https://:secret@portal.example.com/", WHOLE_ADDRESS),
    ("https://@portal.example.com/", WHOLE_ADDRESS),
    ("https://portal.example.com:99999/", WHOLE_ADDRESS),
    ("https://portal.example.com:port/", WHOLE_ADDRESS),
    ("https://portal.example.com:-1/", WHOLE_ADDRESS),
    ("https://portal.example.com:0/", WHOLE_ADDRESS),
    ("https://portal.example.com:{reason}/", WHOLE_ADDRESS),
    ("https://[2001:db8::1/", WHOLE_ADDRESS),
    ("https://[nonsense]/", WHOLE_ADDRESS),
    ("https://portal.example.com\\@parley.example.com/", WHOLE_ADDRESS),
    ("https://parley.example.com\\room", WHOLE_ADDRESS),
    ("http://parley.example.com/c/", "in Parley itself"),
    ("https://parley.example.com./c/", "in Parley itself"),
    ("https://PARLEY.example.com:443/c/", "in Parley itself"),
    ("https://portal example.com/", WHOLE_ADDRESS),
    ("https://portal.example.com/a b", WHOLE_ADDRESS),
    ("https://portal.example.com/a\nb", WHOLE_ADDRESS),
    ("https://portal.example.com/a\x00b", WHOLE_ADDRESS),
    ("https://\u2100.example.com/", WHOLE_ADDRESS),
    ("https://{session_id}.example.com/", "host"),
    ("https://{{x}}.example.com/", "host"),
    ("https://portal.example.com/{name}", "{name} is not a placeholder"),
    ("https://portal.example.com/{}", "{} is not a placeholder"),
    ("https://portal.example.com/{0}", "{0} is not a placeholder"),
    ("https://portal.example.com/{session_id.hex}", "is not a placeholder"),
    ("https://portal.example.com/{session_id[0]}", "is not a placeholder"),
    ("https://portal.example.com/{reason!r}", "just like that"),
    ("https://portal.example.com/{reason:>99999999}", "just like that"),
    ("https://portal.example.com/{reason:{session_id}}", "just like that"),
    ("https://portal.example.com/{reason", "brace"),
    ("https://portal.example.com/reason}", "brace"),
    ("https://parley.example.com/", "in Parley itself"),
    ("https://PARLEY.example.com:443/c/{session_id}/", "in Parley itself"),
]


@pytest.mark.parametrize("address", GOOD)
def test_customers_can_be_sent_to_a_whole_address(address: str) -> None:
    check_redirect(address, own_origin=OWN)


@pytest.mark.parametrize(("address", "said"), BAD)
def test_anything_else_is_refused_with_what_is_wrong(address: str, said: str) -> None:
    with pytest.raises(RedirectProblem, match=said.replace("{", r"\{")):
        check_redirect(address, own_origin=OWN)


def test_placeholders_are_filled_in_percent_encoded() -> None:
    filled = fill_redirect(
        "https://portal.example.com/{session_id}?why={reason}&b={{}}", session_id="a/b?c", reason="a&b=c é"
    )
    assert filled == "https://portal.example.com/a%2Fb%3Fc?why=a%26b%3Dc%20%C3%A9&b={}"


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_what_is_filled_in_stays_in_its_place(text: str) -> None:
    filled = fill_redirect("https://portal.example.com/?why={reason}&more=1", session_id="", reason=text)
    parts = urlsplit(filled)
    assert parts.hostname == "portal.example.com"
    assert parse_qs(parts.query, keep_blank_values=True) == {"why": [text], "more": ["1"]}


PIECES = [
    "https://",
    "http:",
    "//",
    "[",
    "]",
    "{",
    "}",
    "{reason}",
    "{session_id",
    "!",
    ":",
    "@",
    "\\",
    "%",
    "::1",
    "é",
]
odd_addresses = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map("".join)


@given(odd_addresses)
@example("http://[")
@example("https://\u2100/")
@example("https://portal.example.com/{reason!")
def test_odd_input_is_accepted_or_refused_but_never_crashes(address: str) -> None:
    with suppress(RedirectProblem):
        check_redirect(address, own_origin=OWN)
        filled = fill_redirect(address, session_id="s", reason="r")
        assert urlsplit(filled).scheme in ("http", "https")
        assert urlsplit(filled).netloc == urlsplit(address).netloc
