from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions_app"
    verbose_name = _("Sessions")

    def ready(self) -> None:
        from policies_app.signals import end_policy_saved
        from sessions_app.policy_edits import follow_edit

        end_policy_saved.connect(follow_edit)
