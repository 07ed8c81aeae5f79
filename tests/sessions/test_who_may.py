"""Who may do what in a room on the agents' side: the table, and that every view and query keeps to it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from policies_app.kinds import Assignment, EndReason
from policies_app.models import Workstream
from sessions_app import who_may
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.push import tickets
from sessions_app.transitions import end
from sessions_app.who_may import Act
from tests import cast
from tests.cast import AS_SCRIPT, address, browser_of, fresh, kinds, message, new_session, waiting
from tests.moments import STARTED

READER = {Act.READ, Act.NOTE}

RIGHTS = {
    "monitor": ["monitor_session"],
    "supervisor": ["monitor_session", "take_over_session", "release_seat"],
    "blind supervisor": ["take_over_session", "release_seat"],
}


@pytest.fixture
def people(anna: Agent, ben: Agent) -> dict[str, Agent]:
    """Anna holds or held the session, Ben is a colleague; the others are in no workstream of it."""
    everybody = {"holder": anna, "colleague": ben, "stranger": cast.new_agent("Eve")}
    everybody |= {name: cast.new_agent(name.title().replace(" ", "")) for name in RIGHTS}
    for name, agent in everybody.items():
        if name not in ("holder", "colleague"):
            agent.workstreams.clear()
        agent.user.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS.get(name, [])))
    return {name: Agent.objects.select_related("user").get(pk=agent.pk) for name, agent in everybody.items()}


@pytest.fixture
def sessions(anna: Agent, carla: Customer) -> dict[str, LiveSession]:
    Workstream.objects.update(assignment=Assignment.PICK)  # whoever signs in is available, and would be given it
    active, ended, follow_up = (new_session(anna, carla) for _ in range(3))
    for one in (ended, follow_up):
        end(one.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    LiveSession.objects.filter(pk=follow_up.pk).update(follow_up_since=STARTED)
    return {
        "active": fresh(active),
        "ended": fresh(ended),
        "follow-up": fresh(follow_up),
        "waiting": waiting(carla),
    }


HOLDER = {*READER, Act.WRITE, Act.MOVE}
SUPERVISOR = {*READER, Act.MOVE, Act.TAKE_OVER, Act.RELEASE}

# Who, what they may in each state of a session.
TABLE: list[tuple[str, str, set[Act]]] = [
    ("holder", "active", HOLDER),
    ("holder", "ended", HOLDER),
    ("holder", "waiting", {*READER, Act.PICK}),
    ("colleague", "active", set()),
    ("colleague", "ended", READER),
    ("colleague", "follow-up", READER),
    ("colleague", "waiting", {*READER, Act.PICK}),
    ("stranger", "active", set()),
    ("stranger", "ended", set()),
    ("stranger", "waiting", set()),
    ("monitor", "active", READER),
    ("monitor", "ended", READER),
    ("monitor", "waiting", READER),
    ("supervisor", "active", SUPERVISOR),
    ("supervisor", "ended", SUPERVISOR),
    ("supervisor", "waiting", SUPERVISOR),
    ("blind supervisor", "active", set()),
    ("blind supervisor", "waiting", set()),
]


@pytest.mark.parametrize(("who", "state", "may"), TABLE)
def test_everybody_may_what_the_table_says(
    people: dict[str, Agent], sessions: dict[str, LiveSession], who: str, state: str, may: set[Act]
) -> None:
    assert who_may.acts(sessions[state], people[who]) == may


def test_a_colleague_may_take_what_somebody_left_who_is_gone(
    people: dict[str, Agent], sessions: dict[str, LiveSession]
) -> None:
    people["holder"].workstreams.clear()
    assert who_may.acts(sessions["follow-up"], people["colleague"]) == {*READER, Act.TAKE_OVER}
    assert who_may.acts(sessions["ended"], people["colleague"]) == READER
    assert who_may.acts(sessions["follow-up"], people["stranger"]) == set()


@pytest.mark.parametrize("who", sorted({row[0] for row in TABLE}))
def test_the_query_finds_what_may_be_read_and_nothing_else(
    people: dict[str, Agent], sessions: dict[str, LiveSession], who: str
) -> None:
    found = set(LiveSession.objects.filter(who_may.readable_by(people[who])))
    assert found == {one for one in sessions.values() if Act.READ in who_may.acts(one, people[who])}


def test_the_sessions_own_agent_costs_no_query(
    people: dict[str, Agent], sessions: dict[str, LiveSession], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        who_may.acts(sessions["active"], people["holder"])


# The views ---------------------------------------------------------------------------------------------------------

LOOKS = [(), ("updates",), ("earlier",)]
WRITES = [
    ("message",),
    ("file",),
    ("end",),
    ("close",),
    ("keep-open",),
    ("link",),
    ("reconnect-link",),
    ("done",),
    ("more-time",),
    ("decline",),
]


def asked(browser: Client, session: LiveSession) -> dict[tuple[str, ...], int]:
    looks = {rest: browser.get(address(session, "agent", *rest)).status_code for rest in LOOKS}
    return looks | {rest: browser.post(address(session, "agent", *rest), message()).status_code for rest in WRITES}


@pytest.mark.parametrize("who", ["monitor", "supervisor"])
def test_who_reads_along_sees_everything_and_changes_nothing(
    people: dict[str, Agent], sessions: dict[str, LiveSession], who: str
) -> None:
    session = sessions["active"]
    statuses = asked(browser_of(people[who]), session)
    assert {statuses[rest] for rest in LOOKS} == {200}
    assert {statuses[rest] for rest in WRITES} == {403}
    after = fresh(session)
    assert (kinds(session), after.seen_by_agent, after.last_agent_activity_at) == (["started"], 0, STARTED)


def test_a_colleague_reads_the_record_and_writes_nothing(
    people: dict[str, Agent], sessions: dict[str, LiveSession]
) -> None:
    statuses = asked(browser_of(people["colleague"]), sessions["ended"])
    assert {statuses[rest] for rest in LOOKS} == {200}
    assert {statuses[rest] for rest in WRITES} == {403}


def test_everybody_else_finds_nothing(people: dict[str, Agent], sessions: dict[str, LiveSession]) -> None:
    for who in ("stranger", "blind supervisor", "colleague"):
        assert set(asked(browser_of(people[who]), sessions["active"]).values()) == {404}
    for rest in ("pick", "take-over", "transfer", "release"):
        assert browser_of(people["stranger"]).post(address(sessions["waiting"], "agent", rest)).status_code == 404


def test_a_reader_keeps_what_was_typed_when_it_is_refused(
    people: dict[str, Agent], sessions: dict[str, LiveSession]
) -> None:
    page = browser_of(people["monitor"])
    answer = page.post(address(sessions["active"], "agent", "message"), message("Listen"), **AS_SCRIPT)
    assert "not your session" in answer.json()["problem"]
    assert (answer.json()["holds"], answer.json()["chat"]) == (False, False)


def test_who_reads_along_is_not_present_and_hears_the_room(
    people: dict[str, Agent], sessions: dict[str, LiveSession], settings: Any
) -> None:
    own, other = sessions["active"], f"session:{sessions['active'].public_id}:agent"
    page = {who: browser_of(people[who]).get(address(own, "agent")).context["line"] for who in ("monitor", "holder")}
    read = {who: _ticket(line["stream"]) for who, line in page.items()}
    assert other in read["monitor"].topics and read["monitor"].presence == {}
    assert list(read["holder"].presence) == [other]
    lists = browser_of(people["monitor"]).get("/sessions/", {"open": str(own.public_id)}).json()
    assert _ticket(lists["stream"]).presence == {}
    assert other in _ticket(lists["stream"]).topics
    strangers = browser_of(people["stranger"]).get("/sessions/", {"open": str(own.public_id)}).json()
    assert other not in _ticket(strangers["stream"]).topics


def _ticket(stream: str) -> tickets.Ticket:
    return tickets.read(stream.partition("ticket=")[2], STARTED)


# Handing over ------------------------------------------------------------------------------------------------------


def test_picking_leads_into_the_room(people: dict[str, Agent], sessions: dict[str, LiveSession]) -> None:
    room = address(sessions["waiting"], "agent")
    assert browser_of(people["colleague"]).post(f"{room}pick/").headers["Location"] == room
    assert fresh(sessions["waiting"]).agent == people["colleague"]


def test_the_dialog_offers_colleagues_with_room_and_the_queues(
    people: dict[str, Agent], sessions: dict[str, LiveSession]
) -> None:
    loans = Workstream.objects.create(name="Loans")
    Workstream.objects.create(name="Nobody's")
    people["stranger"].workstreams.add(loans)
    asks = address(sessions["active"], "agent", "transfer")
    annas = browser_of(people["holder"])
    offered = annas.get(asks, {"part": "dialog"}).content.decode()
    assert "Ben" not in offered
    assert "General (1 waits)" in offered and "Loans (nobody waits)" in offered and "Nobody&#x27;s" not in offered


@pytest.mark.usefixtures("_now")
def test_a_transfer_leaves_the_room(people: dict[str, Agent], sessions: dict[str, LiveSession]) -> None:
    ben = cast.available(people["colleague"])
    asks = address(sessions["active"], "agent", "transfer")
    annas = browser_of(people["holder"])
    assert f"Ben ({1000} of 1000 seats free)" in annas.get(asks).content.decode()
    posted = {"to": f"agent:{ben.pk}", "note": "Knows the contract"}
    assert annas.post(asks, posted, **AS_SCRIPT).json() == {"gone": True}
    assert fresh(sessions["active"]).agent == ben
    assert annas.get(address(sessions["active"], "agent")).status_code == 404


def test_a_transfer_to_nobody_keeps_what_was_typed(people: dict[str, Agent], sessions: dict[str, LiveSession]) -> None:
    asks = address(sessions["active"], "agent", "transfer")
    annas = browser_of(people["holder"])
    for to, said in (("", "Choose to whom"), (f"agent:{people['colleague'].pk}", "Nobody is free there any more")):
        answer = annas.post(asks, {"to": to, "note": "Knows the contract"})
        assert answer.status_code == 422
        assert said in answer.content.decode() and "Knows the contract" in answer.content.decode()
        assert said in annas.post(asks, {"to": to, "note": ""}, **AS_SCRIPT).json()["problem"]
    assert fresh(sessions["active"]).agent == people["holder"]


def test_looking_at_a_question_changes_nothing(people: dict[str, Agent], sessions: dict[str, LiveSession]) -> None:
    boss = browser_of(people["supervisor"])
    for rest in ("transfer", "take-over", "release"):
        for part in ({}, {"part": "dialog"}):
            assert boss.get(address(sessions["active"], "agent", rest), part).status_code == 200
    assert boss.get(address(sessions["active"], "agent", "pick")).status_code in (403, 405)
    assert kinds(sessions["active"]) == ["started"]


def test_a_supervisor_takes_over_and_releases(people: dict[str, Agent], sessions: dict[str, LiveSession]) -> None:
    boss, room = browser_of(people["supervisor"]), address(sessions["active"], "agent")
    assert boss.post(f"{room}release/").headers["Location"] == "/supervise/"
    assert fresh(sessions["active"]).agent is None
    assert boss.post(f"{room}take-over/").headers["Location"] == room
    assert fresh(sessions["active"]).agent == people["supervisor"]
    assert kinds(sessions["active"]) == ["started", "returned", "taken_over"]


def test_without_a_seat_a_supervisor_is_told_so(people: dict[str, Agent], sessions: dict[str, LiveSession]) -> None:
    boss = people["supervisor"]
    Agent.objects.filter(pk=boss.pk).update(capacity=1)
    new_session(boss, sessions["active"].customer)
    answer = browser_of(boss).post(address(sessions["active"], "agent", "take-over"))
    assert answer.status_code == 403
    assert "1 of 1" in answer.content.decode()


# The supervisor's page ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_now")
def test_the_supervisors_page_shows_seats_and_queues(
    people: dict[str, Agent], sessions: dict[str, LiveSession]
) -> None:
    cast.available(people["colleague"])
    page = browser_of(people["supervisor"]).get("/supervise/")
    shown = page.context["team"]
    assert {one.agent.name: (one.used, one.status) for one in shown.members} == {
        "Ben": (0, "available"),
        "Supervisor": (0, "available"),
        "Anna": (1, "offline"),
    }
    assert [(queue.workstream.name, len(queue.waiting)) for queue in shown.queues] == [("General", 1)]
    assert (shown.waiting, shown.free) == (1, 2000)
    loans = Workstream.objects.create(name="Loans")
    only = browser_of(people["monitor"]).get("/supervise/lists/", {"workstream": loans.pk}).json()["lists"]
    assert "Anna" not in only and "Nobody waits" in only


def test_the_supervisors_page_is_for_supervisors(people: dict[str, Agent], sessions: dict[str, LiveSession]) -> None:
    for who, status in (("colleague", 403), ("blind supervisor", 403), ("monitor", 200)):
        assert browser_of(people[who]).get("/supervise/").status_code == status
        assert browser_of(people[who]).get("/supervise/lists/").status_code == status
    assert 'href="/supervise/"' not in browser_of(people["colleague"]).get("/").content.decode()
    for odd in ("x", "-1", "9" * 40):
        assert browser_of(people["monitor"]).get("/supervise/", {"workstream": odd}).status_code == 200


def test_the_supervisors_page_costs_the_same_however_many_there_are(
    people: dict[str, Agent], sessions: dict[str, LiveSession], carla: Customer, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        new_session(cast.new_agent(f"Agent{number}"), carla)
        waiting(carla)
    browser = browser_of(people["supervisor"])
    with django_assert_max_num_queries(13):
        assert browser.get("/supervise/").status_code == 200


@pytest.fixture
def _now(time_machine: Any) -> None:
    time_machine.move_to(STARTED, tick=False)
