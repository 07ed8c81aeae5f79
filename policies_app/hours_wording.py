"""Business hours in words."""

from django.utils.translation import gettext_lazy as _

from policies_app.hours import Hours, in_short

DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
"""In the order of `policies_app.hours`."""


def hours_in_words(hours: Hours) -> str:
    """Each open day with its ranges; nothing if it is always open."""
    return "; ".join(f"{day} {in_short(hours[str(number)])}" for number, day in enumerate(DAYS) if str(number) in hours)
