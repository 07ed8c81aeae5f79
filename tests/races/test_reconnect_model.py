"""Random sequences of drops, returns, closes, ends, transfers and passing time against a plain model of rule 5.

The model knows nothing of the code but the table of rules.md 5. It is told by the database only which agent a waiting
session got, since that is another rule.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from policies_app.kinds import EndReason, Return, SessionState
from policies_app.models import ChatWidget, Workstream
from sessions_app import assigning
from sessions_app.actions import Refused
from sessions_app.kinds import Actor
from sessions_app.models import Agent, LiveSession
from sessions_app.reconnecting import close, come_back, connection_lost
from sessions_app.seats import takes_seat
from sessions_app.sweeps import sweep
from sessions_app.transitions import end
from tests import cast
from tests.moments import MINUTE, STARTED
from tests.races.together import at_once

GRACE, HELD, LIMIT = timedelta(seconds=20), 5 * MINUTE, 10 * MINUTE
CUSTOMERS = 3

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

numbers = count(1)


@dataclass
class Modelled:
    """One session: in which state it should be, since when its customer is gone, and who should have it."""

    session: LiveSession
    state: SessionState = SessionState.QUEUED
    agent: int | None = None
    lost_at: datetime | None = None
    closed: bool = False
    reason: str = ""

    def holds_seat(self, now: datetime) -> bool:
        if self.state is SessionState.DISCONNECTED:
            assert self.lost_at is not None
            return not self.closed and now < self.lost_at + HELD
        return self.state is SessionState.ACTIVE

    def ends(self, reason: EndReason) -> None:
        self.state, self.reason = SessionState.ENDED, reason

    def time_passes(self, now: datetime) -> None:
        if self.lost_at is None:
            return
        if self.state is SessionState.QUEUED and now >= self.lost_at + GRACE:
            self.ends(EndReason.ABANDONED)
        elif self.state is SessionState.ACTIVE and now >= self.lost_at + GRACE:
            self.state = SessionState.DISCONNECTED
        if self.state is SessionState.DISCONNECTED and now >= self.lost_at + LIMIT:
            self.ends(EndReason.RECONNECT_TIMEOUT)


@dataclass
class World:
    """Two agents with one or two seats each, and a session of each customer."""

    widget: ChatWidget
    agents: list[Agent]
    now: datetime = STARTED
    sessions: list[Modelled] = field(default_factory=list)

    def used(self, agent: int | None) -> int:
        return sum(one.holds_seat(self.now) for one in self.sessions if one.agent == agent)

    def capacity(self, agent: int | None) -> int:
        return next(one.capacity for one in self.agents if one.pk == agent)

    # What happens ------------------------------------------------------------------------------------------------

    def arrive(self) -> None:
        customer = cast.new_customer(f"C{next(numbers)}")
        session = assigning.enter_queue(customer, self.widget.workstream_id, widget=self.widget, now=self.now)
        self.sessions.append(Modelled(session))

    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def drop(self, one: Modelled) -> None:
        connection_lost(one.session.pk, self.now, now=self.now)
        if one.state in (SessionState.QUEUED, SessionState.ACTIVE) and one.lost_at is None:
            one.lost_at = self.now

    def back(self, one: Modelled) -> None:
        room = self.used(one.agent) < self.capacity(one.agent) if one.agent else False
        said = come_back(one.session.pk, now=self.now)
        if one.state is SessionState.ENDED:
            assert said is Return.OVER
        elif one.state is SessionState.DISCONNECTED:
            held = one.holds_seat(self.now)
            assert said is (Return.SAME_AGENT if held else Return.ANY_AGENT)
            if not held and not room:
                one.state, one.agent = SessionState.QUEUED, None
            else:
                one.state = SessionState.ACTIVE
            one.lost_at, one.closed = None, False
        else:
            one.lost_at = None

    def close(self, one: Modelled) -> None:
        agent = self.agents[0] if one.agent is None else Agent.objects.get(pk=one.agent)
        try:
            close(one.session.pk, agent, now=self.now)
        except Refused:
            assert one.agent is None or one.state is SessionState.ACTIVE
        else:
            assert one.state in (SessionState.DISCONNECTED, SessionState.ENDED)
            one.closed = True

    def end(self, one: Modelled) -> None:
        """The customer, who may be away and start anew, in a queue, or in the middle of it."""
        end(one.session.pk, EndReason.SUPERSEDED, actor=Actor.CUSTOMER, now=self.now)
        if one.state is not SessionState.ENDED:
            one.ends(EndReason.SUPERSEDED)

    def transfer(self, one: Modelled) -> None:
        if one.agent is None or one.state is SessionState.ENDED:
            return
        to = next(agent for agent in self.agents if agent.pk != one.agent)
        by = next(agent for agent in self.agents if agent.pk == one.agent)
        possible = one.state is SessionState.ACTIVE and self.used(to.pk) < to.capacity
        with suppress(Refused):
            assigning.transfer_to_agent(one.session.pk, by, to, "", now=self.now)
            assert possible
            one.agent = to.pk

    # What must be true --------------------------------------------------------------------------------------------

    def check(self) -> None:
        sweep(self.now)
        assigning.assign_everywhere(self.now)
        for one in self.sessions:
            one.time_passes(self.now)
            stored = cast.fresh(one.session)
            if one.state is SessionState.QUEUED and stored.state == SessionState.ACTIVE:
                one.state, one.agent = SessionState.ACTIVE, stored.agent_id
            assert (stored.state, stored.end_reason) == (one.state, one.reason)
            if one.state is not SessionState.ENDED:
                assert stored.agent_id == one.agent
        self._check_seats()

    def _check_seats(self) -> None:
        taken = Counter(LiveSession.objects.filter(takes_seat(self.now)).values_list("agent", flat=True))
        assert taken == Counter(one.agent for one in self.sessions if one.holds_seat(self.now))
        free = sum(agent.capacity - taken[agent.pk] for agent in self.agents)
        assert all(taken[agent.pk] <= agent.capacity for agent in self.agents), "a seat is held twice"
        waits = any(one.state is SessionState.QUEUED for one in self.sessions)
        assert not (waits and free), "a seat is lost"


which = st.integers(0, CUSTOMERS - 1)
steps = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 19, 20, 60, 280, 300, 600])),
    st.tuples(st.sampled_from(["drop", "drop", "back", "back", "close", "transfer", "end"]), which),
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.tuples(st.integers(1, 2), st.integers(1, 2)), st.lists(steps, min_size=4, max_size=14))
def test_the_code_and_a_plain_model_of_rule_five_agree(
    capacities: tuple[int, int], script: list[tuple[str, int]]
) -> None:
    LiveSession.objects.exclude(state=SessionState.ENDED).delete()
    Agent.objects.update(last_seen_at=None)
    workstream = cast.general()
    Workstream.objects.filter(pk=workstream.pk).update(answer_within=None, auto_close_after=LIMIT)
    widget = ChatWidget.objects.create(
        workstream=cast.general(), name=f"W{next(numbers)}", reconnect_on=True, same_agent_for=HELD, grace=GRACE
    )
    agents = [cast.available(cast.new_agent(f"A{next(numbers)}", capacity=seats)) for seats in capacities]
    world = World(widget, agents)
    for _one in range(CUSTOMERS):
        world.arrive()
        world.check()
    for name, given_ in script:
        getattr(world, name)(given_ if name == "wait" else world.sessions[given_])
        world.check()


@pytest.mark.parametrize("round_", range(5))
def test_of_a_return_and_a_close_at_once_the_seat_is_taken_once(round_: int, anna: Agent) -> None:
    """However they meet, Anna has at most one session, and the customer is served or waits."""
    Agent.objects.filter(pk=anna.pk).update(capacity=1)
    Workstream.objects.filter(pk=cast.general().pk).update(answer_within=None)
    cast.available(anna)
    widget = ChatWidget.objects.create(workstream=cast.general(), name="Shop", reconnect_on=True, same_agent_for=HELD)
    first, other = (
        assigning.enter_queue(cast.new_customer(name), widget.workstream_id, widget=widget, now=STARTED)
        for name in ("Eve", "Dan")
    )
    connection_lost(first.pk, STARTED, now=STARTED + MINUTE)

    def close_it() -> None:
        with suppress(Refused):
            close(first.pk, anna, now=STARTED + MINUTE)

    at_once([close_it, partial(come_back, first.pk, now=STARTED + MINUTE)])
    active = LiveSession.objects.filter(state=SessionState.ACTIVE)
    assert active.count() == 1
    waits = LiveSession.objects.get(state=SessionState.QUEUED)
    assert {waits.pk, active.get().pk} == {first.pk, other.pk}


@pytest.mark.parametrize("apart", [MINUTE, -MINUTE, timedelta(0)])
@pytest.mark.parametrize("round_", range(5))
def test_of_an_arrival_and_a_close_at_once_the_seat_is_given_whoever_read_the_clock_first(
    round_: int, apart: timedelta, anna: Agent
) -> None:
    """Each looks after its own commit: the later one sees what the other one did, however its clock stood."""
    Agent.objects.filter(pk=anna.pk).update(capacity=1)
    Workstream.objects.filter(pk=cast.general().pk).update(answer_within=None)
    cast.available(anna)
    widget = ChatWidget.objects.create(workstream=cast.general(), name="Shop", reconnect_on=True, same_agent_for=HELD)
    eve, dan = cast.new_customer("Eve"), cast.new_customer("Dan")
    away = assigning.enter_queue(eve, widget.workstream_id, widget=widget, now=STARTED)
    connection_lost(away.pk, STARTED, now=STARTED + MINUTE)
    closes_at = STARTED + 2 * MINUTE
    arrive = partial(assigning.enter_queue, dan, widget.workstream_id, widget=widget, now=closes_at + apart)
    at_once([partial(close, away.pk, anna, now=closes_at), arrive])
    assert LiveSession.objects.get(state=SessionState.ACTIVE).customer == dan
