from sessions_app.admin.customers import CustomerAdmin
from sessions_app.admin.documents import DocumentTemplateAdmin
from sessions_app.admin.integrations import IntegrationAdmin
from sessions_app.admin.links import AccessLinkAdmin, LinkEventAdmin
from sessions_app.admin.people import AgentAdmin
from sessions_app.admin.policy_versions import PolicyVersionAdmin
from sessions_app.admin.quick_replies import QuickReplyAdmin
from sessions_app.admin.rollouts import RolloutAdmin
from sessions_app.admin.sessions import LiveSessionAdmin
from sessions_app.admin.sign_ins import LockOutAdmin, SignInEventAdmin
from sessions_app.admin.users import ParleyGroupAdmin, ParleyUserAdmin
from sessions_app.admin.widgets import ChatWidgetAdmin
from sessions_app.admin.workstreams import WorkstreamAdmin
from sessions_app.webhooks.admin import WebhookEndpointAdmin

__all__ = [
    "AccessLinkAdmin",
    "AgentAdmin",
    "ChatWidgetAdmin",
    "CustomerAdmin",
    "DocumentTemplateAdmin",
    "IntegrationAdmin",
    "LinkEventAdmin",
    "LiveSessionAdmin",
    "LockOutAdmin",
    "ParleyGroupAdmin",
    "ParleyUserAdmin",
    "PolicyVersionAdmin",
    "QuickReplyAdmin",
    "RolloutAdmin",
    "SignInEventAdmin",
    "WebhookEndpointAdmin",
    "WorkstreamAdmin",
]
