"""What is known of a customer: changing it, and finding their other sessions."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy, override

from policies_app.kinds import Channel
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.timeline import Row, append
from sessions_app.transitions import lock
from sessions_app.who_may import readable_by

DETAILS = ("name", "email", "phone")
MOST_EARLIER = 20
UNNAMED = gettext_lazy("Visitor")
"""What customers of a chat widget are called who gave no name: in the language in which they came."""


@transaction.atomic
def change_details(session_id: int, agent: Agent, details: Mapping[str, str], *, now: datetime) -> None:
    """Correct what is known of a session's customer, and record what stood there before. Nothing happens if all of it
    stays the same, or if the customer was erased. `details` has every one of DETAILS, valid."""
    session = lock(session_id, now)
    customer = Customer.objects.select_for_update(no_key=True).get(pk=session.customer_id)
    if customer.erased_at:
        return
    before = {name: str(getattr(customer, name)) for name in DETAILS}
    changes = {name: [before[name], details[name]] for name in DETAILS if details[name] != before[name]}
    if not changes:
        return
    for name in changes:
        setattr(customer, name, details[name])
    if "email" in changes:
        customer.email_is_typed = False
    customer.save(update_fields=[*changes, "email_is_typed"])
    session.customer = customer
    row = Row(kind=EntryKind.CUSTOMER_CHANGED, actor=Actor.AGENT, agent=agent, payload={"changes": changes})
    append(session, row, now=now)


def earlier_sessions(session: LiveSession, agent: Agent) -> list[LiveSession]:
    """Other sessions of the same person, newest first, as far as the agent may read them. One query.

    The same person has the same e-mail address, however it is capitalised, or the same phone.
    """
    found = LiveSession.objects.filter(readable_by(agent), _same_person(session.customer)).exclude(pk=session.pk)
    return list(found.select_related("agent", "customer", "workstream").order_by("-pk")[:MOST_EARLIER])


def is_certain(session: LiveSession, earlier: LiveSession) -> bool:
    """Whether these are of the same person for sure: not by an address alone that one of them merely typed."""
    one, other = session.customer, earlier.customer
    if one.pk == other.pk or (one.phone and one.phone == other.phone):
        return True
    return not (one.email_is_typed or other.email_is_typed)


def same_person(customer: Customer) -> list[Customer]:
    """Everything under which this person is known for sure, this first: each session that an agent starts knows its
    customer anew. The same person has the same e-mail address, however it is capitalised, or the same phone; an address
    that was merely typed before a chat makes nobody anybody. One query."""
    sessions = LiveSession.objects.filter(_same_person(customer, certain=True))
    others = Customer.objects.filter(pk__in=sessions.values("customer")).exclude(pk=customer.pk)
    return [customer, *others.order_by("-pk")]


def _same_person(customer: Customer, *, certain: bool = False) -> Q:
    same = Q(customer=customer)
    if customer.email and not (certain and customer.email_is_typed):
        lower = Customer.objects.exclude(email="").alias(lower=Lower("email"))
        lower = lower.filter(email_is_typed=False) if certain else lower
        same |= Q(customer__in=lower.filter(lower=Lower(Value(customer.email))))
    if customer.phone:
        same |= Q(customer__in=Customer.objects.exclude(phone="").filter(phone=customer.phone))
    return same


def given_name(customer: Customer) -> str:
    """The name as the customer, or somebody for them, gave it; empty if nobody did."""
    return "" if customer.came_by == Channel.WIDGET and customer.name in _words_for_unnamed() else customer.name


@cache
def _words_for_unnamed() -> frozenset[str]:
    words = set()
    for code, _language in settings.LANGUAGES:
        with override(code):
            words.add(str(UNNAMED))
    return frozenset(words)
