"""Every change of a setting is kept with who made it, when, from where, and what stood there before."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from auditlog.context import set_extra_data
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.db.models.signals import m2m_changed
from django.http import HttpRequest, HttpResponse

from policies_app.history import MIRROR
from policies_app.models import ChatWidget, EndSessionBehavior, Notices, SystemSettings, Workstream
from sessions_app.client_addresses import client_address
from sessions_app.models import (
    Agent,
    ApiToken,
    AuthenticatorApp,
    DocumentTemplate,
    Integration,
    Passkey,
    ProviderAccount,
    QuickReply,
    TemplateVersion,
    WebhookEndpoint,
    WebhookSecret,
    WidgetKey,
)

RESTORABLE: tuple[type[Model], ...] = (
    EndSessionBehavior,
    Notices,
    SystemSettings,
    Workstream,
    ChatWidget,
    Agent,
    QuickReply,
    DocumentTemplate,
    WebhookEndpoint,
    Integration,
)
"""Settings of which every version is kept whole, so that it can be restored."""

WITH_SECRETS: dict[type[Model], list[str]] = {
    User: ["password"],
    Group: [],
    WidgetKey: ["material"],
    WebhookSecret: ["material"],
    AuthenticatorApp: ["secret"],
}
"""What is not kept whole, because of these fields: of them it is told only that they changed."""

VERSIONS: dict[type[Model], list[str]] = {
    TemplateVersion: ["template", "number", "file_name"],
    ApiToken: ["integration", "beginning", "expires_at", "revoked_at"],
    Passkey: ["user", "name"],
    ProviderAccount: ["user", "issuer", "subject"],
}
"""Of these it is told that there is a new one, or one less, and these of their fields."""

UNTOLD = {
    "id", "version", "last_login",
    "status", "last_seen_at", "last_active_at", "last_assigned_at", "last_used_at", "last_step", "created_at",
    "paused_at", "since", "looked_through", "replays_since", "replayed_to", "failures", "failing_since", "rests_until",
    "last_success_at", "last_problem",
}  # fmt: skip
"""What no entry tells: it says nothing that the rest of the entry does not, or it is no setting."""

MEMBERS: tuple[tuple[type[Model], str], ...] = (
    (Agent, "workstreams"),
    (DocumentTemplate, "workstreams"),
    (WebhookEndpoint, "workstreams"),
    (Integration, "workstreams"),
    (User, "groups"),
    (User, "user_permissions"),
    (Group, "permissions"),
)


CLEARED = "_cleared"
"""Under which name an object keeps its members between the two signals of `clear`."""


def register() -> None:
    """Name what is watched. Sessions are not: their timeline says everything."""
    for model in RESTORABLE:
        auditlog.register(model, include_fields=_told(model), serialize_data=True)
    for model, fields in WITH_SECRETS.items():
        auditlog.register(model, include_fields=_told(model), mask_fields=fields, mask_callable="config.audit.hidden")
    for model, fields in VERSIONS.items():
        auditlog.register(model, include_fields=fields)
    for model, name in MEMBERS:
        field = model._meta.get_field(name)
        note = partial(note_members, field)
        m2m_changed.connect(note, sender=getattr(model, name).through, weak=False, dispatch_uid=f"audit {field}")


def _told(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.name not in UNTOLD]


def hidden(_value: str) -> str:
    """What is kept in place of a secret: not even a part of its hash."""
    return "***"


def note_members(field: Any, *, instance: Model, action: str, reverse: bool, **sent: Any) -> None:
    """Record who or what was added to an object or removed from it, and the same seen from the other side.

    django-auditlog has this too, but it knows one side only, keeps no version of the whole, and takes `clear` for the
    removal of everything there is.
    """
    if action == "pre_clear":
        members = field.remote_field.get_accessor_name() if reverse else field.name
        vars(instance)[CLEARED] = list(getattr(instance, str(members)).all())
    operations = {"post_add": "add", "post_remove": "delete", "post_clear": "delete"}
    if operation := operations.get(action):
        found = sent["model"]._default_manager.filter(pk__in=sent["pk_set"] or ())
        others = vars(instance)[CLEARED] if action == "post_clear" else list(found)
        here, there = (field.remote_field.name, field.name) if reverse else (field.name, field.remote_field.name)
        _note(instance, here, operation, others)
        for other in others if auditlog.contains(sent["model"]) else ():
            _note(other, there, operation, [instance], **{MIRROR: True})


def _note(instance: Model, name: str, operation: str, others: Sequence[Model], **told: bool) -> None:
    if others:
        change = {"type": "m2m", "operation": operation, "objects": [str(other) for other in others]}
        action = LogEntry.Action.UPDATE
        LogEntry.objects.log_create(instance, action=action, changes={name: change}, additional_data=told or None)


class AuditMiddleware:
    """Knows who is at work, and from where, while a request is answered. Asks who only if there is something to record.

    Nothing else of what the request says about itself is kept, such as its correlation id or port. Where it is an
    integration, and no user, `api.authentication` says so in `request.at_work`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        at_work = {"actor": getattr(request, "user", None), "remote_addr": client_address(request)}
        request.at_work = at_work  # type: ignore[attr-defined] # for whoever knows better who is at work
        with set_extra_data(at_work):
            return self.get_response(request)
