"""The same customer again: the sessions that somebody has open already when one is started for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2s

from django.db import connection
from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Lower

from policies_app.kinds import ReturningCustomer, SessionState
from policies_app.models import Workstream
from sessions_app import who_may
from sessions_app.models import Agent, Customer, LiveSession

MOST = 5
"""Of so many open sessions an agent is told, newest first."""


class AlreadyOpen(Exception):
    """The customer has sessions open: what the workstream's setting makes of it is up to the agent, or decided."""

    def __init__(self, sessions: list[LiveSession], *, leads_to: LiveSession | None) -> None:
        super().__init__(f"{len(sessions)} open sessions")
        self.sessions = sessions
        self.leads_to = leads_to
        """The session that is continued, where the setting says so and the agent may read it."""


def check(agent: Agent, customer: Customer, workstream: Workstream, known: frozenset[int]) -> None:
    """Raise AlreadyOpen if a session that is about to be started should not simply be.

    `known` are the keys of those that the agent was told of, and wants another one beside. Who starts one for the same
    person at the same time waits here until this transaction is over, and then finds it.
    """
    setting = ReturningCustomer(workstream.returning_customer)
    if setting is ReturningCustomer.NEW:
        return
    _one_at_a_time(customer)
    found = list(open_sessions(agent, customer, workstream)[:MOST])
    if {one.pk for one in found} <= known:
        return
    readable = next((one for one in found if _may_open(one, agent)), None)
    raise AlreadyOpen(found, leads_to=readable if setting is ReturningCustomer.CONTINUE else None)


@dataclass(frozen=True, slots=True)
class Told:
    """A session that is open already, as an agent is told of it; what they may not read they cannot open."""

    session: LiveSession
    may_open: bool


def as_told(sessions: Iterable[LiveSession], agent: Agent) -> list[Told]:
    """These sessions, each with whether the agent may open it."""
    return [Told(one, _may_open(one, agent)) for one in sessions]


def _may_open(session: LiveSession, agent: Agent) -> bool:
    return who_may.Act.READ in who_may.acts(session, agent)


def open_sessions(agent: Agent, customer: Customer, workstream: Workstream) -> QuerySet[LiveSession]:
    """The open sessions of this agent, or in this workstream, with somebody of this e-mail address or phone number.

    The agent's own come first, then the newest. Two queries.
    """
    found = LiveSession.objects.filter(~Q(state=SessionState.ENDED), customer__in=same_person(customer))
    found = found.filter(Q(agent=agent) | Q(workstream=workstream))
    return found.select_related("agent", "customer", "workstream").order_by(
        Case(When(agent=agent, then=0), default=1), "-pk"
    )


def same_person(customer: Customer) -> list[int]:
    """The keys of the customers with the same e-mail address, however it is written, or the same phone. One query."""
    same = Q(pk=None)
    if customer.email:
        same |= ~Q(email="") & Q(lower=customer.email.lower())
    if customer.phone:
        same |= ~Q(phone="") & Q(phone=customer.phone)
    found = Customer.objects.annotate(lower=Lower("email")).filter(same)
    return list(found.values_list("pk", flat=True))


def _one_at_a_time(customer: Customer) -> None:
    """Hold a lock on this person until the transaction is over. SQLite has one writer at a time anyway."""
    if connection.vendor != "postgresql":
        return
    names = {f"email {customer.email.lower()}", f"phone {customer.phone}"} - {"email ", "phone "}
    keys = sorted(int.from_bytes(blake2s(name.encode(), digest_size=8).digest(), "big", signed=True) for name in names)
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
