"""Demo data: people, sessions in different states, a queue, documents; and chat widgets for a portal to try them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from policies_app.actions import save_end_session_behavior
from policies_app.kinds import AccessSetting, AgentRedirect, Assignment, EndReason
from policies_app.models import EndSessionBehavior, Workstream
from policies_app.models.workstream import FIRST
from policies_app.selectors import end_session_behavior
from sessions_app import links
from sessions_app.actions import Author, join, send_message
from sessions_app.assigning import enter_queue
from sessions_app.documents import examples
from sessions_app.kinds import Actor, Audience
from sessions_app.models import Agent, Customer, LiveSession, QuickReply
from sessions_app.roles import AGENT, give_role
from sessions_app.transitions import end, start_invitation
from sessions_app.widget import examples as widgets

PASSWORD = "parley-demo"  # noqa: S105 (made up, printed, and only in an installation that was empty)
ADMINISTRATOR = "admin"
SUPERVISOR = "sara"
SUPERVISOR_NAME = "Sara Lind"
AGENTS = {"anna": "Anna Berg", "ben": "Ben Okafor"}
LOANS = "Loans"


class Command(BaseCommand):
    help = "Loads demo data into an empty installation and prints its sign-ins and a customer's link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--portal", default="", help="The address of the portal that gets chat widgets.")
        parser.add_argument("--portal-key", default="", help="The portal's public key, as PEM.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not User.objects.exists():
            with transaction.atomic():
                load(timezone.now())
        elif not User.objects.filter(username=ADMINISTRATOR).exists():
            raise CommandError("There are users already, and they are not those of the demo. Nothing was loaded.")
        if options["portal"]:
            with transaction.atomic():
                widgets.load(options["portal"], options["portal_key"], now=timezone.now())
        self.stdout.write("\n".join(introduction(timezone.now())))


def load(now: datetime) -> None:
    """Make the demo's people, policy, sessions and documents."""
    User.objects.create_superuser(ADMINISTRATOR, password=PASSWORD)
    sara = User.objects.create_user(SUPERVISOR, password=PASSWORD)
    sara.groups.add(Group.objects.get(name="Supervisor"))
    Agent.objects.create(user=sara, name=SUPERVISOR_NAME)
    loans = Workstream.objects.create(name=LOANS, assignment=Assignment.PICK)
    anna, ben = (_agent(username, name) for username, name in AGENTS.items())
    policies(now - timedelta(days=1))
    _conversation(anna, "Carla Diaz", now - timedelta(minutes=4), ends_after=None)
    _conversation(anna, "Dan Fischer", now - timedelta(minutes=30), ends_after=timedelta(minutes=12))
    _conversation(ben, "Eve Lindqvist", now - timedelta(hours=5), ends_after=timedelta(minutes=9))
    _conversation(ben, "Gita Rao", now - timedelta(minutes=50), ends_after=timedelta(minutes=20), workstream=LOANS)
    start_invitation(
        anna, _customer("Farid Haddad"), Workstream.objects.get(name=FIRST).pk, now=now - timedelta(minutes=1)
    )
    _waits("Hana Novak", "Good morning, I would like to pay back my loan early.", loans, now - timedelta(minutes=6))
    _waits("Ivo Marchetti", "Which papers do you need for a car loan?", loans, now - timedelta(minutes=2))
    _quick_replies()
    examples.load(by=User.objects.get(username=ADMINISTRATOR), now=now - timedelta(days=1))


def introduction(now: datetime) -> list[str]:
    """What somebody who tries Parley out needs: how to sign in, and a customer's link."""
    session = LiveSession.objects.select_related("agent", "customer").filter(customer__name="Carla Diaz").earliest("pk")
    people = [(ADMINISTRATOR, "administrator"), (SUPERVISOR, "supervisor")]
    people += [(username, f"agent, {name}") for username, name in AGENTS.items()]
    lines = [f"Sign in: {username} / {PASSWORD}  ({role})" for username, role in people]
    link = links.mint(session, by=session.agent, now=now)
    return [*lines, f"Customer's link ({session.customer}): {link}", f"Settings: {settings.BASE_URL}/admin/"]


def _waits(name: str, text: str, workstream: Workstream, since: datetime) -> None:
    """Somebody in the queue, who has written already."""
    session = enter_queue(_customer(name), workstream.pk, now=since)
    send_message(session.pk, Author(Audience.CUSTOMER), text, key=uuid4(), now=since + timedelta(seconds=20))


def _quick_replies() -> None:
    QuickReply.objects.create(shortcut="hello", text="Hello {customer}, this is {agent}. How can I help you?")
    QuickReply.objects.create(shortcut="moment", text="One moment please, I am looking it up for you.")
    QuickReply.objects.create(
        shortcut="sign", text="I have sent you a document, {customer}: please fill it in and sign it here."
    )
    QuickReply.objects.create(
        shortcut="link", text="If we are cut off, this link brings you back to our conversation: {ReconnectURL}"
    )
    QuickReply.objects.create(shortcut="bye", text="Thank you, {customer}. Have a good day!")


def _agent(username: str, name: str) -> Agent:
    agent = Agent.objects.create(user=User.objects.create_user(username, password=PASSWORD), name=name)
    agent.user.groups.add(Group.objects.get(name="Agent"))
    agent.workstreams.set(Workstream.objects.all())
    give_role(agent.user, AGENT)
    return agent


def _customer(name: str) -> Customer:
    return Customer.objects.create(name=name, email=f"{name.split(maxsplit=1)[0].lower()}@example.com")


def policies(saved_at: datetime) -> None:
    """What holds everywhere, and an override for loans, whatever was set before."""
    administrator = User.objects.get(username=ADMINISTRATOR)
    end_session_behavior()
    behavior = EndSessionBehavior()
    behavior.access_on, behavior.access = True, AccessSetting.FULL_RESTRICTED
    behavior.access_for, behavior.chat, behavior.attachments = timedelta(hours=2), True, True
    behavior.then_limited, behavior.then_limited_for = True, timedelta(days=7)
    save_end_session_behavior(behavior, by=administrator, now=saved_at)
    behavior = EndSessionBehavior(workstream=Workstream.objects.get(name=LOANS), redirect_agent=AgentRedirect.STAY)
    behavior.end_when_inactive, behavior.inactive_after = True, timedelta(minutes=30)
    behavior.warn_before = timedelta(minutes=2)
    behavior.wait_for_customer, behavior.wait_at_most = True, timedelta(minutes=15)
    behavior.access_on, behavior.access, behavior.access_for = True, AccessSetting.LIMITED, timedelta(days=30)
    save_end_session_behavior(behavior, by=administrator, now=saved_at)


def _conversation(
    agent: Agent, name: str, started_at: datetime, *, ends_after: timedelta | None, workstream: str = FIRST
) -> None:
    """A session in which a few words were said, still open or ended by its agent."""
    within = Workstream.objects.get(name=workstream)
    session = start_invitation(agent, _customer(name), within.pk, now=started_at)
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
