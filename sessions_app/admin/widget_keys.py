"""The signing keys of a chat widget in Django admin, as a part of the widget's own page.

A key is added or deleted, and the time in which it holds is changed; what it is stays as it is. So keys are rotated by
adding the next one, with overlap, and the history says which there were at any time.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from policies_app.kinds import Algorithm
from sessions_app.widget.jwks import Unreachable, fetched
from sessions_app.widget.keys import BadKey, fingerprints, is_address, of_set, to_store, verifiers_in
from sessions_app.widget.models import WidgetKey

_HELP = gettext_lazy(
    "For RS256 and ES256 the portal's public key as PEM, JWK or JWKS, or the https:// address of a JWKS. For HS256 a "
    "secret of 32 bytes or more, such as this one, which was made just now and is shown only here: {secret}"
)


class WidgetKeyForm(forms.ModelForm):
    """A new key is pasted into `pasted`; of one that there is, it says what is stored, which a secret never is."""

    pasted = forms.CharField(
        label=gettext_lazy("Key"), widget=UnfoldAdminTextareaWidget({"rows": 5, "spellcheck": "false"})
    )

    class Meta:
        model = WidgetKey
        fields = ("name", "algorithm", "not_before", "not_after")
        help_texts = {
            "not_before": gettext_lazy("Empty: at once."),
            "not_after": gettext_lazy("Empty: until it is deleted. Let an old key overlap with the new one."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._material = ""
        if self.instance.pk:
            self._only_show_what_is_stored()
        elif "pasted" in self.fields:
            self.fields["pasted"].help_text = format_lazy(_HELP, secret=secrets.token_urlsafe(32))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("not_before"), cleaned.get("not_after")
        if begins and ends and begins >= ends:
            self.add_error("not_after", _("It has to hold until later than it holds from."))
        if not self.instance.pk and cleaned.get("algorithm") and cleaned.get("pasted"):
            self._take(Algorithm(cleaned["algorithm"]), cleaned["pasted"])
        return cleaned

    def validate_constraints(self) -> None:
        """Left to the formset, which says what is wrong in words."""

    def save(self, commit: bool = True) -> Any:
        if not self.instance.pk:
            self.instance.material, self.instance.created_at = self._material, timezone.now()
        return super().save(commit)

    def _take(self, algorithm: Algorithm, pasted: str) -> None:
        try:
            self._material = to_store(algorithm, pasted)
            if algorithm != Algorithm.HS256 and is_address(self._material):
                of_set(algorithm, fetched(self._material))
        except BadKey as problem:
            self.add_error("pasted", str(problem))
        except Unreachable as problem:
            self.add_error("pasted", _("No JWKS could be fetched from this address: %s.") % problem)

    def _only_show_what_is_stored(self) -> None:
        for name in {"algorithm", "pasted"} & set(self.fields):
            self.fields[name].disabled = True
        if "pasted" in self.fields:
            self.fields["pasted"].required = False
            self.initial["pasted"] = words = stored(self.instance)
            self.fields["pasted"].widget.attrs["rows"] = min(words.count("\n") + 2, 10)


class WidgetKeyFormSet(PaginationInlineFormSet):
    """The keys of one widget, all of them."""

    def clean(self) -> None:
        """No two keys have the same name. It is said here, because here all of them are seen."""
        super().clean()
        seen: set[str | None] = set()
        kept = [form for form in self.forms if form.is_bound and not form.cleaned_data.get("DELETE")]
        for form in kept:
            name = form.cleaned_data.get("name")
            if name and name in seen:
                form.add_error("name", ValidationError(_("Another key of this chat widget is called so."), "unique"))
            seen.add(name)


class WidgetKeyInline(StackedInline):
    """For the page of chat widgets. Whether somebody may see, add, change or delete keys is a right of its own."""

    model = WidgetKey
    form = WidgetKeyForm
    formset = WidgetKeyFormSet
    fields = ("name", "algorithm", "pasted", "not_before", "not_after", "last_used")
    readonly_fields = ("last_used",)
    ordering = ("pk",)
    extra = 0
    verbose_name = gettext_lazy("signing key")
    verbose_name_plural = gettext_lazy("Signing keys of the portal")

    @admin.display(description=gettext_lazy("Last used"))
    def last_used(self, key: WidgetKey) -> str:
        return _moment(key.last_used_at) if key.last_used_at else _("Not yet")


def stored(key: WidgetKey) -> str:
    """What there is of a key, in words that give no secret away."""
    algorithm, since = Algorithm(key.algorithm), _moment(key.created_at)
    if algorithm == Algorithm.HS256:
        return _("A secret, set on %s; it is not shown again.") % since
    if is_address(key.material):
        return key.material
    known = ", ".join(fingerprints(verifiers_in(algorithm, key.material)))
    return _("Set on %(when)s. SHA-256 begins with: %(known)s\n\n%(key)s") % {
        "when": since,
        "known": known,
        "key": key.material,
    }


def _moment(moment: datetime) -> str:
    return date_format(moment.astimezone(UTC), "j M Y H:i") + " UTC"
