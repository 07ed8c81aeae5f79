"""How Django admin looks: the settings of django-unfold."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

BLUE = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "oklch(62.3% .214 259.815)",
    "600": "oklch(54.6% .245 262.881)",
    "700": "oklch(48.8% .243 264.376)",
    "800": "oklch(42.4% .199 265.638)",
    "900": "oklch(37.9% .146 265.522)",
    "950": "oklch(28.2% .091 267.935)",
}


def _is_about_seats(request: HttpRequest) -> bool:
    """The pages of held seats stand below those of sessions."""
    return "/livesession/" in request.path and request.path.endswith(("/seats/", "/release/"))


def _is_about_files(request: HttpRequest) -> bool:
    """The page that verifies sealed files stands below those of sessions, too."""
    return request.path.endswith("/livesession/verify/")


UNFOLD = {
    "SITE_TITLE": "Parley",
    "SITE_HEADER": "Parley",
    "SITE_SYMBOL": "forum",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("parley/icon.svg")},
    ],
    "COLORS": {"primary": BLUE},
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "title": _("System settings"),
                "items": [
                    {
                        "title": _("End session behavior"),
                        "icon": "logout",
                        "link": reverse_lazy("admin:policies_app_endsessionbehavior_changelist"),
                        "permission": lambda request: request.user.has_perm("policies_app.view_endsessionbehavior"),
                    },
                    {
                        "title": _("Workstreams"),
                        "icon": "account_tree",
                        "link": reverse_lazy("admin:policies_app_workstream_changelist"),
                        "permission": lambda request: request.user.has_perm("policies_app.view_workstream"),
                    },
                    {
                        "title": _("Chat widgets"),
                        "icon": "chat",
                        "link": reverse_lazy("admin:policies_app_chatwidget_changelist"),
                        "permission": lambda request: request.user.has_perm("policies_app.view_chatwidget"),
                    },
                    {
                        "title": _("Notices"),
                        "icon": "chat_info",
                        "link": reverse_lazy("admin:policies_app_notices_changelist"),
                        "permission": lambda request: request.user.has_perm("policies_app.view_notices"),
                    },
                    {
                        "title": _("Quick replies"),
                        "icon": "quickreply",
                        "link": reverse_lazy("admin:sessions_app_quickreply_changelist"),
                        "permission": lambda request: request.user.has_perm("sessions_app.view_quickreply"),
                    },
                    {
                        "title": _("Document templates"),
                        "icon": "description",
                        "link": reverse_lazy("admin:sessions_app_documenttemplate_changelist"),
                        "active": lambda request: "/documenttemplate/" in request.path,
                        "permission": lambda request: request.user.has_perm("sessions_app.view_documenttemplate"),
                    },
                    {
                        "title": _("Webhooks"),
                        "icon": "webhook",
                        "link": reverse_lazy("admin:sessions_app_webhookendpoint_changelist"),
                        "active": lambda request: "/webhookendpoint/" in request.path,
                        "permission": lambda request: request.user.has_perm("sessions_app.view_webhookendpoint"),
                    },
                    {
                        "title": _("General settings"),
                        "icon": "tune",
                        "link": reverse_lazy("admin:policies_app_systemsettings_changelist"),
                        "permission": lambda request: request.user.has_perm("policies_app.view_systemsettings"),
                    },
                    {
                        "title": _("Integrations"),
                        "icon": "api",
                        "link": reverse_lazy("admin:sessions_app_integration_changelist"),
                        "active": lambda request: "/integration/" in request.path,
                        "permission": lambda request: request.user.has_perm("sessions_app.view_integration"),
                    },
                    {
                        "title": _("History"),
                        "icon": "history",
                        "link": reverse_lazy("admin:auditlog_logentry_changelist"),
                        "permission": lambda request: request.user.has_perm("auditlog.view_logentry"),
                    },
                ],
            },
            {
                "title": _("Sessions"),
                "items": [
                    {
                        "title": _("Sessions"),
                        "icon": "manage_search",
                        "link": reverse_lazy("admin:sessions_app_livesession_changelist"),
                        "active": lambda request: (
                            "/livesession/" in request.path
                            and not _is_about_seats(request)
                            and not _is_about_files(request)
                        ),
                        "permission": lambda request: request.user.has_perm("sessions_app.view_livesession"),
                    },
                    {
                        "title": _("Held seats"),
                        "icon": "event_seat",
                        "link": reverse_lazy("admin:sessions_app_livesession_seats"),
                        "active": _is_about_seats,
                        "permission": lambda request: request.user.has_perm("sessions_app.view_livesession"),
                    },
                    {
                        "title": _("Links"),
                        "icon": "link",
                        "link": reverse_lazy("admin:sessions_app_accesslink_changelist"),
                        "active": lambda request: "/accesslink/" in request.path or "/linkevent/" in request.path,
                        "permission": lambda request: request.user.has_perm("sessions_app.view_livesession"),
                    },
                    {
                        "title": _("Verify a file"),
                        "icon": "verified",
                        "link": reverse_lazy("admin:sessions_app_livesession_verify"),
                        "active": _is_about_files,
                        "permission": lambda request: (
                            request.user.has_perm("sessions_app.view_livesession")
                            and request.user.has_perm("sessions_app.explain_session")
                        ),
                    },
                    {
                        "title": _("Policy versions"),
                        "icon": "layers",
                        "link": reverse_lazy("admin:policies_app_policyversion_changelist"),
                        "permission": lambda request: request.user.has_perm("policies_app.view_policyversion"),
                    },
                    {
                        "title": _("Rollouts"),
                        "icon": "moving",
                        "link": reverse_lazy("admin:sessions_app_rollout_changelist"),
                        "permission": lambda request: request.user.has_perm("sessions_app.view_rollout"),
                    },
                ],
            },
            {
                "title": _("People"),
                "items": [
                    {
                        "title": _("Customers"),
                        "icon": "contacts",
                        "link": reverse_lazy("admin:sessions_app_customer_changelist"),
                        "active": lambda request: "/sessions_app/customer/" in request.path,
                        "permission": lambda request: request.user.has_perm("sessions_app.view_customer"),
                    },
                    {
                        "title": _("Agents"),
                        "icon": "support_agent",
                        "link": reverse_lazy("admin:sessions_app_agent_changelist"),
                        "permission": lambda request: request.user.has_perm("sessions_app.view_agent"),
                    },
                    {
                        "title": _("Users"),
                        "icon": "person",
                        "link": reverse_lazy("admin:auth_user_changelist"),
                        "permission": lambda request: request.user.has_perm("auth.view_user"),
                    },
                    {
                        "title": _("Roles"),
                        "icon": "group",
                        "link": reverse_lazy("admin:auth_group_changelist"),
                        "permission": lambda request: request.user.has_perm("auth.view_group"),
                    },
                    {
                        "title": _("Sign-ins"),
                        "icon": "login",
                        "link": reverse_lazy("admin:sessions_app_signinevent_changelist"),
                        "permission": lambda request: request.user.has_perm("sessions_app.view_signinevent"),
                    },
                    {
                        "title": _("Lock-outs"),
                        "icon": "lock_clock",
                        "link": reverse_lazy("admin:axes_accessattempt_changelist"),
                        "permission": lambda request: request.user.has_perm("axes.view_accessattempt"),
                    },
                ],
            },
            {
                "title": _("Parley"),
                "items": [
                    {
                        "title": _("Agents' pages"),
                        "icon": "forum",
                        "link": reverse_lazy("welcome"),
                        "active": lambda request: False,
                    },
                ],
            },
        ],
    },
}
