"""The form behind System settings > Notices."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from policies_app.models import Notices, Workstream
from policies_app.notice_previews import inherited
from policies_app.notice_texts import direction, language_choices
from policies_app.notices import NOTICES, PLACEHOLDERS, Notice, NoticeProblem, check, in_braces


class NoticeTextarea(UnfoldAdminTextareaWidget):
    """A text with the placeholders that can be inserted by a click, and with room for its preview."""

    template_name = "policies_app/notice_widget.html"

    def __init__(self, notice: Notice) -> None:
        super().__init__({"rows": 2})
        self.notice = notice

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["placeholders"] = [
            (in_braces(one), gettext(PLACEHOLDERS[one])) for one in self.notice.placeholders
        ]
        return context


class NoticesForm(forms.ModelForm):
    """The texts of one workstream, or of all, in one language. Names each problem at its field (rules.md 7)."""

    workstream = forms.ModelChoiceField(
        Workstream.objects.all(),
        label=_("Workstream"),
        required=False,
        empty_label=_("All workstreams"),
        widget=UnfoldAdminSelectWidget,
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=language_choices,
        initial=settings.LANGUAGE_CODE,
        widget=UnfoldAdminSelectWidget,
        help_text=_("For viewers whose browser asks for this language."),
    )

    class Meta:
        model = Notices
        fields = ("workstream", "language", *NOTICES)
        widgets = {name: NoticeTextarea(notice) for name, notice in NOTICES.items()}
        help_texts = {name: _(notice.where) for name, notice in NOTICES.items()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.language = self.instance.language or settings.LANGUAGE_CODE
        for name, text in inherited(self.instance).items():
            if name in self.fields:
                self.fields[name].widget.attrs |= {
                    "placeholder": text.text,
                    "dir": direction(self.instance.language),
                    "lang": self.instance.language,
                }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, notice in NOTICES.items():
            cleaned[name] = cleaned.get(name, "").replace("\r\n", "\n")
            try:
                check(cleaned[name], notice.placeholders)
            except NoticeProblem as problem:
                self.add_error(name, str(problem))
        return cleaned
