"""Laying fields onto the pages of a template, in Django admin."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions_app.admin.documents_pages import rendered
from sessions_app.admin.documents_shown import VERSION
from sessions_app.documents.fields import LONGEST_VALUE
from sessions_app.documents.kinds import FieldKind, FilledBy, Prefill, VersionState
from sessions_app.documents.layout import LONGEST_HELP, LONGEST_LABEL, MOST_FIELDS, PREFILLS, SMALLEST_BOX, Unusable
from sessions_app.documents.templates import Stale, save_layout, usable
from sessions_app.explain.words import clock_time
from sessions_app.models import DocumentTemplate, TemplateVersion

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin


def editor_page(admin: "ModelAdmin", request: HttpRequest, template_id: int) -> HttpResponse:
    """The editor of the newest version that is ready; what it posts is answered in JSON. Raises PermissionDenied."""
    template = get_object_or_404(DocumentTemplate, pk=template_id)
    if not admin.has_change_permission(request, template):
        raise PermissionDenied
    if request.method == "POST":
        return _saved(admin, request, template)
    version = template.versions.filter(state=VersionState.READY).order_by("-number").first()
    if version is None:
        messages.warning(request, _("There is no version yet onto which fields can be laid."))
        return redirect("admin:sessions_app_documenttemplate_change", template.pk)
    newest = usable(template).first() or version
    context = {
        "title": _("Fields of %s") % template,
        "version": version,
        "newest": newest,
        "editor": _told(version, newest),
        "kinds": list(FieldKind),  # a template would call the classes
        "people": list(FilledBy),
        "prefills": list(Prefill),
        "longest": {"label": LONGEST_LABEL, "help": LONGEST_HELP, "value": LONGEST_VALUE},
    }
    return rendered(admin, request, "editor", version, context)


def _told(version: TemplateVersion, newest: TemplateVersion) -> dict[str, Any]:
    """What the script of the editor knows."""
    return {
        "base": version.pk,
        "newest": newest.number,
        "fields": version.fields,
        "pages": [
            {"width": width, "height": height, "picture": reverse(f"{VERSION}_page", args=[version.pk, page])}
            for page, (width, height) in enumerate(version.pages)
        ],
        "kinds": {str(kind): _(kind.label) for kind in FieldKind},
        "prefills": {str(kind): [str(one) for one in allowed] for kind, allowed in PREFILLS.items()},
        "most": MOST_FIELDS,
        "smallest": SMALLEST_BOX,
        "longest": LONGEST_VALUE,
    }


def _saved(admin: "ModelAdmin", request: HttpRequest, template: DocumentTemplate) -> JsonResponse:
    """422 with what is wrong, field by field; 409 if somebody saved meanwhile; nothing is stored then."""
    ready = template.versions.select_related("template").filter(state=VersionState.READY)
    base = ready.filter(pk=_number(request, "base")).first()
    try:
        posted = json.loads(request.POST.get("layout", ""))
    except (RecursionError, ValueError):
        posted = None
    if base is None:
        return _unusable([(None, _("The version that this is based on is no longer there."))])
    assert isinstance(request.user, User)
    known = _number(request, "newest")
    try:
        saved = save_layout(base, posted, newest_known=known, by=request.user, now=timezone.now())
    except Stale as stale:
        return JsonResponse({"stale": _newer(base, stale.newest)}, status=409)
    except Unusable as unusable:
        return _unusable([(problem.at, problem.text) for problem in unusable.problems])
    said = _("Nothing was different, so nothing was saved.") if saved == base else _("%s was saved.") % saved
    admin.message_user(request, said, messages.INFO if saved == base else messages.SUCCESS)
    return JsonResponse({"next": reverse("admin:sessions_app_documenttemplate_change", args=[template.pk])})


def _unusable(problems: list[tuple[int | None, str]]) -> JsonResponse:
    return JsonResponse({"problems": [{"at": at, "text": text} for at, text in problems]}, status=422)


def _newer(base: TemplateVersion, newest: TemplateVersion) -> dict[str, Any]:
    """What somebody else saved meanwhile, in words."""
    who, when = newest.saved_by or _("Somebody"), clock_time(newest.saved_at)
    said = _("%(who)s saved version %(number)d of %(when)s while you were drawing. Nothing of yours is lost.")
    words = [said % {"who": who, "number": newest.number, "when": when}]
    if newest.sha256 != base.sha256:
        words.append(
            _("It has another file. If you save yours, the newest version goes back to the file you see here.")
        )
    else:
        words.append(_("If you save yours, it becomes the newest version; theirs stays among the earlier ones."))
    return {"number": newest.number, "text": " ".join(words), "page": reverse(VERSION, args=[newest.pk])}


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else 0
