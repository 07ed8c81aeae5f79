"""Verifying a sealed file in Django admin (product.md D7): nothing is kept of what is uploaded."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.documents.findings import Verdict
from sessions_app.documents.verifying import verify

if TYPE_CHECKING:
    from sessions_app.admin.sessions import LiveSessionAdmin


class SealedFile(forms.Form):
    """A file that somebody wants to know about."""

    file = forms.FileField(label=gettext_lazy("Transcript or completed document (PDF)"))


def verify_page(admin: "LiveSessionAdmin", request: HttpRequest) -> HttpResponse:
    """Ask for a file, and say whether it and the database agree. Raises PermissionDenied for who may not explain."""
    from sessions_app.admin.sessions import MAY_EXPLAIN

    if not (admin.has_view_permission(request) and request.user.has_perm(MAY_EXPLAIN)):
        raise PermissionDenied
    form, verdict = SealedFile(), None
    if request.method == "POST":
        form = SealedFile(request.POST, request.FILES)
        if form.is_valid():
            verdict = verify(form.cleaned_data["file"].read())
    return admin.page(request, "sessions_app/verify.html", None, _context(form, verdict))


def _context(form: SealedFile, verdict: Verdict | None) -> dict[str, Any]:
    file = form.cleaned_data["file"] if verdict else None
    return {"title": _("Verify a file"), "form": form, "verdict": verdict, "file_name": file.name if file else ""}
