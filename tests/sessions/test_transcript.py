"""The conversation to keep: what each side gets, in words that every reader can read."""

from datetime import UTC
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from fpdf import FPDF

from policies_app.kinds import AccessSetting, EndReason
from sessions_app.actions import add_note, attach, record, send_message
from sessions_app.documents.sealed_transcript import rows_of
from sessions_app.kinds import Actor, Audience, EntryKind
from sessions_app.models import Agent, LiveSession
from sessions_app.timeline import Row
from sessions_app.transcript import Transcript, as_text
from sessions_app.transcript_pdf import as_pdf
from sessions_app.transitions import end
from tests.cast import CUSTOMER, address, author, browser_of, come_in, fresh, set_policy
from tests.moments import DAY, MINUTE, STARTED

ODD = "żółć é ł Привет Ωμέγα → € 👍 🎉 👩‍👩‍👧 你好 \u202e\u0000".replace("\u0000", "") + "x" * 300


@pytest.fixture
def talked(session: LiveSession, anna: Agent) -> LiveSession:
    """A message of each, a file, a note, a transfer, over two days."""
    send_message(session.pk, CUSTOMER, "Hello\nthere", key=uuid4(), now=STARTED)
    send_message(session.pk, author(anna), ODD, key=uuid4(), now=STARTED + MINUTE)
    add_note(session.pk, anna, "Careful with this one", key=uuid4(), now=STARTED + MINUTE)
    payload = {"to": "Ben", "note": "Wants cash"}
    row = Row(kind=EntryKind.TRANSFERRED, actor=Actor.AGENT, agent=anna, payload=payload)
    record(session.pk, row, now=STARTED + 2 * MINUTE)
    upload = SimpleUploadedFile("offer.txt", b"an offer")
    attach(session.pk, author(anna), upload, key=uuid4(), now=STARTED + DAY)
    return fresh(session)


def text_of(session: LiveSession, audience: Audience) -> str:
    return as_text(Transcript(session, audience, ZoneInfo("Europe/Berlin"), "Europe/Berlin"))


def test_agents_get_everything_in_the_zone_that_they_ask_for(talked: LiveSession) -> None:
    text = text_of(talked, Audience.AGENT)
    assert text.startswith("Conversation between Anna and Carla\n")
    assert "Monday, March 2, 2026" in text and "Tuesday, March 3, 2026" in text
    assert "10:00  Carla: Hello\n       there\n" in text
    assert "10:01  Note by Anna: Careful with this one" in text
    assert "10:02  Anna transferred this session to Ben\n       Wants cash" in text
    assert "Anna: File: offer.txt (8\u00a0bytes)" in text
    assert ODD in text


def test_customers_get_what_their_room_shows(talked: LiveSession) -> None:
    text = text_of(talked, Audience.CUSTOMER)
    assert "Careful" not in text and "Wants cash" not in text
    assert "Anna passed you on to Ben" in text and "Hello" in text


def test_a_conversation_that_has_ended_says_until_when(talked: LiveSession) -> None:
    end(talked.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED + DAY)
    assert "March 2, 2026 10:00 to March 3, 2026 10:00. Times are in Europe/Berlin." in text_of(
        fresh(talked), Audience.AGENT
    )


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that are put on paper."""
    lines: list[str] = []
    cell = FPDF.cell

    def noted(paper: FPDF, width: float, height: float, text: str, **how: object) -> object:
        lines.append(text)
        assert all(ord(sign) in paper.fonts["dejavu"].cw for sign in text), "the font has every sign"
        assert paper.get_string_width(text) <= paper.epw, "and every line fits"
        return cell(paper, width, height, text, **how)

    monkeypatch.setattr(FPDF, "cell", noted)
    return lines


def test_the_pdf_has_every_letter_and_calls_other_signs_by_name(talked: LiveSession, written: list[str]) -> None:
    pdf = pdf_of(talked, Audience.AGENT)
    assert pdf.startswith(b"%PDF-") and b"DejaVu" in pdf
    text = " ".join(written)
    for wanted in ("żółć é ł Привет Ωμέγα → €", "[party popper]", "[woman][woman][girl]", "Careful with", "offer.txt"):
        assert wanted in text, wanted
    assert text.count("x") >= 300


def test_nobody_who_writes_can_break_the_pdf(session: LiveSession, anna: Agent) -> None:
    for text in ("\t\x07\x1b", "\u2028\u2029", "\u0627" * 500, "שלום", "\U000e0041\uffff", " " * 300):
        send_message(session.pk, CUSTOMER, f"a{text}b", key=uuid4(), now=STARTED)
    assert pdf_of(fresh(session), Audience.CUSTOMER).startswith(b"%PDF-")


def pdf_of(session: LiveSession, audience: Audience) -> bytes:
    transcript = Transcript(session, audience, UTC, "UTC")
    return as_pdf(transcript, rows_of(transcript), now=STARTED, about_seal="Sealed")


def test_both_sides_can_save_it_as_text(talked: LiveSession, anna: Agent) -> None:
    for browser, side in ((browser_of(anna), "agent"), (come_in(talked), "customer")):
        answer = browser.get(address(talked, side, "transcript"), {"as": "text", "zone": "Asia/Tokyo"})
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
        assert answer["Content-Disposition"] == 'attachment; filename="conversation-2026-03-02.txt"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "18:00  Carla: Hello" in answer.content.decode()


@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "../../etc/passwd", "/etc/passwd", "x" * 5000, "Europe", "\x00"])
def test_a_zone_that_is_none_is_utc(talked: LiveSession, anna: Agent, zone: str) -> None:
    answer = browser_of(anna).get(address(talked, "agent", "transcript"), {"as": "text", "zone": zone})
    assert "Times are in UTC." in answer.content.decode()


def test_customers_can_save_it_as_long_as_they_may_read(talked: LiveSession) -> None:
    browser, path = come_in(talked), address(talked, "customer", "transcript") + "?as=text"
    set_policy(access=AccessSetting.LIMITED, access_for=3650 * DAY)
    end(talked.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED + DAY)
    assert browser.get(path).status_code == 200
    LiveSession.objects.filter(pk=talked.pk).update(full_until=STARTED + DAY, limited_until=STARTED + DAY)
    assert browser.get(path).status_code == 403


def test_a_stranger_gets_nothing(talked: LiveSession, ben: Agent, client: object) -> None:
    ben.workstreams.clear()
    assert browser_of(ben).get(address(talked, "agent", "transcript")).status_code == 404
    assert client.get(address(talked, "customer", "transcript")).status_code == 403


@pytest.mark.parametrize("audience", list(Audience))
def test_a_transcript_lets_nobody_in(session: LiveSession, anna: Agent, audience: Audience) -> None:
    """It is passed on, and read by integrations that may only read."""
    link = "https://portal.example.com/?parley.reconnect=abcdefgh"
    send_message(session.pk, author(anna), f"Come back: {link}", key=uuid4(), now=STARTED)
    text = text_of(fresh(session), audience)
    assert "abcdefgh" not in text and "parley.reconnect=…" in text
