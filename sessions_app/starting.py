"""An agent starts an invitation session, from a page or by the API: its customer is invited at once, or later."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from policies_app.models import Workstream
from sessions_app import returning, seats, selectors
from sessions_app.actions import Refused
from sessions_app.invitations import INVITATION
from sessions_app.kinds import Way
from sessions_app.models import Agent, Customer
from sessions_app.returning import AlreadyOpen
from sessions_app.tasks import order_letter
from sessions_app.transitions import start_invitation


@dataclass(frozen=True, slots=True)
class Wanted:
    """A session that is to be started, for a customer who is not stored yet.

    `ways` are those of `tasks.order_letter`. `known` are the keys of open sessions of the same person that whoever
    starts this one was told of; None: another one is wanted whatever there is.
    """

    customer: Customer
    workstream: Workstream
    ways: tuple[Way, ...] | None
    prepared: bool = False
    known: frozenset[int] | None = frozenset()


def start(agent: Agent, wanted: Wanted, key: UUID, *, now: datetime) -> UUID:
    """The public id of the session that this starts, or has started: the same key again starts one only.

    Raises Refused without a free seat, AlreadyOpen as `returning.check` does.
    """
    if _is_started(agent, wanted.customer, key):
        return key
    if selectors.room(key):
        key = uuid7()  # it was used before, for somebody else: a browser went back to its form
    try:
        _start(agent, wanted, key, now)
    except (IntegrityError, Refused, AlreadyOpen):
        if not _is_started(agent, wanted.customer, key):  # else another request was first
            raise
    return key


def _is_started(agent: Agent, customer: Customer, key: UUID) -> bool:
    """Whether this is the key of a session that this agent has with this person."""
    session = selectors.room(key)
    return session is not None and session.agent_id == agent.pk and _same_person(session.customer, customer)


def _same_person(one: Customer, other: Customer) -> bool:
    return (one.name, one.email, one.phone) == (other.name, other.email, other.phone)


@transaction.atomic
def _start(agent: Agent, wanted: Wanted, public_id: UUID, now: datetime) -> None:
    """Whoever starts one waits first for the same person, then for the agent's seats (`seats.take`)."""
    customer = wanted.customer
    if wanted.known is not None:
        returning.check(agent, customer, wanted.workstream, wanted.known)
    if not wanted.prepared:
        seats.take(agent, now)
    customer.pk = None
    customer.save()
    session = start_invitation(
        agent, customer, wanted.workstream.pk, prepared=wanted.prepared, public_id=public_id, now=now
    )
    if not wanted.prepared:
        transaction.on_commit(partial(order_letter, session.pk, INVITATION, wanted.ways))
