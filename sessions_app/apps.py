from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions_app"
    verbose_name = _("Sessions")

    def ready(self) -> None:
        from policies_app.signals import end_policy_previewed, end_policy_saved
        from sessions_app import (
            availability,
            checks,  # noqa: F401 (registers what it checks)
        )
        from sessions_app.effects import effects_on_open
        from sessions_app.rollouts import follow_edit
        from sessions_app.signing_in import ending, flow, history

        availability.connect()
        ending.connect()
        flow.connect()
        history.connect()
        end_policy_saved.connect(follow_edit)
        end_policy_previewed.connect(effects_on_open)
