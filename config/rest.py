"""Settings of the REST API (docs/api.md)."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["sessions_app.api.parsers.Json"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "EXCEPTION_HANDLER": "sessions_app.api.problems.handler",
    "DEFAULT_SCHEMA_CLASS": "sessions_app.api.schema.ParleySchema",
    "UNAUTHENTICATED_USER": None,
    "UNICODE_JSON": True,
    "COERCE_DECIMAL_TO_STRING": True,
}

_KINDS = {
    "policies_app.kinds": (
        "AccessLevel", "AccessSetting", "ActivityCounts", "AgentRedirect", "AgentStatus", "Ask", "Assignment",
        "Channel", "Corner", "DeviceAccess", "DueKind", "EndReason", "FileGroup", "Permission", "ReturningCustomer",
        "SessionState", "SignIn",
    ),
    "sessions_app.kinds": ("Actor", "EntryKind", "LinkKind", "LinkOutcome", "LinkState", "Way"),
    "sessions_app.documents.kinds": ("DocumentKind", "DocumentState", "FieldKind", "FilledBy"),
    "sessions_app.documents.kept_transcripts": ("OrderState",),
    "sessions_app.webhooks.kinds": ("PauseReason", "Standing"),
}  # fmt: skip
"""The kinds that the API speaks of, each under its own name in the description."""

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Parley",
    "DESCRIPTION": (
        "Sessions between agents and customers that end on the terms an administrator set. Every POST takes an "
        "`Idempotency-Key`; every error is problem details (RFC 9457); lists are read page by page with `next`. "
        "All moments are UTC, ISO 8601."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"LevelAfterEnd": "sessions_app.api.session_acts.LEVELS"}
    | {name: f"{module}.{name}.choices" for module, names in _KINDS.items() for name in names},
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None, "persistAuthorization": False},
}
