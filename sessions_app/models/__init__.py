from sessions_app.api.models import ApiToken, Integration, KeptAnswer
from sessions_app.documents.models import Document, DocumentFile, DocumentTemplate, DocumentValue, TemplateVersion
from sessions_app.models.attachment import Attachment
from sessions_app.models.device import Device, OneTimeCode
from sessions_app.models.draft import Draft, HalfTyped
from sessions_app.models.link import AccessLink
from sessions_app.models.people import Agent, Customer
from sessions_app.models.quick_reply import QuickReply
from sessions_app.models.rollout import Rollout
from sessions_app.models.session import LiveSession
from sessions_app.models.timeline import TimelineEntry
from sessions_app.signing_in.models import (
    AuthenticatorApp,
    BrowserSession,
    Passkey,
    ProviderAccount,
    RecoveryCode,
    SignInEvent,
)
from sessions_app.webhooks.models import WebhookAttempt, WebhookCursor, WebhookEndpoint, WebhookSecret
from sessions_app.widget.models import LinkEvent, WidgetKey

__all__ = [
    "AccessLink",
    "Agent",
    "ApiToken",
    "Attachment",
    "AuthenticatorApp",
    "BrowserSession",
    "Customer",
    "Device",
    "Document",
    "DocumentFile",
    "DocumentTemplate",
    "DocumentValue",
    "Draft",
    "HalfTyped",
    "Integration",
    "KeptAnswer",
    "LinkEvent",
    "LiveSession",
    "OneTimeCode",
    "Passkey",
    "ProviderAccount",
    "QuickReply",
    "RecoveryCode",
    "Rollout",
    "SignInEvent",
    "TemplateVersion",
    "TimelineEntry",
    "WebhookAttempt",
    "WebhookCursor",
    "WebhookEndpoint",
    "WebhookSecret",
    "WidgetKey",
]
