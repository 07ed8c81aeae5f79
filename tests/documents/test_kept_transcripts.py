"""The transcript as PDF: ordered by a POST, made by a worker, fetched when it is there, gone after a day."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.test import Client

from policies_app.kinds import AccessSetting, EndReason
from sessions_app.actions import send_message
from sessions_app.documents import kept_transcripts, tasks
from sessions_app.documents.kept_transcripts import GIVEN_UP_AFTER, Order, make, order, ordered, remove_old
from sessions_app.kinds import Actor, Audience
from sessions_app.models import Agent, LiveSession
from sessions_app.transitions import end
from tests.cast import AS_SCRIPT, CUSTOMER, address, browser_of, come_in, fresh, set_policy
from tests.documents.sealed import text_of, validated
from tests.moments import DAY, MINUTE, STARTED


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the worker is told to make; nothing is made until a test lets it."""
    cache.clear()
    told: list[str] = []
    monkeypatch.setattr(tasks.make_transcript, "apply_async", lambda given, countdown: told.append(given[0]))
    return told


def make_all(told: list[str]) -> None:
    while told:
        tasks.make_transcript(told.pop(0))


def whole(answer: object) -> bytes:
    return b"".join(answer.streaming_content)


SIDES = ["agent", "customer"]


def browser(side: str, session: LiveSession, anna: Agent) -> Client:
    return browser_of(anna) if side == "agent" else come_in(session)


@pytest.mark.parametrize("side", SIDES)
def test_without_script_a_page_waits_for_it(side: str, session: LiveSession, anna: Agent, worker: list[str]) -> None:
    send_message(session.pk, CUSTOMER, "Hello", key=uuid4(), now=STARTED)
    here = browser(side, session, anna)
    pdf = address(session, side, "transcript-pdf")
    before = here.get(pdf)
    assert before.status_code == 200 and "Save as PDF" in before.content.decode() and "Refresh" not in before
    assert here.get(address(session, side, "transcript")).url == pdf
    assert here.post(address(session, side, "transcript"), {"zone": "Asia/Tokyo"}).url == pdf
    waits = here.get(pdf)
    assert waits["Refresh"] == "2" and "Look again" in waits.content.decode()
    make_all(worker)
    there = here.get(pdf)
    assert there["Content-Type"] == "application/pdf" and there["X-Content-Type-Options"] == "nosniff"
    assert there["Content-Disposition"] == 'attachment; filename="conversation-2026-03-02.pdf"'
    content = whole(there)
    assert validated(content).bottom_line
    assert "Hello" in text_of(content) and "Asia/Tokyo" in text_of(content) and "18:00" in text_of(content)
    assert whole(here.get(pdf)) == content, "stored once, the same on every download"


@pytest.mark.parametrize("side", SIDES)
def test_the_pages_script_asks_until_it_is_there(
    side: str, session: LiveSession, anna: Agent, worker: list[str]
) -> None:
    here, pdf = browser(side, session, anna), address(session, side, "transcript-pdf")
    waits = {"waits": True, "ready": False, "problem": ""}
    assert here.post(address(session, side, "transcript"), {}, **AS_SCRIPT).json() == waits
    assert here.get(pdf, **AS_SCRIPT).json() == waits
    make_all(worker)
    assert here.get(pdf, **AS_SCRIPT).json() == {"waits": False, "ready": True, "problem": ""}


def test_a_get_orders_nothing(session: LiveSession, anna: Agent, worker: list[str]) -> None:
    for name in ("transcript", "transcript-pdf"):
        browser_of(anna).get(address(session, "agent", name))
    assert worker == []


def ask(session: LiveSession, agent: int | None = None, **how: object) -> Order:
    given = {"zone": "UTC", "language": "en", "now": STARTED} | how
    audience = Audience.AGENT if agent else Audience.CUSTOMER
    return order(session, audience, agent, **given)


def test_impatience_makes_no_work(session: LiveSession, worker: list[str]) -> None:
    first = ask(session)
    assert ask(session) == first == ask(session, zone="Asia/Tokyo"), "one at a time"
    make_all(worker)
    assert ask(session).id == first.id, "it is there already"
    assert ask(session, language="de").id != first.id
    make_all(worker)
    later = ask(session, language="de")
    send_message(session.pk, CUSTOMER, "More", key=uuid4(), now=STARTED + MINUTE)
    assert ask(fresh(session), language="de").id != later.id, "there is more to tell"


def test_each_has_what_they_ordered(session: LiveSession, anna: Agent, ben: Agent, worker: list[str]) -> None:
    ask(session)
    assert ordered(session, Audience.AGENT, anna.pk) is None
    ask(session, anna.pk, zone="Asia/Tokyo")
    ask(session, ben.pk)
    make_all(worker)
    names = {
        ordered(session, *who).stored
        for who in ((Audience.CUSTOMER, None), (Audience.AGENT, anna.pk), (Audience.AGENT, ben.pk))
    }
    assert len(names) == 3


def test_it_tells_of_the_session_as_it_was_ordered(session: LiveSession, worker: list[str]) -> None:
    wanted = ask(session)
    send_message(session.pk, CUSTOMER, "Too late", key=uuid4(), now=STARTED + MINUTE)
    make_all(worker)
    with default_storage.open(ordered(session, Audience.CUSTOMER, None).stored) as file:
        assert "Too late" not in text_of(file.read())
    assert wanted.number == 1


def test_customers_read_it_in_their_language(session: LiveSession, worker: list[str]) -> None:
    ask(session, language="de")
    make_all(worker)
    with default_storage.open(ordered(session, Audience.CUSTOMER, None).stored) as file:
        assert "Montag" in text_of(file.read())


def test_what_cannot_be_made_is_said_and_can_be_asked_for_again(
    session: LiveSession, anna: Agent, worker: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = browser_of(anna)
    here.post(address(session, "agent", "transcript"))
    monkeypatch.setattr(kept_transcripts.Transcript, "title", property(lambda self: 1 / 0))
    make_all(worker)
    monkeypatch.undo()
    page = here.get(address(session, "agent", "transcript-pdf"))
    assert "could not be made" in page.content.decode() and "Try again" in page.content.decode()
    assert "could not be made" in here.get(address(session, "agent", "transcript-pdf"), **AS_SCRIPT).json()["problem"]


def test_nobody_waits_for_ever(session: LiveSession, worker: list[str]) -> None:
    first = ask(session)
    assert not first.is_given_up(STARTED + GIVEN_UP_AFTER)
    later = STARTED + GIVEN_UP_AFTER + timedelta(microseconds=1)
    assert first.is_given_up(later) and ask(session, now=later).id != first.id


def test_without_redis_people_are_told(session: LiveSession, anna: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    here = browser_of(anna)

    def gone(*args: object, **more: object) -> None:
        from redis.exceptions import ConnectionError as Gone

        raise Gone

    monkeypatch.setattr(kept_transcripts.cache, "get", gone)
    answer = here.post(address(session, "agent", "transcript"))
    assert answer.status_code == 503 and "cannot be made right now" in answer.content.decode()


def test_customers_get_it_as_long_as_they_may_read(session: LiveSession, worker: list[str]) -> None:
    here = come_in(session)
    set_policy(access=AccessSetting.LIMITED, access_for=3650 * DAY)
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED + DAY)
    assert here.post(address(session, "customer", "transcript")).status_code == 302
    make_all(worker)
    assert here.get(address(session, "customer", "transcript-pdf")).status_code == 200
    LiveSession.objects.filter(pk=session.pk).update(full_until=STARTED + DAY, limited_until=STARTED + DAY)
    for name in ("transcript", "transcript-pdf"):
        assert here.get(address(session, "customer", name)).status_code == 403
    assert here.post(address(session, "customer", "transcript")).status_code == 403


def test_who_only_reads_along_may_keep_it_too(session: LiveSession, ben: Agent, worker: list[str]) -> None:
    ben.user.user_permissions.add(Permission.objects.get(codename="monitor_session"))
    here = browser_of(ben)
    assert here.post(address(session, "agent", "transcript")).status_code == 302
    assert len(worker) == 1


def test_strangers_get_nothing(session: LiveSession, ben: Agent, client: Client) -> None:
    ben.workstreams.clear()
    for name in ("transcript", "transcript-pdf"):
        assert browser_of(ben).get(address(session, "agent", name)).status_code == 404
        assert client.get(address(session, "customer", name)).status_code == 403


def test_it_is_removed_after_a_day(session: LiveSession, worker: list[str]) -> None:
    kept = ask(session)
    make(UUID(worker.pop()), now=STARTED)
    stored = ordered(session, Audience.CUSTOMER, None).stored
    assert remove_old(STARTED + DAY) == 0 and default_storage.exists(stored)
    assert remove_old(STARTED + 2 * DAY) == 1 and not default_storage.exists(stored)
    assert "2026-03-02" not in default_storage.listdir("transcripts")[0]
    assert kept.state == "waits"


def test_where_nothing_was_ever_kept_nothing_is_removed(db: None, tmp_path: object, settings: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    assert remove_old(STARTED) == 0
