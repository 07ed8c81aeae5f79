"""The customer's room in a frame, where browsers keep no cookies: the addresses themselves say who asks.

`/f/<seat>/c/...` is `/c/...` for the browser that the seat names, and nothing else is below `/f/`. A seat is a secret
in an address. So pages below it name no referrer and set no cookies, and posts need no token against forgery: nobody
can write such an address who was not given it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import get_script_prefix, reverse, set_script_prefix

from policies_app.colours import ink_on
from policies_app.models import ChatWidget
from sessions_app.addresses import for_everybody
from sessions_app.models import Device, LiveSession
from sessions_app.widget.looks import framed_by, origins_of

PREFIX = "/f/"
ROOMS = "c/"
"""What there is below a seat: customers' rooms. Agents' pages are not, whoever is signed in."""

LASTS = timedelta(hours=12)
RENEWED_AFTER = timedelta(hours=1)
"""A page whose seat is older than this is given a new one with its next answer."""

_SALT = "parley.seat"


@dataclass(frozen=True, slots=True)
class Frame:
    """What pages in a frame know of the widget that they belong to."""

    widget: ChatWidget

    @property
    def start(self) -> str:
        """The start page: where everything begins anew."""
        with for_everybody():
            return reverse("widget-start", args=[self.widget.key])

    @property
    def data(self) -> dict[str, Any]:
        """For the scripts of the page."""
        colour = self.widget.colour
        said = {"key": self.widget.key, "start": self.start, "origins": origins_of(self.widget)}
        return said | {"colour": colour, "ink": ink_on(colour)}


class FramedRequest(HttpRequest):
    """A request after `FramedRooms`: below a seat it has the device, and the frame that its pages are in."""

    framed_device: Device | None
    frame: Frame | None
    seat_is_old: bool


def framed_device(request: HttpRequest) -> Device | None:
    """The browser that asks below a seat; None for everybody else."""
    device: Device | None = getattr(request, "framed_device", None)
    return device


def seat_of(device: Device) -> str:
    """A seat for this browser, which holds for 12 hours."""
    return _signer().sign(str(device.pk))


def room_address(session: LiveSession, device: Device) -> str:
    """The path of a session's room in a frame, with a new seat for this browser."""
    with for_everybody():
        return framed_path(reverse("customer:room", args=[session.public_id]), device)


def framed_path(path: str, device: Device) -> str:
    """A path of the customer's pages as it is below a new seat."""
    root = get_script_prefix()
    return f"{root}{PREFIX[1:]}{seat_of(device)}/{path.removeprefix(root)}"


def renewal(request: HttpRequest, session: LiveSession) -> str:
    """The address of the room with a new seat, for a page whose seat has become old; else empty."""
    asks = cast("FramedRequest", request)
    return room_address(session, asks.framed_device) if asks.framed_device and asks.seat_is_old else ""


class FramedRooms:
    """Takes the seat off a path and makes it the prefix of every address that the request reverses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        seat, _slash, rest = request.path_info.removeprefix(PREFIX).partition("/")
        device = _device(seat)
        if device is None or not rest.startswith(ROOMS):
            raise Http404
        frame = Frame(cast("ChatWidget", device.session.widget))
        is_in = _holds(seat, LASTS) and not (device.link and device.link.revoked_at)
        response = self._seated(request, frame, device, seat, rest) if is_in else begin_anew(request, frame)
        response.cookies.clear()
        framed_by(response, origins_of(frame.widget))
        return response

    def _seated(self, request: HttpRequest, frame: Frame, device: Device, seat: str, rest: str) -> HttpResponse:
        asks = cast("FramedRequest", request)
        asks.frame, asks.framed_device, asks.seat_is_old = frame, device, not _holds(seat, RENEWED_AFTER)
        _forget_cookies(request)
        before = get_script_prefix()
        asks.path_info = f"/{rest}"
        set_script_prefix(f"{before}{PREFIX[1:]}{seat}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)


def _forget_cookies(request: HttpRequest) -> None:
    """Whoever else is signed in in this browser is not meant; and without them nothing can be forged by their help."""
    request.META.pop("HTTP_COOKIE", None)
    request.COOKIES = {}
    request.csrf_processing_done = True  # type: ignore[attr-defined] # how the CSRF middleware knows that it is done


def begin_anew(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The seat is over: a page begins anew, and finds its session again, if it may, by what the portal's page kept.

    Scripts are not answered in JSON, by which they would believe that what they sent was taken or refused: they load
    the page anew, and keep it.
    """
    if request.method in ("GET", "HEAD") and request.accepts("text/html"):
        return redirect(frame.start)
    return HttpResponse(status=403)


def _device(seat: str) -> Device | None:
    """Whom a seat names, however old it is; None if it was not made here. One query."""
    try:
        key = _signer().unsign(seat)
    except BadSignature:
        return None
    found = Device.objects.select_related("session__widget__workstream", "link")
    return found.filter(pk=int(key), session__widget__isnull=False).first()


def _holds(seat: str, length: timedelta) -> bool:
    try:
        _signer().unsign(seat, max_age=length)
    except SignatureExpired:
        return False
    return True


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=_SALT, sep=".")
