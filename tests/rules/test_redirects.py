"""rules.md 4, Redirect customer: which addresses can be saved, and how they are filled in."""

from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies_app.redirects import RedirectProblem, allowed_host, check_redirect, fill_redirect, is_allowed

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
    ("https://user@portal.example.com/", "user name"),
    ("https://user:secret@portal.example.com/", "user name"),
    ("https://:secret@portal.example.com/", "user name"),
    ("https://@portal.example.com/", "user name"),
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


# The address, the hosts that are allowed, and whether customers may be sent there.
ON_A_HOST = [
    ("https://example.com/thanks", ["example.com"], True),
    ("https://EXAMPLE.com:8443/thanks", ["example.com"], True),
    ("https://example.com./thanks", ["example.com"], True),
    ("https://www.example.com/", ["example.com"], False),
    ("https://www.example.com/", ["*.example.com"], True),
    ("https://a.b.example.com/", ["*.example.com"], True),
    ("https://example.com/", ["*.example.com"], False),
    ("https://example.com/", ["*.example.com", "example.com"], True),
    ("https://evilexample.com/", ["*.example.com", "example.com"], False),
    ("https://example.com.evil.example/", ["*.example.com", "example.com"], False),
    ("https://evil.example/?example.com", ["example.com"], False),
    ("https://evil.example/.example.com", ["*.example.com"], False),
    ("https://evil.example#.example.com", ["*.example.com"], False),
    ("https://münchen.example/", ["xn--mnchen-3ya.example"], True),
    ("https://xn--mnchen-3ya.example/", ["xn--mnchen-3ya.example"], True),
    ("https://.example.com/", ["*.example.com"], False),
]


@pytest.mark.parametrize(("address", "hosts", "allowed"), ON_A_HOST)
def test_customers_are_sent_to_allowed_hosts_only(address: str, hosts: list[str], allowed: bool) -> None:
    assert is_allowed(address, hosts) is allowed
    if allowed:
        check_redirect(address, own_origin=OWN, allowed_hosts=hosts)
    else:
        with pytest.raises(RedirectProblem, match="not an allowed host"):
            check_redirect(address, own_origin=OWN, allowed_hosts=hosts)


def test_a_host_that_is_not_allowed_is_named_with_those_that_are() -> None:
    with pytest.raises(RedirectProblem) as refused:
        check_redirect("https://evil.example/x", own_origin=OWN, allowed_hosts=["a.example", "*.b.example"])
    assert (
        str(refused.value) == "evil.example is not an allowed host. Customers can be sent to: a.example, *.b.example."
    )


def test_of_many_allowed_hosts_the_first_are_named() -> None:
    with pytest.raises(RedirectProblem, match=r"to: 0\.example, .*4\.example, \.\.\.\.$"):
        check_redirect("https://x.example/", own_origin=OWN, allowed_hosts=[f"{n}.example" for n in range(9)])


HOSTS = [
    ("example.com", "example.com"),
    (" *.Example.COM. ", "*.example.com"),
    ("localhost", "localhost"),
    ("münchen.example", "xn--mnchen-3ya.example"),
    ("192.0.2.7", "192.0.2.7"),
]
NO_HOSTS = [
    *("", "*", "*.", "https://example.com", "example.com/", "example.com:443", "example.com/thanks", "*example.com"),
    *(
        "www.*.com",
        "*.*.com",
        "a b.example",
        "-a.example",
        "a..example",
        "user@example.com",
        "*.192.0.2.7",
        "a_b.example",
    ),
    *(".example.com", "{reason}.example", "a" * 64 + ".example", ".".join(["abcdefgh"] * 30), "example.com?x", "[::1]"),
]


@pytest.mark.parametrize(("typed", "stored"), HOSTS)
def test_a_host_is_stored_as_name_servers_know_it(typed: str, stored: str) -> None:
    assert allowed_host(typed) == stored
    assert allowed_host(stored) == stored


@pytest.mark.parametrize("typed", NO_HOSTS)
def test_what_is_no_name_of_a_host_is_refused(typed: str) -> None:
    with pytest.raises(RedirectProblem, match=r"Write example\.com"):
        allowed_host(typed)


@given(st.text(max_size=40))
def test_odd_hosts_are_stored_or_refused_but_never_crash(text: str) -> None:
    with suppress(RedirectProblem):
        host = allowed_host(text)
        assert is_allowed(f"https://{host.replace('*', 'www')}/", [host])


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


OUR_OWN_HOST_IN_OTHER_WORDS = [
    ("https://münchen.example/", "https://xn--mnchen-3ya.example"),
    ("https://\uff50arley.example/", "https://parley.example"),
    ("https://parley。example/", "https://parley.example"),
    ("https://parley%2Eexample/", "https://parley.example"),
    ("http://127.1/", "http://127.0.0.1"),
    ("http://2130706433/", "http://127.0.0.1"),
    ("http://0x7f.0.0.1/", "http://127.0.0.1"),
]


@pytest.mark.parametrize(("address", "own"), OUR_OWN_HOST_IN_OTHER_WORDS)
def test_our_own_host_is_known_however_a_browser_may_read_it(address: str, own: str) -> None:
    with pytest.raises(RedirectProblem):
        check_redirect(address, own_origin=own)


def test_a_name_that_browsers_read_differently_is_not_taken_for_an_allowed_one() -> None:
    with pytest.raises(RedirectProblem):
        check_redirect(
            "https://straße.example/", own_origin="https://parley.example", allowed_hosts=["strasse.example"]
        )
    assert not is_allowed("https://straße.example/", ["strasse.example"])
