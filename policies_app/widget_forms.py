"""The form behind System settings > Chat widgets."""

from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminColorInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from policies_app.colours import is_colour
from policies_app.durations import in_words
from policies_app.fields import ChoiceRadios, DurationField
from policies_app.kinds import SignIn
from policies_app.models import ChatWidget, Workstream
from policies_app.models.chat_widget import LONGEST_GRACE, SHORTEST_GRACE
from policies_app.models.workstream import LONGEST_AUTO_CLOSE, SHORTEST_AUTO_CLOSE
from policies_app.origins import origin_of
from policies_app.redirects import RedirectProblem, check_redirect
from policies_app.selectors import system_settings
from policies_app.shortening import ShorteningForm
from policies_app.widget_fields import HoursField, OriginsField

GENERAL = ("workstream", "shorten", "name", "is_active", "allowed_origins")
LOOK = ("title", "launcher", "greeting", "colour", "corner", "sounds")
BEFORE = ("ask_name", "ask_email", "ask_question", "by_hours", "hours", "time_zone", "closed_text", "nobody_text")
RECONNECT = ("reconnect_on", "same_agent_for", "portal_url", "sends_link", "redirect_url", "grace")
SIGN_IN = ("sign_in", "audience")
"""What stands on which tab, without what can only be looked at."""

_SIGNED = frozenset({SignIn.OPTIONAL, SignIn.REQUIRED})

APPLIES_WHEN: dict[str, tuple[str, frozenset[Any]]] = {
    "hours": ("by_hours", frozenset({True})),
    "time_zone": ("by_hours", frozenset({True})),
    "closed_text": ("by_hours", frozenset({True})),
    "same_agent_for": ("reconnect_on", frozenset({True})),
    "portal_url": ("reconnect_on", frozenset({True})),
    "sends_link": ("reconnect_on", frozenset({True})),
    "redirect_url": ("reconnect_on", frozenset({True})),
    "audience": ("sign_in", _SIGNED),
}
"""Fields that do not always apply: the field each depends on, and with which of its values."""


@cache
def _time_zones() -> list[tuple[str, str]]:
    """Those that this computer knows. They are read from its disk, once."""
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]


class ChatWidgetForm(ShorteningForm):
    """Clears what does not apply, however the form was posted, and names each problem at its field (rules.md 5, 7)."""

    allowed_origins = OriginsField(
        label=gettext_lazy("Allowed origins"),
        required=False,
        help_text=gettext_lazy(
            "Where the widget may be shown, one a line: scheme, host and port, such as https://www.example.com. "
            "Nowhere else."
        ),
    )
    by_hours = forms.BooleanField(
        label=gettext_lazy("Business hours"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Off: it is always open."),
    )
    hours = HoursField(
        label=gettext_lazy("Open"),
        help_text=gettext_lazy(
            "Several ranges a day with a comma: 09:00-12:00, 13:00-17:00. Over midnight: until 24:00, and from 00:00 "
            "on the next day."
        ),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_time_zones,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    same_agent_for = DurationField(
        label=gettext_lazy("Reconnect to previous agent for"),
        shortest=SHORTEST_AUTO_CLOSE,
        longest=LONGEST_AUTO_CLOSE,
        help_text=gettext_lazy(
            "At most the reconnect time limit. Meanwhile the agent's capacity is held, unless the agent presses Close. "
            "Empty: it is not held."
        ),
    )
    grace = DurationField(
        label=gettext_lazy("Count as disconnected after"),
        shortest=SHORTEST_GRACE,
        longest=LONGEST_GRACE,
        help_text=gettext_lazy("So long without a connection; a reload or a tunnel takes less."),
    )

    class Meta:
        model = ChatWidget
        fields = tuple(
            name for name in (*GENERAL, *LOOK, *BEFORE, *RECONNECT, *SIGN_IN) if name not in ("shorten", "by_hours")
        )
        widgets = {
            "greeting": UnfoldAdminTextareaWidget({"rows": 3}),
            "closed_text": UnfoldAdminTextareaWidget({"rows": 3}),
            "nobody_text": UnfoldAdminTextareaWidget({"rows": 3}),
            "colour": UnfoldAdminColorInputWidget,
            "corner": ChoiceRadios,
            "ask_name": ChoiceRadios,
            "ask_email": ChoiceRadios,
            "ask_question": ChoiceRadios,
            "sign_in": ChoiceRadios,
        }
        labels = {
            "ask_name": gettext_lazy("Ask for the name"),
            "ask_email": gettext_lazy("Ask for the e-mail address"),
            "ask_question": gettext_lazy("Ask what it is about"),
        }
        help_texts = {
            "title": gettext_lazy("Stands at the top of the open widget."),
            "launcher": gettext_lazy("The words on the button that opens it."),
            "greeting": gettext_lazy("The first thing that customers read in it."),
            "colour": gettext_lazy(
                "Behind the text on the button and at the top. That is white or black, whichever is easier to read."
            ),
            "sounds": gettext_lazy(
                "A sound for new messages while the widget is minimised, until a customer chooses for their browser."
            ),
            "closed_text": gettext_lazy("What customers read instead of the form."),
            "nobody_text": gettext_lazy("What customers read when no agent is available."),
            "reconnect_on": gettext_lazy(
                "Customers who drop out can come back to their conversation within the reconnect time limit."
            ),
            "portal_url": gettext_lazy(
                "The page with the widget, on one of the allowed origins. Reconnect links lead there."
            ),
            "sign_in": gettext_lazy(
                "Whether your portal says who its customers are, by a signed token. Its keys are below."
            ),
            "audience": gettext_lazy("What the portal's tokens name as their audience (aud)."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("grace", "time_zone"):
            self.initial.setdefault(name, getattr(self.instance, name))
        self.initial["by_hours"] = bool(self.initial.get("hours"))

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"]
        if not is_colour(colour):
            raise forms.ValidationError(_("Give a colour as #rrggbb, such as #206bc4."))
        return colour.lower()

    def clean_grace(self) -> timedelta:
        chosen: timedelta | None = self.cleaned_data["grace"]
        if chosen is None:
            raise forms.ValidationError(_("Enter after how long customers count as disconnected."))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, (parent, values) in APPLIES_WHEN.items():
            if cleaned.get(parent) not in values:
                self._clear(name)
        self._check_what_must_be_given(cleaned)
        self._check_portal(cleaned)
        self._check_redirect(cleaned)
        self._check_limit(cleaned)
        return cleaned

    def _clear(self, name: str) -> None:
        """Forget what was posted for a field that does not apply, and any problem with it."""
        self.errors.pop(name, None)
        empty = getattr(ChatWidget(), name)
        self.cleaned_data[name] = empty
        setattr(self.instance, name, empty)  # a field left out of the post would keep what was stored before

    def _check_what_must_be_given(self, cleaned: dict[str, Any]) -> None:
        needed = {
            "hours": (cleaned["by_hours"], _("Enter the hours of at least one day.")),
            "time_zone": (cleaned["by_hours"], _("Select the time zone of these hours.")),
            "audience": (cleaned.get("sign_in") in _SIGNED, _("Enter the audience that the tokens name.")),
            "portal_url": (cleaned.get("sends_link"), _("Enter the page that the reconnect link leads to.")),
        }
        for name, (applies, message) in needed.items():
            if applies and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, message)

    def _check_portal(self, cleaned: dict[str, Any]) -> None:
        """Reconnect links lead to a page where the widget may be shown."""
        address, allowed = cleaned.get("portal_url"), cleaned.get("allowed_origins")
        if not address:
            return
        origin = origin_of(address)
        if origin is None or "@" in address.partition("//")[2].partition("/")[0]:
            self.add_error("portal_url", _("Enter a whole address that starts with https:// or http://."))
        elif allowed is not None and origin not in allowed:
            said = _("%s is not among the allowed origins, so the widget would not be shown there.")
            self.add_error("portal_url", said % origin)

    def _check_redirect(self, cleaned: dict[str, Any]) -> None:
        if not (address := cleaned.get("redirect_url")):
            return
        try:
            check_redirect(address, own_origin=settings.BASE_URL, allowed_hosts=system_settings().redirect_hosts)
        except RedirectProblem as problem:
            self.add_error("redirect_url", str(problem))

    def _check_limit(self, cleaned: dict[str, Any]) -> None:
        """The seat is held for at most the time limit. One that is moved below what it holds is told so, and asked."""
        workstream, held = cleaned.get("workstream"), cleaned.get("same_agent_for")
        if workstream is None or held is None or held <= workstream.auto_close_after:
            return
        if self._is_moved(workstream, held):
            self.ask_to_shorten("workstream", [self.instance], workstream, workstream.auto_close_after)
            return
        said = _(
            "%(held)s is longer than the reconnect time limit, %(limit)s, "
            "which is the Auto-close after inactivity of %(workstream)s."
        )
        words = {"held": in_words(held), "limit": in_words(workstream.auto_close_after), "workstream": workstream}
        self.add_error("same_agent_for", said % words)

    def _is_moved(self, workstream: Workstream, held: timedelta) -> bool:
        """Whether it goes to another workstream with the hold that is stored."""
        stored = ChatWidget.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        return bool(stored and stored.workstream_id != workstream.pk and stored.same_agent_for == held)
