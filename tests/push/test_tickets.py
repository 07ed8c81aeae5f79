from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer

from sessions_app.push.tickets import InvalidTicket, Ticket, issue, read

ISSUED_AT = datetime(2031, 5, 6, 7, 8, 9, 123457, UTC)
OVER_AT = ISSUED_AT + timedelta(minutes=5)
PRESENCE = {"session:1:agent": ("session:1:customer",), "agent:7": ()}
TICKET = Ticket(("session:1:agent", "agent:7"), PRESENCE, OVER_AT)


def test_what_was_issued_is_read_back_exactly() -> None:
    assert read(issue(TICKET), ISSUED_AT) == TICKET


def test_whether_it_beats_is_read_back() -> None:
    beating = replace(TICKET, beats=True)
    assert read(issue(beating), ISSUED_AT) == beating != TICKET


def test_a_ticket_ends_at_its_moment_and_not_before() -> None:
    text = issue(TICKET)
    assert read(text, OVER_AT - timedelta(microseconds=1)) == TICKET
    with pytest.raises(InvalidTicket):
        read(text, OVER_AT)


def test_a_ticket_without_a_zone_is_not_issued() -> None:
    with pytest.raises(ValueError, match="zone"):
        issue(Ticket(("a",), {}, datetime(2031, 5, 6)))


@pytest.mark.parametrize("text", ["", ":", "a:b", "\x00", "é", "x" * 10_000, issue(TICKET)[:-1], issue(TICKET) + "="])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(InvalidTicket):
        read(text, ISSUED_AT)


def test_every_changed_letter_is_noticed() -> None:
    text = issue(TICKET)
    for place in range(len(text) - 1):  # the last letter of a signature carries bits that do not count
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(InvalidTicket):
            read(changed, ISSUED_AT)


@pytest.mark.parametrize("salt", ["", "parley", "django.core.signing"])
def test_what_was_signed_for_another_purpose_is_refused(salt: str) -> None:
    fields = [["session:1"], {}, OVER_AT.timestamp()]
    with pytest.raises(InvalidTicket):
        read(Signer(salt=salt).sign_object(fields), ISSUED_AT)


OTHERS = [
    [],
    {},
    "text",
    [1, {}, 5.0],
    [["a"], "", [], 5e9],
    [["a"], [], 5e9],
    [["a"], {}, "soon"],
    [["a"], {}, 1e300],
]


@pytest.mark.parametrize("fields", OTHERS)
def test_a_ticket_of_another_version_is_refused(fields: object) -> None:
    with pytest.raises(InvalidTicket):
        read(Signer(salt="parley.push.ticket").sign_object(fields), ISSUED_AT)
