"""Sessions that customers' journeys begin with, made behind the pages, each in a workstream of its own."""

from tests.stack import Stack

_PRELUDE = """
from django.utils import timezone
from policies_app.models import Workstream
from sessions_app import links
from sessions_app.assigning import enter_queue, pick
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.transitions import start_invitation
now, anna = timezone.now(), Agent.objects.get(user__username="anna")
def customer(name):
    return Customer.objects.create(name=name, email=f"{name.lower()}@example.com")
def workstream(name, **settings):
    made = Workstream.objects.get_or_create(name=name, defaults=settings)[0]
    anna.workstreams.add(made)
    return made.pk
"""


def said(stack: Stack, code: str) -> list[str]:
    """What Python says that runs inside of this Parley, line by line."""
    return [line for line in stack.run(_PRELUDE + code).splitlines() if line]


def invited(stack: Stack, name: str, device_access: str = "any") -> str:
    """A customer's link into a new session of Anna."""
    code = f"""
within = workstream("Devices: {device_access}", device_access="{device_access}")
print(links.mint(start_invitation(anna, customer("{name}"), within, now=now), by=anna, now=now))
"""
    return said(stack, code)[-1]


def new_link(stack: Stack, name: str, kind: str = "invitation") -> str:
    """Another link of this customer, that was made now."""
    code = f"""
from sessions_app.kinds import LinkKind
session = LiveSession.objects.get(customer__name="{name}")
print(links.mint(session, by=anna, kind=LinkKind("{kind}"), now=now))
"""
    return said(stack, code)[-1]


def in_queue(stack: Stack, *names: str) -> list[str]:
    """The links of customers who wait to be picked, first come first."""
    code = f"""
within = workstream("Queue of {names[0]}", assignment="pick")
for name in {names!r}:
    print(links.mint(enter_queue(customer(name), within, now=timezone.now()), by=None, now=now))
"""
    return said(stack, code)[-len(names) :]


def picked(stack: Stack, name: str) -> None:
    """Anna picks this customer's session."""
    said(stack, f'pick(LiveSession.objects.get(customer__name="{name}").pk, anna, now=now)')
