"""The form behind System settings > Document templates."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from sessions_app.documents.templates import PDF, judged
from sessions_app.models import DocumentTemplate
from sessions_app.scanning import NotChecked
from sessions_app.uploads import MEGABYTE, UploadProblem


class DocumentTemplateForm(forms.ModelForm):
    """A template with its file, judged by content. Of one that has a file already, another one is a new version."""

    file = forms.FileField(
        label=gettext_lazy("PDF"),
        required=False,
        allow_empty_file=True,  # it is told what is wrong with it in `clean_file`, as everywhere
        widget=UnfoldAdminFileFieldWidget({"accept": f".pdf,{PDF}"}),
        error_messages={"required": gettext_lazy("Choose the PDF that customers will complete.")},
    )

    class Meta:
        model = DocumentTemplate
        fields = ("name", "workstreams", "is_offered")
        error_messages = {"name": {"unique": gettext_lazy("There is a document template with this name already.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if file := self.fields.get("file"):
            file.required = self.instance.pk is None
            file.help_text = self._about_file()
            limit = settings.UPLOAD_MAX_BYTES
            too_large = _("This file is larger than %d MB.") % (limit // MEGABYTE)
            file.widget.attrs |= {"data-largest": str(limit), "data-too-large": too_large}

    def clean_file(self) -> UploadedFile | None:
        """The file under the name that it is kept under, once it was looked at."""
        upload: UploadedFile | None = self.cleaned_data.get("file")
        if upload is None:
            return None
        try:
            upload.name = judged(upload, largest_bytes=settings.UPLOAD_MAX_BYTES).name
        except (UploadProblem, NotChecked) as problem:
            raise forms.ValidationError(str(problem)) from problem
        return upload

    def _about_file(self) -> str:
        limit = _("A PDF of at most %d MB.") % (settings.UPLOAD_MAX_BYTES // MEGABYTE)
        if self.instance.pk is None:
            return limit + " " + _("Fields that it has are recognised; onto one without you lay them afterwards.")
        return (
            limit
            + " "
            + _(
                "Choose one only to replace the file: that makes a new version, whose fields are read afresh. "
                "What was sent keeps the version that it was sent with."
            )
        )
