"""What is asked of every address: with which keys in its path, and what a visitor posts who means it.

What is posted is what the page itself would post, so that `done` in the matrix proves that it can be done, and a
refusal that the visitor is the reason. A row of the API is the same: `Json` for what it sends.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from sessions_app.documents.forms import consent_text, questions
from sessions_app.documents.kinds import FieldKind
from tests.cast import AS_SCRIPT, general, message
from tests.documents.papers import COMPLETE
from tests.permissions import api_requests
from tests.permissions.addresses import Address
from tests.permissions.api_requests import Json
from tests.permissions.forms import form_at
from tests.permissions.scene import NEW_APP, Room, Scene
from tests.permissions.visitors import Visitor
from tests.signing_in.people import code_of
from tests.widget.framing import PORTAL, TOKEN

Body = dict[str, Any]
LATER = 2**42 + 1


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the test client takes it."""

    method: str
    path: str
    body: tuple[Any, ...] = ()
    more: dict[str, str] = field(default_factory=dict)


def request_of(
    scene: Scene, visitor: Visitor, address: Address, method: str, *, everywhere: str | None = None, **other: object
) -> Request:
    """What this visitor asks at an address; in the path with `other` values than would be right, if they are given.

    With `everywhere` that stands in every field of what is posted, and in every parameter that an address can have.
    """
    room = _room(scene, visitor, address.name)
    query = QUERIES.get(address.name)
    path = address.path(_values(scene, room, address) | other) + (query(scene, room) if query else "")
    if everywhere is not None:
        path = f"{path.partition('?')[0]}?{urlencode(dict.fromkeys(PARAMETERS, everywhere))}"
    headers = HEADERS.get(address.name, {})
    if address.is_of_api and method in ("PUT", "PATCH", "DELETE"):
        headers = headers | api_requests.UNCHANGED
    if method in ("GET", "HEAD"):
        return Request(method, path, (), headers)
    posted = _posted(scene, room, address, path)
    if everywhere is not None:
        posted = posted | dict.fromkeys(posted, everywhere)
    if isinstance(posted, Json):
        return Request(method, path, (json.dumps(posted, default=str), "application/json"), headers)
    if address.name.startswith(("agent:", "customer:")):
        headers = headers | AS_SCRIPT  # as the script of a room does: pages are what is asked for by GET
    return Request(method, path, (encode_multipart(BOUNDARY, posted), MULTIPART_CONTENT), headers)


def _posted(scene: Scene, room: Room, address: Address, path: str) -> Body:
    """In the admin what its own page would post, with something changed."""
    if address.is_of_api:
        sent = api_requests.BODIES.get(address.name)
        return sent(scene, room) if sent else Json()
    if not address.name.startswith("admin"):
        body = BODIES.get(address.name)
        posted: Body = body(scene, room) if body else {}
        return posted
    if path not in scene.forms:
        with transaction.atomic():
            browser = Client()
            browser.force_login(scene.users["root"])
            scene.forms[path] = form_at(browser, path)
            transaction.set_rollback(True)
    changes = CHANGES.get(address.name)
    return scene.forms[path] | (changes(scene) if changes else {})


# Paths -------------------------------------------------------------------------------------------------------------

INSTEAD = {
    "agent:close": "away",
    "agent:decline": "offered",
    "agent:reconnect_link": "chat",
    "agent:release": "others",
} | api_requests.INSTEAD
"""Where the room `open` is not what an address is for: for whom that would be asked about, this one is."""

DOCUMENTS = {
    "customer:document_opened": "new",
    "customer:document_file": "files",
    "customer:document_files_done": "files",
    "customer:document_result": "ready",
    "agent:document_pdf": "ready",
    "agent:prepare_document": "failed",
} | api_requests.DOCUMENTS
"""Where the form that is open is not what an address is for."""


def _room(scene: Scene, visitor: Visitor, name: str) -> Room:
    instead = INSTEAD.get(name)
    return scene.rooms[instead] if instead and visitor.room is scene.rooms["open"] else visitor.room


def _values(scene: Scene, room: Room, address: Address) -> dict[str, object]:
    values: dict[str, object] = {
        **room.values,
        **api_requests.values(scene),
        "token": room.link or "nothing",
        "key": scene.widget.key,
        "pk": scene.objects["sessions_app.passkey"].pk if address.name == "remove-passkey" else scene.reply.pk,
        "app_label": "sessions_app",
        "url": "nothing-here/",
        "what": "rotate",
        "content_type_id": 1,
        "object_id": 1,
    }
    if "link_id" in address.parameters:
        values["link_id"] = room.session.links.values_list("pk", flat=True).first() or 0
    if document := DOCUMENTS.get(address.name):
        values["document_id"] = room.documents[document].public_id
    app, _slash, model = address.route.removeprefix("admin/").partition("/")
    if row := scene.objects.get(f"{app}.{model.partition('/')[0]}"):
        row = scene.objects[OTHERS[address.name]] if address.name in OTHERS else row
        values |= dict.fromkeys(KEYS, row.pk)
        is_policy = row._meta.model_name == "policyversion"
        values["version_id"] = row.pk if is_policy else scene.objects["sessions_app.templateversion"].pk
    return values


KEYS = ("object_id", "link_id", "rollout_id", "template_id", "session_id", "id", "pk", "endpoint_id")
"""What pages of the admin call the key of their row."""

OTHERS = {
    "admin:sessions_app_integration_rotate": "sessions_app.apitoken",
    "admin:sessions_app_integration_revoke": "sessions_app.apitoken",
}
"""Pages that are about a row of another model than that of the pages around them."""


# What is posted ----------------------------------------------------------------------------------------------------


def _file(scene: Scene, room: Room) -> Body:
    return {"file": SimpleUploadedFile("note.txt", b"what I mean"), "key": message()["key"]}


def _form(**texts: str) -> str:
    return json.dumps({name: [text, LATER] for name, text in texts.items()})


def _submitted(scene: Scene, room: Room) -> Body:
    """As a browser does, with script and without: then it says of each field what stood there before."""
    asked = questions(room.documents["form"].version.all_fields, {}, {})
    typed = {one.input: COMPLETE.get(one.field.name, "") for one in asked if one.is_theirs}
    signed = {one.input: "Carla Customer" for one in asked if one.field.kind is FieldKind.SIGNATURE}
    before = {f"{name}-was": "something else" for name in typed}
    agreed = {"consent": consent_text(room.documents["form"].version.all_fields), "key": message()["key"]}
    return typed | signed | before | agreed | {"values": _form(**COMPLETE)}


def _sent(scene: Scene, room: Room) -> Body:
    version = room.documents["form"].version
    key, at = f"t{version.template_id}", [one.name for one in version.all_fields].index("number")
    given = {
        f"{key}-key": message()["key"],
        f"{key}-version": version.public_id,
        f"{key}-f{at}": "17",
        f"{key}-f0": "C",
    }
    return {"template": version.template_id, **given}


def _visit(room: Room, **more: Any) -> Body:
    return {"token": TOKEN, "session": room.session.public_id, **more}


def _chat(scene: Scene) -> Room:
    return scene.rooms["chat"]


def _laid(scene: Scene) -> Body:
    version = scene.objects["sessions_app.templateversion"]
    box = {"page": 0, "left": 50, "bottom": 700, "right": 250, "top": 720}
    field = {"name": "", "kind": "text", "label": "City", "places": [box]}
    return {"base": version.pk, "newest": 1, "layout": json.dumps([field])}


def _new_chat(scene: Scene, room: Room) -> Body:
    return {"token": "n" * 43, "public_id": uuid5(UUID(int=1), "chat"), "name": "New", "question": "Hello"}


BODIES: dict[str, Callable[[Scene, Room], Any]] = {
    "sign-in": lambda scene, room: {"username": "nobody", "password": "right"},
    "second-step": lambda scene, room: {"code": code_of(NEW_APP)},
    "set-up-app": lambda scene, room: {"code": code_of(NEW_APP)},
    "password": lambda scene, room: {
        "old_password": "right",
        "new_password1": "quite-long-17",
        "new_password2": "quite-long-17",
    },
    "start": lambda scene, room: {
        "name": "New",
        "email": "new@example.com",
        "invite": "none",
        "key": uuid5(UUID(int=1), "start"),
    },
    "presence": lambda scene, room: {"status": "away"},
    "activity": lambda scene, room: {"session": room.session.public_id},
    "quick-replies": lambda scene, room: {"shortcut": "new", "text": "Hello"},
    "quick-reply": lambda scene, room: {"shortcut": "new", "text": "Hello"},
    "widget-enter": lambda scene, room: _visit(_chat(scene)),
    "widget-continue": lambda scene, room: _visit(_chat(scene)),
    "widget-take-back": lambda scene, room: _visit(_chat(scene)),
    "widget-begin": _new_chat,
    "customer:document_values": lambda scene, room: {"values": _form(remarks="Hello")},
    "customer:document_save": _submitted,
    "customer:document_submit": _submitted,
    "customer:document_file": _file,
    "agent:transfer": lambda scene, room: {"to": f"agent:{scene.agents['ben'].pk}"},
    "agent:more_time": lambda scene, room: {"level": "full", "number": 60, "unit": "days", "reason": "Asked for"},
    "agent:invite": lambda scene, room: {"way": "email"},
    "agent:revoke": lambda scene, room: {"link": room.session.links.values_list("pk", flat=True).first() or 0},
    "agent:note": lambda scene, room: message("A note"),
    "agent:details": lambda scene, room: {"name": "Clara", "email": "clara@example.com"},
    "agent:send_document": _sent,
    "agent:ask_for_files": lambda scene, room: {"name": "Photo", "most": 1, "key": message()["key"]},
} | {
    f"{side}:{name}": body
    for side in ("agent", "customer")
    for name, body in {
        "message": lambda scene, room: message(),
        "file": _file,
        "half_typed": lambda scene, room: {"text": "Not yet", "version": LATER},
        "seen": lambda scene, room: {"number": room.session.last_number},
    }.items()
}
"""By the name of the URL; nothing is posted where there is none."""

QUERIES: dict[str, Callable[[Scene, Room], str]] = {
    "agent:updates": lambda scene, room: "?after=0",
    "customer:updates": lambda scene, room: "?after=0",
    "agent:earlier": lambda scene, room: "?before=1000",
    "customer:earlier": lambda scene, room: "?before=1000",
    "agent:transcript": lambda scene, room: "?as=text",
    "customer:transcript": lambda scene, room: "?as=text",
    "admin:policies_app_endsessionbehavior_add": lambda scene, room: f"?workstream={general().pk}",
    "admin:policies_app_endsessionbehavior_preview": lambda scene, room: f"?workstream={general().pk}",
    "admin:policies_app_policyversion_apply": lambda scene, room: f"?preview=1&workstreams={general().pk}",
    "admin:autocomplete": lambda scene, room: (
        "?app_label=sessions_app&model_name=agent&field_name=workstreams&term=Gen"
    ),
}

PARAMETERS = (
    *("after", "agent", "at", "before", "ended", "ended_since", "format", "o", "open", "p", "page", "part", "preview"),
    *("q", "reason", "restore", "since", "state", "templates", "until", "what", "who", "widget", "workstream", "zone"),
    *("action", "as", "continue", "next", "template", "workstreams"),
)
"""What some address or other reads after the question mark."""

HEADERS = {"widget-config": {"HTTP_ORIGIN": PORTAL}}

_NEW_PASSWORD: Body = {"usable_password": "true", "password1": "quite-long-17", "password2": "quite-long-17"}

CHANGES: dict[str, Callable[[Scene], Body]] = {
    "admin:policies_app_endsessionbehavior_add": lambda scene: {"chat": ""},
    "admin:policies_app_endsessionbehavior_change": lambda scene: {"redirect_agent": "stay"},
    "admin:policies_app_notices_add": lambda scene: {"language": "de"},
    "admin:policies_app_notices_change": lambda scene: {"language": "de"},
    "admin:policies_app_systemsettings_change": lambda scene: {"redirect_hosts": "example.com"},
    "admin:policies_app_chatwidget_add": lambda scene: {"name": "Another", "workstream": general().pk},
    "admin:policies_app_chatwidget_change": lambda scene: {"name": "Another"},
    "admin:sessions_app_integration_add": lambda scene: {"name": "Another", "scopes": ["sessions:read"]},
    "admin:sessions_app_integration_change": lambda scene: {"name": "Another"},
    "admin:sessions_app_webhookendpoint_add": lambda scene: {"name": "Another", "url": "https://1.1.1.1/hook"},
    "admin:sessions_app_webhookendpoint_change": lambda scene: {"name": "Another"},
    "admin:policies_app_workstream_add": lambda scene: {"name": "Another"},
    "admin:policies_app_workstream_change": lambda scene: {"name": "Another"},
    "admin:sessions_app_documenttemplate_add": lambda scene: {"name": "Another", "file": _a_pdf()},
    "admin:sessions_app_documenttemplate_change": lambda scene: {"name": "Another"},
    "admin:sessions_app_documenttemplate_fields": _laid,
    "admin:sessions_app_quickreply_add": lambda scene: {"shortcut": "another", "text": "Hello"},
    "admin:sessions_app_quickreply_change": lambda scene: {"shortcut": "another"},
    "admin:sessions_app_agent_add": lambda scene: {"user": scene.users["nobody"].pk, "name": "Nora", "capacity": 1},
    "admin:sessions_app_agent_change": lambda scene: {"name": "Bernard"},
    "admin:auth_user_add": lambda scene: {"username": "another", **_NEW_PASSWORD},
    "admin:auth_user_change": lambda scene: {"first_name": "Nora"},
    "admin:auth_user_password_change": lambda scene: _NEW_PASSWORD,
    "admin:auth_group_add": lambda scene: {"name": "Another"},
    "admin:auth_group_change": lambda scene: {"name": "Another"},
}
"""What is different from the form as it is shown."""


def _a_pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("another.pdf", b"%PDF-1.7")
