"""Demo data: an administrator, two agents, and sessions in different states."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from policies_app.actions import save_end_session_behavior
from policies_app.kinds import AccessSetting, EndReason
from policies_app.selectors import end_session_behavior
from sessions_app import links
from sessions_app.actions import Author, join, send_message
from sessions_app.kinds import Actor, Audience
from sessions_app.models import Agent, Customer, LiveSession
from sessions_app.transitions import end, start_invitation

PASSWORD = "parley-demo"  # noqa: S105 (made up, printed, and only in an installation that was empty)
ADMINISTRATOR = "admin"
AGENTS = {"anna": "Anna Berg", "ben": "Ben Okafor"}


class Command(BaseCommand):
    help = "Loads demo data into an empty installation and prints its sign-ins and a customer's link."

    def handle(self, *args: Any, **options: Any) -> None:
        if not User.objects.exists():
            with transaction.atomic():
                load(timezone.now())
        elif not User.objects.filter(username=ADMINISTRATOR).exists():
            raise CommandError("There are users already, and they are not those of the demo. Nothing was loaded.")
        self.stdout.write("\n".join(introduction(timezone.now())))


def load(now: datetime) -> None:
    """Make the demo's people, policy and sessions."""
    User.objects.create_superuser(ADMINISTRATOR, password=PASSWORD)
    anna, ben = (_agent(username, name) for username, name in AGENTS.items())
    _policy(now - timedelta(days=1))
    _conversation(anna, "Carla Diaz", now - timedelta(minutes=4), ends_after=None)
    _conversation(anna, "Dan Fischer", now - timedelta(minutes=30), ends_after=timedelta(minutes=12))
    _conversation(ben, "Eve Lindqvist", now - timedelta(hours=5), ends_after=timedelta(minutes=9))
    start_invitation(anna, _customer("Farid Haddad"), now=now - timedelta(minutes=1))


def introduction(now: datetime) -> list[str]:
    """What somebody who tries Parley out needs: how to sign in, and a customer's link."""
    session = LiveSession.objects.select_related("agent", "customer").filter(customer__name="Carla Diaz").earliest("pk")
    people = [(ADMINISTRATOR, "administrator"), *((username, f"agent, {name}") for username, name in AGENTS.items())]
    lines = [f"Sign in: {username} / {PASSWORD}  ({role})" for username, role in people]
    link = links.mint(session, by=session.agent, now=now)
    return [*lines, f"Customer's link ({session.customer}): {link}", f"Settings: {settings.BASE_URL}/admin/"]


def _agent(username: str, name: str) -> Agent:
    return Agent.objects.create(user=User.objects.create_user(username, password=PASSWORD), name=name)


def _customer(name: str) -> Customer:
    return Customer.objects.create(name=name, email=f"{name.split(maxsplit=1)[0].lower()}@example.com")


def _policy(saved_at: datetime) -> None:
    behavior = end_session_behavior()
    behavior.access_on, behavior.access = True, AccessSetting.FULL_RESTRICTED
    behavior.access_for, behavior.chat, behavior.attachments = timedelta(hours=2), True, True
    behavior.then_limited, behavior.then_limited_for = True, timedelta(days=7)
    save_end_session_behavior(behavior, by=User.objects.get(username=ADMINISTRATOR), now=saved_at)


def _conversation(agent: Agent, name: str, started_at: datetime, *, ends_after: timedelta | None) -> None:
    """A session in which a few words were said, still open or ended by its agent."""
    session = start_invitation(agent, _customer(name), now=started_at)
    join(session.pk, now=started_at + timedelta(minutes=1))
    said = [
        (Author(Audience.CUSTOMER), "Hello, I have a question about my contract."),
        (Author(Audience.AGENT, agent), f"Hello {name.split(maxsplit=1)[0]}, of course. What would you like to know?"),
        (Author(Audience.CUSTOMER), "Can I change the delivery address before Friday?"),
    ]
    for minute, (author, text) in enumerate(said, start=1):
        now = started_at + timedelta(minutes=1, seconds=20 * minute)
        send_message(session.pk, author, text, key=uuid4(), now=now)
    if ends_after:
        end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=agent, now=started_at + ends_after)
