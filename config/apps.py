from django.contrib.admin.apps import AdminConfig


class ParleyAdminConfig(AdminConfig):
    default_site = "config.admin_site.ParleyAdminSite"

    def ready(self) -> None:
        super().ready()
        from config import audit

        audit.register()
