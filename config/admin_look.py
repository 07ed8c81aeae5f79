"""How Django admin looks: the settings of django-unfold."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": "Parley",
    "SITE_HEADER": "Parley",
    "SITE_SYMBOL": "forum",
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
                    },
                ],
            },
        ],
    },
}
