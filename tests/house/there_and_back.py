"""Run by `test_migrations` on a database of its own: to chat widgets, back to before there were any, and there again.

Prints the sessions that there are each time.
"""

from typing import Any
from uuid import uuid4

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

SESSIONS = ("sessions_app", "0010_refused_values")
POLICIES = ("policies_app", "0004_assignment_devices_and_files")
"""The last migrations before there were widgets. What depends on a migration is taken back with it."""


def main() -> None:
    django.setup()
    call_command("migrate", *SESSIONS, verbosity=0)
    _begin_a_session()
    _to_now()
    call_command("migrate", *POLICIES, verbosity=0)
    _to_now()
    _begin_a_chat()
    _tell()


def _to_now() -> None:
    call_command("migrate", verbosity=0)
    _tell()


def _begin_a_session() -> None:
    """An invitation session, as it was stored before there were widgets."""
    then, now = MigrationExecutor(connection).loader.project_state([SESSIONS, POLICIES]).apps, timezone.now()

    def new(model: str, **fields: Any) -> Any:
        return then.get_model(model).objects.create(**fields)

    agent = new("sessions_app.Agent", user=new("auth.User", username="anna"), name="Anna")
    session = new(
        "sessions_app.LiveSession",
        channel="invitation",
        state="active",
        agent=agent,
        customer=new("sessions_app.Customer", name="Carla", email="carla@example.com"),
        workstream=then.get_model("policies_app.Workstream").objects.get(),
        started_at=now,
        last_agent_activity_at=now,
    )
    new("sessions_app.AccessLink", session=session, token_hash="a", kind="invitation", created_at=now)
    new("sessions_app.Device", session=session, token_hash="a", first_seen_at=now, last_seen_at=now)
    row = {"number": 1, "kind": "started", "actor": "agent", "payload": {}, "due_at": now, "recorded_at": now}
    new("sessions_app.TimelineEntry", session=session, **row)


def _begin_a_chat() -> None:
    from policies_app.models import ChatWidget, Workstream
    from sessions_app.devices import Browser
    from sessions_app.widget.starting import Asked, start
    from sessions_app.widget.visitors import Visitor

    widget = ChatWidget.objects.create(workstream=Workstream.objects.get(), name="Shop")
    start(widget, Visitor(Browser("t" * 43)), Asked(), instead_of=None, public_id=uuid4(), now=timezone.now())


def _tell() -> None:
    from sessions_app.models import LiveSession

    for one in LiveSession.objects.order_by("pk"):
        print(one.customer.name, one.customer.came_by, one.widget, one.devices.count(), one.timeline.count())


if __name__ == "__main__":
    main()
