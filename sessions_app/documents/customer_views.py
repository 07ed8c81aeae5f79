"""A form that a customer completes: its page, saving as they go, submitting. Each view is given the customer's seat."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from policies_app.kinds import Permission
from sessions_app.actions import Refused
from sessions_app.client_addresses import client_address
from sessions_app.documents import actions, values
from sessions_app.documents.customer_parts import Asked
from sessions_app.documents.fields import Field, asked
from sessions_app.documents.forms import (
    Question,
    SubmitForm,
    ValuesForm,
    consent_text,
    for_script,
    questions,
    typed_plainly,
)
from sessions_app.half_typed import Typed
from sessions_app.models import Document
from sessions_app.rooms.conversation import first_error, room_page, wants_json
from sessions_app.rooms.forms import new_key
from sessions_app.rooms.seats import Seat
from sessions_app.rooms.state import (
    RoomState,
    asked_in,
    connection,
    identity,
    milliseconds,
    room_state,
    timing,
    unless_forever,
)

Problems = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the room, with what stands in it at this moment."""

    document: Document
    fields: tuple[Field, ...]
    kept: Mapping[str, Typed]

    @property
    def problems(self) -> dict[str, str]:
        """What keeps it from being completed, a sentence by field."""
        return values.problems(asked(self.fields), {name: it.text for name, it in self.kept.items()})

    def questions(self, problems: Problems) -> list[Question]:
        return questions(self.fields, self.kept, problems)


def may(seat: Seat, permission: Permission) -> bool:
    """Whether the customer may do this now (rules.md 4)."""
    return permission in room_state(seat).permitted


def document_of(seat: Seat, document_id: UUID) -> Document:
    """A document of this room, whatever may be done with it. Raises Http404 for any other."""
    found = seat.session.documents.select_related("version__template", "sent_by")
    return get_object_or_404(found, public_id=document_id)


def form_of(document: Document) -> Form:
    """The form with its fields and values. Raises Http404 if it is none. One query."""
    if document.version is None:
        raise Http404
    kept = document.values.values_list("name", "value", "version")
    return Form(document, document.version.all_fields, {name: Typed(text, version) for name, text, version in kept})


@require_safe
def page(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """The page on which a form is completed, or looked at. Opening it changes nothing; its script says `opened`."""
    if not may(seat, Permission.REVIEW):
        return room_page(request, seat, status=403)
    document = document_of(seat, document_id)
    if not document.is_form:
        return redirect(seat.url("room"))
    return _page(request, seat, form_of(document))


@require_http_methods(["GET", "HEAD", "POST"])
def saved(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """What stands in the form, with versions; a POST keeps what a page sends of it first (`ValuesForm`)."""
    form = form_of(document_of(seat, document_id))
    if request.method != "POST":
        return JsonResponse(_standing(form)) if may(seat, Permission.REVIEW) else JsonResponse({}, status=403)
    sent = ValuesForm(request.POST)
    if not sent.is_valid():
        return JsonResponse({"problem": first_error(sent)}, status=422)
    try:
        actions.save(form.document.pk, sent.cleaned_data["values"], now=seat.now)
    except Refused as refusal:
        return _refused(request, seat, form, str(refusal))
    return JsonResponse(_standing(_afresh(form)))


@require_POST
def opened(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """The customer looks at it."""
    actions.note_opened(document_of(seat, document_id).pk, now=seat.now)
    return HttpResponse(status=204)


@require_POST
def save_plainly(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """Save and finish later, without script."""
    form = form_of(document_of(seat, document_id))
    actions.note_opened(form.document.pk, now=seat.now)
    try:
        actions.save(form.document.pk, _typed(request, seat, form), now=seat.now)
    except Refused as refusal:
        return _refused(request, seat, form, str(refusal))
    return redirect(seat.url("room"))


@require_POST
def submit(request: HttpRequest, seat: Seat, document_id: UUID) -> HttpResponse:
    """Complete the form with what was entered, all of which is kept whatever comes of it."""
    form = form_of(document_of(seat, document_id))
    sent, agreed = ValuesForm(request.POST), SubmitForm(request.POST, fields=form.fields)
    if wants_json(request) and not sent.is_valid():
        return JsonResponse({"problem": first_error(sent)}, status=422)
    typed = sent.cleaned_data["values"] if wants_json(request) else _typed(request, seat, form)
    actions.note_opened(form.document.pk, now=seat.now)
    try:
        if not agreed.is_valid():
            actions.save(form.document.pk, typed, now=seat.now)
            return _incomplete(request, seat, form, first_error(agreed))
        consent = _consent(request, agreed.cleaned_data["consent"])
        actions.complete(form.document.pk, typed, consent, key=agreed.cleaned_data["key"], now=seat.now)
    except Refused as refusal:
        return _refused(request, seat, form, str(refusal))
    except actions.Incomplete:
        return _incomplete(request, seat, form, _("Something is missing or wrong. What you entered is saved."))
    address = seat.url("document", form.document.public_id)
    return JsonResponse({"leads_to": address}) if wants_json(request) else redirect(address)


def _typed(request: HttpRequest, seat: Seat, form: Form) -> dict[str, Typed]:
    theirs = [one for one in form.questions({}) if one.is_theirs]
    return typed_plainly(request.POST, theirs, milliseconds(seat.now))


def _consent(request: HttpRequest, text: str) -> actions.Consent:
    device = request.headers.get("User-Agent", "")[:500]
    return actions.Consent(text, client_address(request) or "", device)


def _refused(request: HttpRequest, seat: Seat, form: Form, problem: str) -> HttpResponse:
    form = _afresh(form)
    if wants_json(request):
        seen = _standing(form) if may(seat, Permission.REVIEW) else {}
        return JsonResponse(seen | {"problem": problem}, status=403)
    return _page(request, seat.moved(), form, problem=problem, status=403)


def _incomplete(request: HttpRequest, seat: Seat, form: Form, problem: str) -> HttpResponse:
    form = _afresh(form)
    if wants_json(request):
        said = {"problem": problem, "consent": consent_text(form.fields)}
        return JsonResponse(_standing(form) | said, status=422)
    return _page(request, seat, form, problem=problem, problems=form.problems, status=422)


def _afresh(form: Form) -> Form:
    """The form as it is stored now."""
    document = Document.objects.select_related("version__template", "sent_by").get(pk=form.document.pk)
    return form_of(document)


def _standing(form: Form) -> dict[str, Any]:
    """What a page has to know of the form at this moment."""
    document = form.document
    return {
        "state": document.state,
        "filled": document.filled,
        "asked": document.asked,
        "values": {name: [it.text, it.version] for name, it in form.kept.items()},
        "problems": form.problems if document.is_open else {},
    }


def _page(
    request: HttpRequest,
    seat: Seat,
    form: Form,
    *,
    problem: str = "",
    problems: Problems | None = None,
    status: int = 200,
) -> HttpResponse:
    state, document = room_state(seat), form.document
    if state.is_over:
        return room_page(request, seat, problem=problem, status=status)
    completes = document.is_open and Permission.COMPLETE in state.permitted
    shown = form.questions(problems or {})
    context = {
        "state": state,
        "asked": Asked() if document.is_open else asked_in(state),
        "session": seat.session,
        "document": document,
        "completes": completes,
        "questions": shown,
        "theirs": [one for one in shown if one.is_theirs],
        "wrong": [one for one in shown if one.problem],
        "consent": consent_text(form.fields),
        "key": new_key(),
        "problem": problem,
        "page": _for_script(state, form, completes),
        "address": seat.url("document", document.public_id),
    }
    return render(request, "customer/documents/page.html", context, status=status)


def _for_script(state: RoomState, form: Form, completes: bool) -> dict[str, Any]:
    """What the page's script begins with. Of a form that is only looked at, no more than how to follow along."""
    document, version = form.document, form.document.version
    assert version
    until = unless_forever(state.session.full_until)
    said: dict[str, Any] = {
        "id": str(document.public_id),
        "completes": completes,
        "viewed": document.viewed_at is not None,
        "until": milliseconds(until) if until else None,
    }
    if completes:
        address = state.seat.url("document", document.public_id)
        said |= _standing(form) | {
            "sent": milliseconds(document.sent_at),
            "pages": [
                {"size": size, "picture": f"{address}pages/{number}/"} for number, size in enumerate(version.pages)
            ],
            "fields": [for_script(field) for field in form.fields],
        }
    return timing(state) | connection(state) | identity(state) | {"document": said | {"state": document.state}}
