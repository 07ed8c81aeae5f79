"""The addresses of a chat widget: its loader, what that is told, the start page in the frame, and what that asks.

Browsers keep no cookies of ours here. Who asks is said in the request itself, so nothing can be forged by cookies.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from policies_app.kinds import SignIn
from policies_app.models import ChatWidget
from sessions_app.client_addresses import client_address
from sessions_app.devices import Browser
from sessions_app.rooms.conversation import first_error
from sessions_app.selectors import room, rooms
from sessions_app.widget import entering, identity, offers
from sessions_app.widget.forms import StartForm, VisitForm
from sessions_app.widget.framed import Frame
from sessions_app.widget.loader import loader
from sessions_app.widget.looks import CONFIG_LASTS, config, framed_by, origins_of, own_origin
from sessions_app.widget.offers import Visit
from sessions_app.widget.visitors import may_be_theirs

Asked = Callable[[HttpRequest, Visit, VisitForm], HttpResponse]


@require_safe
def widget_js(request: HttpRequest) -> HttpResponse:
    """The loader. Public, and the same for everybody."""
    return loader().answer(request)


@require_safe
def widget_config(request: HttpRequest, key: str) -> HttpResponse:
    """What the loader must know, for pages of allowed origins only."""
    widget, now = _widget(key), timezone.now()
    origin = request.headers.get("Origin", "")
    if origin in origins_of(widget):
        response = JsonResponse(config(widget, now))
        response["Access-Control-Allow-Origin"] = origin
        patch_cache_control(response, public=True, max_age=CONFIG_LASTS)
    else:
        problem = "This chat widget may not be shown here: its allowed origins do not name this one."
        response = JsonResponse({"problem": problem}, status=403)
        patch_cache_control(response, no_store=True)
    patch_vary_headers(response, ("Origin",))
    return response


@never_cache
@require_safe
def widget_start(request: HttpRequest, key: str) -> HttpResponse:
    """Where everything begins in the frame. It looks nothing up about anybody: its script asks."""
    widget = _widget(key)
    response = render(request, "widget/start.html", {"widget": widget, "frame": Frame(widget)})
    response.cookies.clear()
    framed_by(response, origins_of(widget))
    return response


def _asked(form_class: type[VisitForm]) -> Callable[[Asked], Callable[..., HttpResponse]]:
    """A view that the start page asks. What keeps it from being decided is answered as that, never as a new chat."""

    def answered(view: Asked) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @never_cache
        @require_POST
        @wraps(view)
        def asked(request: HttpRequest, key: str) -> HttpResponse:
            widget, now, form = _widget(key), timezone.now(), form_class(request.POST)
            if request.headers.get("Origin", own_origin()) != own_origin():
                return JsonResponse({"problem": "Only our own pages ask here."}, status=403)
            if not form.is_valid():
                return JsonResponse({"problem": first_error(form)}, status=400)
            return _decided(request, view, widget, form, now)

        return asked

    return answered


def _decided(request: HttpRequest, view: Asked, widget: ChatWidget, form: VisitForm, now: datetime) -> HttpResponse:
    try:
        visit = Visit(widget, _visitor(request, widget, form, now), now)
        if widget.sign_in == SignIn.REQUIRED and visit.visitor.identity is None:
            return offers.sign_in_needed(request)
        return view(request, visit, form)
    except identity.BadIdentity as problem:
        return offers.sign_in_needed(request, error=str(problem))
    except identity.CannotCheck:
        return JsonResponse({"offer": "doubt"}, status=503)
    except entering.NotNow as refusal:
        return offers.not_now(request, str(refusal), refusal.retry_after)


@_asked(VisitForm)
def enter(request: HttpRequest, visit: Visit, form: VisitForm) -> HttpResponse:
    """What this visitor is offered (rules.md 5)."""
    given = form.cleaned_data
    wanted: dict[str, Any] = {"remembered": given["session"], "link": given["link"], "was": given["was"]}
    where = client_address(request)
    return offers.answer(
        request, visit, entering.enter(visit.widget, visit.visitor, **wanted, now=visit.now, address=where)
    )


@_asked(VisitForm)
def continue_(request: HttpRequest, visit: Visit, form: VisitForm) -> HttpResponse:
    """Continue previous: the `session` that was chosen."""
    if form.cleaned_data["session"] is None:
        return JsonResponse({"problem": "Name the session."}, status=400)
    entered = entering.continue_(visit.widget, visit.visitor, form.cleaned_data["session"], now=visit.now)
    return offers.answer(request, visit, entered)


@_asked(StartForm)
def start(request: HttpRequest, visit: Visit, form: VisitForm) -> HttpResponse:
    """Start new. What is wrong with what was typed is said, and the page keeps it."""
    given = form.cleaned_data
    if offers.is_closed(visit) and room(given["public_id"]) is None:
        return JsonResponse({"offer": "asked", "problem": offers.closed_words(visit.widget), "field": ""}, status=422)
    try:
        session = entering.start(
            visit.widget,
            visit.visitor,
            entering.Asked(given["name"], given["email"], given["question"]),
            instead_of=given["session"],
            public_id=given["public_id"],
            now=visit.now,
            address=client_address(request),
        )
    except entering.BadAnswer as problem:
        return JsonResponse({"offer": "asked", "problem": str(problem), "field": problem.field}, status=422)
    return offers.room(visit, session)


@_asked(VisitForm)
def take_back(request: HttpRequest, visit: Visit, form: VisitForm) -> HttpResponse:
    """Take it back: the `session` goes on in this browser again; or what is offered if it cannot."""
    found = rooms().filter(public_id=form.cleaned_data["session"], widget=visit.widget).first()
    theirs = found is not None and may_be_theirs(found, visit.widget, visit.visitor)
    if found and theirs and entering.take_back(found.pk, visit.visitor.browser, now=visit.now):
        return offers.room(visit, found)
    entered = entering.enter(visit.widget, visit.visitor, remembered=None, link="", now=visit.now)
    return offers.answer(request, visit, entered)


def _visitor(request: HttpRequest, widget: ChatWidget, form: VisitForm, now: datetime) -> entering.Visitor:
    """Raises BadIdentity and CannotCheck."""
    given = form.cleaned_data
    name = request.headers.get("User-Agent", "")
    browser = Browser(given["token"], name=name, language=get_language() or "")
    who = identity.identify(widget, given["identity"], now=now) if given["identity"] else None
    return entering.Visitor(browser, who)


def _widget(key: str) -> ChatWidget:
    if "\0" in key:  # PostgreSQL takes it in no text, and would fail instead of finding nothing
        raise Http404
    return get_object_or_404(ChatWidget.objects.select_related("workstream"), key=key)
