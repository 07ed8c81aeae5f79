"""What pages of a widget's customer say, and until when the customer counts as there for it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from sessions_app import beats
from sessions_app.presence import present
from tests.push.browser import Browser, request, ticket_of, until
from tests.push.conftest import StartPush
from tests.push.processes import PushProcess, RedisProcess

CARLA = "session:1:customer"
HIDDEN, VISIBLE = 300.0, 3.0
SLACK = 2.0
A_MINUTE = timedelta(minutes=1)


def beating(name: str = CARLA, **options: float) -> str:
    return ticket_of({name: ("session:1:agent",)}, name, beats=True, **options)


async def post(push: PushProcess, said: str, ticket: str = "") -> int:
    path = f"/push/here?ticket={quote(ticket or beating())}"
    return (await request(push, path, "POST", said))[0]


async def say(push: PushProcess, word: str, page: str = "a") -> None:
    assert await post(push, f"state={word}&page={page}") == 200


def until_when(name: str = CARLA) -> float:
    return beats.heard([name]).until.get(name, 0.0)


async def reaches(seconds: float) -> None:
    """Wait until the customer counts as there for so many seconds more, about."""
    await until(lambda: abs(until_when() - time.time() - seconds) < SLACK, lambda: f"{until_when() - time.time():.2f}")


def now() -> datetime:
    return datetime.now(UTC)


# What was said, by page -> how far it reaches.
SAID = [
    ([("a", "visible")], VISIBLE),
    ([("a", "hidden")], HIDDEN),
    ([("a", "visible"), ("a", "closing")], 0.0),
    ([("a", "hidden"), ("a", "closing")], 0.0),
    ([("a", "hidden"), ("a", "visible")], VISIBLE),
    ([("a", "visible"), ("b", "closing")], VISIBLE),
    ([("a", "hidden"), ("b", "visible"), ("b", "closing")], HIDDEN),
    ([("a", "hidden"), ("b", "hidden"), ("a", "closing"), ("b", "closing")], 0.0),
]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_customer_is_there_for_as_long_as_the_last_word_of_any_page_reaches(
    start_push: StartPush, processes: int
) -> None:
    """Whichever push processes the words come to."""
    pushes = [start_push() for _ in range(processes)]

    async def journey() -> None:
        turn = 0
        for number, (said, seconds) in enumerate(SAID):
            name = f"session:{number}:customer"
            for page, word in said:
                path = f"/push/here?ticket={quote(beating(name))}"
                await request(pushes[turn % processes], path, "POST", f"state={word}&page={page}")
                turn += 1
                await asyncio.sleep(0.2)  # until it is written down: two processes tell Redis in an order of their own
            assert abs(until_when(name) - time.time() - seconds) < SLACK, said

    asyncio.run(journey())


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("state=visible&page=a", 200),
        ("state=visible", 200),
        ("state=asleep&page=a", 400),
        ("page=a", 400),
        ("", 400),
        ("state=visible&page=A%20b", 400),
        ("state=visible&page=" + "a" * 33, 400),
        ("state=visible&page=a&more=" + "x" * 200, 400),
    ],
)
def test_what_makes_no_sense_is_refused(push: PushProcess, said: str, status: int) -> None:
    assert asyncio.run(post(push, said)) == status


def test_only_who_holds_a_ticket_that_beats_is_heard(push: PushProcess) -> None:
    async def journey() -> None:
        not_beating = ticket_of({CARLA: ()}, CARLA)
        for ticket in (not_beating, beating(lasts=-1.0), "nonsense"):
            assert await post(push, "state=visible&page=a", ticket) == 403
        status, headers, _ = await request(push, "/push/here?ticket=x")
        assert (status, headers["allow"]) == (405, "POST")
        await asyncio.sleep(0.3)
        assert until_when() == 0.0

    asyncio.run(journey())


def test_pages_without_end_do_not_fill_redis(push: PushProcess, redis: RedisProcess) -> None:
    async def journey() -> None:
        for number in range(60):
            await say(push, "hidden", f"page{number}")
        await reaches(HIDDEN)
        kept = redis.client.hget(beats.PAGES, CARLA)
        assert kept and kept.count(b"page") == 20 and b"more" in kept

    asyncio.run(journey())


def test_while_no_push_process_lives_nobody_counts_as_gone(start_push: StartPush) -> None:
    push = start_push(listening=1.0)

    async def journey() -> None:
        await say(push, "closing")
        await until(lambda: CARLA in beats.lost(now() + A_MINUTE), lambda: "she is gone")
        push.end()
        await until(lambda: not beats.lost(now() + A_MINUTE), lambda: "nobody listens")
        assert CARLA in beats.heard([CARLA]).until
        back_at = now()
        start_push()
        await until(lambda: CARLA in beats.lost(now() + A_MINUTE), lambda: "she is gone")
        assert beats.lost(now() + A_MINUTE)[CARLA] > back_at  # earlier she could not have been heard

    asyncio.run(journey())


def test_a_killed_process_takes_nobody_with_it_who_is_heard_elsewhere(start_push: StartPush) -> None:
    doomed, other = start_push(), start_push()

    async def journey() -> None:
        await say(doomed, "hidden")
        await reaches(HIDDEN)
        doomed.end()
        await asyncio.sleep(0.3)
        assert beats.heard([CARLA]).is_there(CARLA, now())
        await say(other, "visible")
        await reaches(VISIBLE)

    asyncio.run(journey())


def test_a_redis_that_forgot_everything_is_told_again(push: PushProcess, redis: RedisProcess) -> None:
    """A locked phone cannot say again that it is there."""

    async def journey() -> None:
        await say(push, "hidden")
        await reaches(HIDDEN)
        redis.kill()
        assert beats.heard([CARLA]) == beats.Heard() and beats.lost(now()) == {}
        beats.expect(CARLA, now())
        await say(push, "hidden", "b")
        redis.start()
        await reaches(HIDDEN)
        await until(
            lambda: (redis.client.hget(beats.PAGES, CARLA) or b"").count(b":") == 2, lambda: "both pages are known"
        )

    asyncio.run(journey())


def test_the_stream_of_somebody_who_fell_silent_is_cut(start_push: StartPush) -> None:
    """As after a pulled cable: nothing says that the connection is gone."""
    push = start_push(visible=0.2, silence=0.1, grace=0.3, expiry=0.1)

    async def journey() -> None:
        second = beating("session:2:customer")
        async with (
            Browser(push, beating()) as silent,
            Browser(push, second) as hidden,
            Browser(push, ticket_of({"session:3:customer": ()}, "a")) as other,
        ):
            await say(push, "visible")
            await post(push, "state=hidden&page=a", second)
            await until(lambda: present([CARLA])[CARLA], lambda: "she is present")
            await until(silent.reader.at_eof, lambda: "the stream is cut")
            await until(lambda: not present([CARLA])[CARLA], lambda: "she is away")
            assert not hidden.reader.at_eof() and not other.reader.at_eof()

    asyncio.run(journey())


def test_what_was_expected_is_over_with_the_first_word(push: PushProcess) -> None:
    async def journey() -> None:
        beats.expect(CARLA, now())
        await reaches(beats.EXPECTED_SECONDS)
        await say(push, "closing")
        await reaches(0.0)

    asyncio.run(journey())
