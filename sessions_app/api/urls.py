"""The addresses of the REST API."""

from django.urls import include, path, re_path

from sessions_app.api import (
    access,
    agents,
    behaviors,
    conversation,
    customers,
    docs,
    documents,
    links,
    session_acts,
    sessions,
    transcripts,
    webhooks,
    widgets,
    workstreams,
)
from sessions_app.api.views import Nothing

SESSION = "sessions/<uuid:session_id>/"
DOCUMENT = f"{SESSION}documents/<uuid:document_id>/"

_sessions = [
    path("sessions/", sessions.Sessions.as_view(), name="sessions"),
    path(SESSION, sessions.Session.as_view(), name="session"),
    path(f"{SESSION}access/", access.Access.as_view(), name="access"),
    path(f"{SESSION}invite/", session_acts.Invite.as_view(), name="invite"),
    path(f"{SESSION}pick/", session_acts.Pick.as_view(), name="pick"),
    path(f"{SESSION}transfer/", session_acts.Transfer.as_view(), name="transfer"),
    path(f"{SESSION}close/", session_acts.Close.as_view(), name="close"),
    path(f"{SESSION}keep-open/", session_acts.KeepOpen.as_view(), name="keep_open"),
    path(f"{SESSION}end/", session_acts.End.as_view(), name="end"),
    path(f"{SESSION}more-time/", session_acts.MoreTime.as_view(), name="more_time"),
    path(f"{SESSION}follow-up-done/", session_acts.FollowUpDone.as_view(), name="follow_up_done"),
    path(f"{SESSION}timeline/", conversation.Timeline.as_view(), name="timeline"),
    path(f"{SESSION}messages/", conversation.Messages.as_view(), name="messages"),
    path(f"{SESSION}notes/", conversation.Notes.as_view(), name="notes"),
    path(f"{SESSION}files/", conversation.Files.as_view(), name="files"),
    path(f"{SESSION}files/<uuid:file_id>/", conversation.File.as_view(), name="file"),
    path(f"{SESSION}document-templates/", documents.Templates.as_view(), name="document_templates"),
    path(f"{SESSION}documents/", documents.Documents.as_view(), name="documents"),
    path(f"{SESSION}file-requests/", documents.FileRequests.as_view(), name="file_requests"),
    path(DOCUMENT, documents.OneDocument.as_view(), name="document"),
    path(f"{DOCUMENT}recall/", documents.Recall.as_view(), name="recall"),
    path(f"{DOCUMENT}pdf/", documents.Pdf.as_view(), name="document_pdf"),
    path(f"{SESSION}transcript/", transcripts.TranscriptText.as_view(), name="transcript"),
    path(f"{SESSION}transcript/order/", transcripts.TranscriptOrder.as_view(), name="transcript_order"),
    path(f"{SESSION}transcript/pdf/", transcripts.TranscriptPdf.as_view(), name="transcript_pdf"),
    path(f"{SESSION}links/", links.LinksOfSession.as_view(), name="session_links"),
    path(f"{SESSION}reconnect-link/", links.ReconnectLink.as_view(), name="reconnect_link"),
]
_links = [
    path("links/", links.Links.as_view(), name="links"),
    path("links/<int:link_id>/", links.OneLink.as_view(), name="link"),
    path("links/<int:link_id>/revoke/", links.Revoke.as_view(), name="revoke_link"),
    path("link-attempts/", links.Attempts.as_view(), name="link_attempts"),
]

CUSTOMER = "customers/<uuid:customer_id>/"
BEHAVIOR = "end-session-behavior/"
OF_WORKSTREAM = f"workstreams/<int:workstream_id>/{BEHAVIOR}"

_customers = [
    path("customers/", customers.Customers.as_view(), name="customers"),
    path(CUSTOMER, customers.OneCustomer.as_view(), name="customer"),
    path(f"{CUSTOMER}export/", customers.CustomerExport.as_view(), name="customer_export"),
    path(f"{CUSTOMER}erase/", customers.CustomerErasure.as_view(), name="customer_erase"),
]
_agents = [
    path("agents/", agents.Agents.as_view(), name="agents"),
    path("agents/<str:user_name>/", agents.OneAgent.as_view(), name="agent"),
    path("agents/<str:user_name>/presence/", agents.Presence.as_view(), name="agent_presence"),
]
_settings = [
    path("workstreams/", workstreams.Workstreams.as_view(), name="workstreams"),
    path("workstreams/<int:workstream_id>/", workstreams.OneWorkstream.as_view(), name="workstream"),
    path(BEHAVIOR, behaviors.Behavior.as_view(), name="behavior"),
    path(f"{BEHAVIOR}preview/", behaviors.BehaviorPreview.as_view(), name="behavior_preview"),
    path(f"{BEHAVIOR}versions/", behaviors.BehaviorVersions.as_view(), name="behavior_versions"),
    path(OF_WORKSTREAM, behaviors.WorkstreamBehavior.as_view(), name="workstream_behavior"),
    path(f"{OF_WORKSTREAM}preview/", behaviors.WorkstreamBehaviorPreview.as_view(), name="workstream_behavior_preview"),
    path(
        f"{OF_WORKSTREAM}versions/", behaviors.WorkstreamBehaviorVersions.as_view(), name="workstream_behavior_versions"
    ),
    path("widgets/", widgets.Widgets.as_view(), name="widgets"),
    path("widgets/<int:widget_id>/", widgets.OneWidget.as_view(), name="widget"),
]

WEBHOOK = "webhooks/<int:webhook_id>/"

_webhooks = [
    path("webhooks/", webhooks.Webhooks.as_view(), name="webhooks"),
    path(WEBHOOK, webhooks.OneWebhook.as_view(), name="webhook"),
    path(f"{WEBHOOK}pause/", webhooks.Pause.as_view(), name="webhook_pause"),
    path(f"{WEBHOOK}resume/", webhooks.Resume.as_view(), name="webhook_resume"),
    path(f"{WEBHOOK}replay/", webhooks.Replay.as_view(), name="webhook_replay"),
    path(f"{WEBHOOK}test/", webhooks.FireTest.as_view(), name="webhook_test"),
    path(f"{WEBHOOK}rotate-secret/", webhooks.RotateSecret.as_view(), name="webhook_rotate_secret"),
    path(f"{WEBHOOK}deliveries/", webhooks.Deliveries.as_view(), name="webhook_deliveries"),
]

_version_1 = [
    path("openapi.json", docs.Description.as_view(), name="schema"),
    path("docs/", docs.Docs.as_view(), name="docs"),
    *_sessions,
    *_links,
    *_customers,
    *_agents,
    *_settings,
    *_webhooks,
]

app_name = "api"
urlpatterns = [
    path("v1/", include(_version_1)),
    re_path("^", Nothing.as_view(), name="nothing"),
]
