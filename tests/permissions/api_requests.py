"""What is asked of the REST API: what a program sends that means it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from sessions_app.api.widget_shapes import settings_of
from tests.cast import general
from tests.permissions.scene import Room, Scene

Body = dict[str, Any]


class Json(dict[str, Any]):
    """What is sent as JSON."""


INSTEAD = {"api:close": "away", "api:reconnect_link": "chat"}
"""Where the room `open` is not what an operation is for."""

DOCUMENTS = {"api:document_pdf": "ready"}
"""Where the form that is open is not what an operation is for."""

UNCHANGED = {"HTTP_IF_MATCH": "*"}
"""Sent with whatever changes settings: nobody else did meanwhile."""

BEHAVIOR = Json(access_on=True, access="full_restricted", access_for_seconds=3600, chat=True)


def values(scene: Scene) -> dict[str, object]:
    """What stands in the paths of the API, beside what rooms have in theirs."""
    return {
        "customer_id": scene.customer.public_id,
        "user_name": "anna",
        "workstream_id": scene.loans.pk,
        "widget_id": scene.widget.pk,
        "webhook_id": scene.webhook.pk,
    }


def _widget(scene: Scene, room: Room) -> Body:
    said = settings_of(scene.widget)
    lengths = {name: int(it.total_seconds()) for name, it in said.items() if isinstance(it, timedelta)}
    return Json(said | lengths | {"name": "Another"})


def _document(scene: Scene, room: Room) -> Body:
    version = room.documents["form"].version
    assert version
    return Json(template=version.template_id, values={"number": "17"})


def _webhook(scene: Scene, room: Room) -> Body:
    return Json(name="Another", url="https://1.1.1.1/hook", workstreams=[general().pk])


def _file(scene: Scene, room: Room) -> Body:
    return {"file": SimpleUploadedFile("note.txt", b"what I mean")}


BODIES: dict[str, Callable[[Scene, Room], Body]] = {
    "api:sessions": lambda scene, room: Json(customer={"name": "New", "email": "new@example.com"}, invite_by="none"),
    "api:invite": lambda scene, room: Json(by="email"),
    "api:transfer": lambda scene, room: Json(to_agent="ben"),
    "api:more_time": lambda scene, room: Json(level="full", for_seconds=60 * 86400, reason="Asked for"),
    "api:messages": lambda scene, room: Json(text="Hello"),
    "api:notes": lambda scene, room: Json(text="A note"),
    "api:files": _file,
    "api:documents": _document,
    "api:file_requests": lambda scene, room: Json(name="Photo"),
    "api:transcript_order": lambda scene, room: Json(zone="UTC"),
    "api:customer_erase": lambda scene, room: Json(same_person=False),
    "api:agent_presence": lambda scene, room: Json(presence="away"),
    "api:behavior": lambda scene, room: BEHAVIOR,
    "api:behavior_preview": lambda scene, room: BEHAVIOR,
    "api:workstream_behavior": lambda scene, room: BEHAVIOR,
    "api:workstream_behavior_preview": lambda scene, room: BEHAVIOR,
    "api:widget": _widget,
    "api:webhooks": _webhook,
    "api:webhook": lambda scene, room: Json(name="Another"),
    "api:webhook_resume": lambda scene, room: Json(leave_out=True),
    "api:webhook_replay": lambda scene, room: Json(session=room.session.public_id),
}
"""By the name of the URL; an empty object is sent where there is none."""
