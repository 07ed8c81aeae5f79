"""The kinds of visitors: the columns of the matrix. Each asks with what its browser, or program, really has.

A new kind is one more line in `visitors`: who it is, in which room it is interested, and what it sends with every
request. Its name is then a column wherever it is not answered as whom it is `like`, or as `anon`. Those that are
programs are in `programs`.
"""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from django.contrib.auth.models import User
from django.test import Client

from sessions_app.encrypted import encrypted
from sessions_app.signing_in.flow import SIGNED_IN
from sessions_app.signing_in.second_step_views import SECRET
from tests.permissions.scene import NEW_APP, Room, Scene
from tests.widget.framing import TOKEN, room_of


@dataclass(frozen=True)
class Visitor:
    """`who` is the same for one person who looks at several rooms: where the address names no room they are asked once.

    `below` stands before every path: whoever sits in a frame knows no other addresses.
    """

    name: str
    who: str
    room: Room
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    headers: dict[str, str] = field(default_factory=dict)
    below: str = ""
    like: tuple[str, ...] = ()
    """Whose column says what they get, where they have none of their own: the first that there is, else `anon`."""

    is_program: bool = False
    reaches_nothing: bool = False
    """Whether nothing that is in the scene is within their reach."""

    is_customer: bool = False

    def browser(self, *, looks_for_forgery: bool = False) -> Client:
        """As it was before it asked for anything."""
        browser = Client(enforce_csrf_checks=looks_for_forgery, headers=self.headers)
        browser.cookies = SimpleCookie(self.cookies.output(header="", sep=";"))
        return browser


def visitors(scene: Scene) -> list[Visitor]:
    """All of them."""
    rooms = scene.rooms
    return [
        Visitor("anon", "anon", rooms["open"]),
        *(_customer(name, rooms[name], rooms[name]) for name in ("open", "full", "limited", "none")),
        _customer("other", rooms["open"], rooms["others"]),
        Visitor("framed", "framed", rooms["chat"], below=_frame(rooms["chat"]), is_customer=True),
        _agent(scene, "holder", "anna", "open"),
        _agent(scene, "h-ended", "anna", "full"),
        _agent(scene, "mate", "ben", "open"),
        _agent(scene, "m-queue", "ben", "waiting"),
        _agent(scene, "m-ended", "ben", "full"),
        _agent(scene, "agent", "olga", "open"),
        _agent(scene, "a-queue", "olga", "waiting"),
        _agent(scene, "super", "sue", "open"),
        _account(scene, "admin", "ada"),
        _account(scene, "root", "root"),
        _account(scene, "account", "nobody"),
        _half_way(scene),
        _strong(scene),
    ]


def _customer(name: str, room: Room, came_into: Room) -> Visitor:
    assert came_into.browser
    return Visitor(
        name, "other" if room is not came_into else "customer", room, came_into.browser.cookies, is_customer=True
    )


def _frame(room: Room) -> str:
    return room_of(room.session, TOKEN).split("/c/")[0]


def _agent(scene: Scene, name: str, who: str, room: str) -> Visitor:
    return Visitor(name, who, scene.rooms[room], _signed_in(scene.agents[who].user).cookies)


def _account(scene: Scene, name: str, who: str) -> Visitor:
    return Visitor(name, name, scene.rooms["open"], _signed_in(scene.users[who]).cookies)


def _signed_in(user: User) -> Client:
    """A browser in which somebody has looked at the page where an app is set up."""
    browser = Client()
    browser.force_login(user)
    session = browser.session
    session[SECRET] = encrypted(NEW_APP)
    session.save()
    return browser


def _half_way(scene: Scene) -> Visitor:
    """Gave the password, and has a second step."""
    browser = Client()
    assert browser.post("/sign-in/", {"username": "ida", "password": "right"}).status_code == 302
    return Visitor("half", "half", scene.rooms["open"], browser.cookies)


def _strong(scene: Scene) -> Visitor:
    browser = _signed_in(scene.users["ida"])
    session = browser.session
    session[SIGNED_IN] = session[SIGNED_IN] | {"strong": True}
    session.save()
    return Visitor("strong", "strong", scene.rooms["open"], browser.cookies, like=("account",))
