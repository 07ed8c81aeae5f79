"""Where customers come in: by a link, on another device with a code, and what to do when a link does not work."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app import codes, links, selectors
from sessions_app.actions import Refused
from sessions_app.client_addresses import client_address
from sessions_app.devices import Answer, Browser, enter
from sessions_app.kinds import LinkKind, LinkOutcome
from sessions_app.link_attempts import note, outcome_of_standing
from sessions_app.models import AccessLink
from sessions_app.new_link import ask_for_link
from sessions_app.rooms.browsers import browser_of, let_in, remember


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Come in by a link. Opening it changes nothing: mail scanners do that too. The page, or its button, posts."""
    now, browser = timezone.now(), browser_of(request)
    found = links.find(token, now)
    if found is None:
        return _no_such_link(request, token, now)
    if request.method != "POST":
        response = render(request, "customer/join.html")
        remember(response, browser)  # a second click on the button is then no second device
        return response
    return _answered(request, token, found, browser, enter(found, browser, now=now), now)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Have a one-time code sent, or come in with it (`digits`)."""
    now, browser = timezone.now(), browser_of(request)
    found = links.find(token, now)
    if found is None:
        return _no_such_link(request, token, now)
    if request.method != "POST":
        return redirect("join", token)
    if "digits" in request.POST:
        return _come_in_with_code(request, token, found, browser, now)
    return _send_code(request, token, found, browser, now)


@never_cache
@require_POST
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Send me a new link: mine does not work any more."""
    now = timezone.now()
    found = links.find_over(token)
    if found:
        ask_for_link(found.session_id, now=now)
    _note_refusal(request, token, now)
    return render(request, "customer/link_asked.html")


@never_cache
@require_POST
def new_link_into_room(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Send me a new link: this browser does not know me, though it knows the room, such as by its icon."""
    session = selectors.room(session_id)
    if session and session.links.filter(revoked_at=None).exclude(kind=LinkKind.RECONNECT).exists():
        ask_for_link(session.pk, now=timezone.now())
    return render(request, "customer/link_asked.html")


def no_link(request: HttpRequest, *, ask: str, status: int) -> HttpResponse:
    """Nobody is let in: the same words whatever the reason. `ask` is the address that sends a new link."""
    return render(request, "customer/no_link.html", {"ask": ask}, status=status)


def _no_such_link(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    _note_refusal(request, token, now)
    return no_link(request, ask=reverse("new-link", args=[token]), status=404)


def _note_refusal(request: HttpRequest, token: str, now: datetime) -> None:
    """For the link console. Of who merely opens the link nothing is noted, as nothing else is changed by that."""
    if request.method == "POST":
        link = links.by_token(token).first()
        _note(request, outcome_of_standing(link), link, now)


def _note(request: HttpRequest, outcome: LinkOutcome, link: AccessLink | None, now: datetime) -> None:
    note(outcome, link=link, browser=browser_of(request), address=client_address(request), now=now)


def _answered(
    request: HttpRequest, token: str, link: AccessLink, browser: Browser, answer: Answer, now: datetime
) -> HttpResponse:
    match answer:
        case Answer.COME_IN:
            _note(request, LinkOutcome.USED, link, now)
            response = redirect("customer:room", link.session.public_id)
            let_in(response, link.session, link.pk, browser)
            return response
        case Answer.REFUSED:
            _note(request, LinkOutcome.OTHER_DEVICE, link, now)
            return render(request, "customer/other_device.html", status=403)
        case Answer.CODE:
            return _code_page(request, token, link, now)
        case Answer.OVER:
            return _no_such_link(request, token, now)


def _send_code(request: HttpRequest, token: str, link: AccessLink, browser: Browser, now: datetime) -> HttpResponse:
    """Only to whom a code would help: others are answered as with the link alone."""
    answer = enter(link, browser, now=now)
    if answer is not Answer.CODE:
        return _answered(request, token, link, browser, answer, now)
    try:
        codes.order(link.session_id, now=now)
    except Refused as refusal:
        return _code_page(request, token, link, now, problem=str(refusal))
    return _code_page(request, token, link, now)


def _come_in_with_code(
    request: HttpRequest, token: str, link: AccessLink, browser: Browser, now: datetime
) -> HttpResponse:
    digits = "".join(request.POST["digits"].split())
    try:
        answer = codes.come_in(link, browser, digits, now=now)
    except Refused as refusal:
        return _code_page(request, token, link, now, problem=str(refusal))
    if answer is None:
        problem = _("This code is wrong, or no longer valid. Codes are valid for ten minutes; only the newest counts.")
        return _code_page(request, token, link, now, problem=problem)
    return _answered(request, token, link, browser, answer, now)


def _code_page(request: HttpRequest, token: str, link: AccessLink, now: datetime, *, problem: str = "") -> HttpResponse:
    to = codes.destination(link.session.customer)
    context = {
        "address": reverse("code", args=[token]),
        "goes_to": codes.masked(to) if to else "",
        "sent_to": codes.was_sent(link.session, now),
        "problem": problem,
    }
    return render(request, "customer/code.html", context, status=422 if problem else 200)
