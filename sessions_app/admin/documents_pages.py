"""Pages about one version of a template in Django admin: what it is, its pictures, its file, and trying it out."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions_app.admin.documents_shown import shown_fields, shown_pages, versions_of
from sessions_app.documents import values
from sessions_app.documents.fields import Field, asked
from sessions_app.documents.kinds import FieldKind, Prefill, VersionState
from sessions_app.documents.pdf.bad import NO_FIELDS
from sessions_app.documents.signatures import Signature, read_signature
from sessions_app.documents.templates import PDF
from sessions_app.models import TemplateVersion
from sessions_app.stored_answers import stored_file

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin

KEPT_FOR = "private, max-age=86400, immutable"
"""A version never changes, so neither do its pictures; and they are nobody else's business."""

STYLES = ("parley/admin_explain.css", "parley/admin_documents.css")


def found(admin: "ModelAdmin", request: HttpRequest, version_id: int) -> TemplateVersion:
    """The version that an address names. Raises PermissionDenied for who may not see templates, Http404."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    return get_object_or_404(TemplateVersion.objects.select_related("template", "saved_by"), pk=version_id)


def version_page(admin: "ModelAdmin", request: HttpRequest, version_id: int) -> HttpResponse:
    """A version as it was saved, with those before and after it."""
    version = found(admin, request, version_id)
    return rendered(admin, request, "version", version, about(version))


def about(version: TemplateVersion) -> dict[str, Any]:
    """What pages show of a version and of the others of its template."""
    fields = version.all_fields
    versions = versions_of(version.template)
    return {
        "version": version,
        "pages": shown_pages(version, fields) if version.state == VersionState.READY else [],
        "fields": shown_fields(fields),
        "problems": [one for one in version.problems if one != NO_FIELDS],  # the page itself says what to do then
        "versions": versions,
        "listed": next(one for one in versions if one.version == version),
        "is_newest": versions[0].version == version,
    }


def state_view(admin: "ModelAdmin", request: HttpRequest, version_id: int) -> JsonResponse:
    """What the page of a version that is being read asks for until it is told something else."""
    return JsonResponse({"state": found(admin, request, version_id).state})


def picture_view(admin: "ModelAdmin", request: HttpRequest, version_id: int, page: int) -> FileResponse:
    """The picture of a page (counted from 0)."""
    version = found(admin, request, version_id)
    if page >= len(version.pages):
        raise Http404
    response = stored_file(version.picture(page), "image/webp")
    response["Cache-Control"] = KEPT_FOR
    return response


def file_view(admin: "ModelAdmin", request: HttpRequest, version_id: int) -> FileResponse:
    """The file as it was uploaded, always as a download."""
    version = found(admin, request, version_id)
    return stored_file(str(version.file.name), PDF, download_as=version.file_name)


def try_page(admin: "ModelAdmin", request: HttpRequest, version_id: int) -> HttpResponse:
    """What a customer is asked for, to be filled in for a try: nothing is sent and nothing is stored."""
    version = found(admin, request, version_id)
    if version.state != VersionState.READY:
        raise Http404
    theirs = asked(version.all_fields)
    is_tried = request.method == "POST"
    entered = _entered(theirs, request) if is_tried else {one.name: _example(one) for one in theirs}
    problems = values.problems(theirs, entered) if is_tried else {}
    context = {
        "version": version,
        "title": _("Try %s") % version,
        "is_tried": is_tried,
        "problems": len(problems),
        "asked": [
            {"number": at, "field": one, "value": _typed(one, entered[one.name]), "problem": problems.get(one.name, "")}
            for at, one in enumerate(theirs, start=1)
        ],
    }
    return rendered(admin, request, "try", version, context)


def rendered(
    admin: "ModelAdmin",
    request: HttpRequest,
    page: str,
    version: TemplateVersion,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page about a version, in the look of the admin."""
    around = {
        **admin.admin_site.each_context(request),
        "title": str(version),
        "object": version.template,
        "opts": admin.opts,
        "page_styles": STYLES,
        "may_change": admin.has_change_permission(request, version.template),
    }
    return render(request, f"sessions_app/documents/{page}.html", around | context, status=status)


def _entered(fields: list[Field], request: HttpRequest) -> dict[str, str]:
    return {field.name: _value(field, request.POST.get(f"field-{at}", "")) for at, field in enumerate(fields, start=1)}


def _value(field: Field, typed: str) -> str:
    is_signed = field.kind is FieldKind.SIGNATURE and typed.strip()
    return Signature(name=" ".join(typed.split())).to_json() if is_signed else typed


def _typed(field: Field, value: str) -> str:
    """The inverse of `_value`; nothing of what is no signature."""
    if field.kind is not FieldKind.SIGNATURE or not value:
        return value
    try:
        return read_signature(value).name
    except ValueError:
        return ""


def _example(field: Field) -> str:
    """What a field begins with, for somebody made up."""
    made_up = {
        Prefill.CUSTOMER_NAME: "Carla Customer",
        Prefill.CUSTOMER_EMAIL: "carla@example.com",
        Prefill.CUSTOMER_PHONE: "+43 1 5550100",
        Prefill.AGENT_NAME: "Anna Agent",
        Prefill.TODAY: timezone.now().date().isoformat(),
    }
    return made_up.get(field.prefill, field.default)
