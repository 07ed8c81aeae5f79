"""Visitors that are programs of somebody else's: each with a token of the REST API, perhaps in the name of an agent."""

from datetime import datetime

from policies_app.models import Workstream
from sessions_app.api import tokens
from sessions_app.api.models import ApiToken, Integration
from sessions_app.api.scopes import Scope
from tests.cast import general
from tests.permissions.scene import MADE, NOW, Scene
from tests.permissions.visitors import Visitor

NAMED = {
    "as-holder": ("anna", "open"),
    "as-ended": ("anna", "full"),
    "as-mate": ("ben", "open"),
    "as-m-que": ("ben", "waiting"),
    "as-m-end": ("ben", "full"),
    "as-agent": ("olga", "open"),
    "as-a-que": ("olga", "waiting"),
    "as-super": ("sue", "open"),
}
"""In whose name a program with all scopes asks, and about which room."""

INSTEAD = {"as-ended": "as-holder", "as-m-que": "as-mate", "as-m-end": "as-mate", "as-a-que": "as-agent"}
"""Which column says what they get where they have none, since the agent is the same; without that one, `all`."""


def programs(scene: Scene) -> list[Visitor]:
    """All of them."""
    loans, cards = Workstream.objects.get(name="Loans"), Workstream.objects.create(name="Cards")
    every, narrow = _integration("all", *Scope), _integration("narrow", *Scope, within=(cards,))
    wide = _integration("within", *Scope, within=(general(), loans))
    told = _token(every)
    return [
        _program(scene, "wrong", "parley_wrong"),
        *(_program(scene, name, text, like=("wrong",)) for name, text in _refused(every).items()),
        _program(scene, "lacks", _token(_integration("lacks")), user_name="anna"),
        *(_program(scene, one, _token(_integration(one, one)), user_name="anna", like=("lacks",)) for one in Scope),
        _program(scene, "all", told),
        _program(scene, "within", _token(wide)),
        _program(scene, "narrow", _token(narrow), reaches_nothing=True),
        _program(scene, "unknown", told, user_name="nobody", reaches_nothing=True),
        _program(scene, "l-holder", _token(narrow), user_name="anna", like=("unknown",), reaches_nothing=True),
        *(_in_the_name_of(scene, name, told) for name in NAMED),
    ]


def _refused(integration: Integration) -> dict[str, str]:
    """Tokens that were good once."""
    revoked, text = tokens.mint(integration, by=None, now=MADE)
    tokens.revoke(revoked, now=MADE)
    off = _integration("off", *Scope)
    Integration.objects.filter(pk=off.pk).update(is_active=False)
    return {"revoked": text, "expired": _token(integration, expires_at=NOW), "off": _token(off)}


def _integration(name: str, *scopes: Scope, within: tuple[Workstream, ...] = ()) -> Integration:
    made = Integration.objects.create(name=name, scopes=list(scopes), created_at=MADE)
    made.workstreams.set(within)
    return made


def _token(integration: Integration, *, expires_at: datetime | None = None) -> str:
    """One that was used just now, so that its use leaves nothing more."""
    made, text = tokens.mint(integration, by=None, expires_at=expires_at, now=MADE)
    ApiToken.objects.filter(pk=made.pk).update(last_used_at=NOW)
    return text


def _program(
    scene: Scene,
    name: str,
    token: str,
    *,
    user_name: str = "",
    like: tuple[str, ...] = (),
    reaches_nothing: bool = False,
) -> Visitor:
    headers = {"Authorization": f"Bearer {token}"} | ({"Parley-Agent": user_name} if user_name else {})
    return Visitor(
        str(name),
        str(name),
        scene.rooms["open"],
        headers=headers,
        like=like,
        is_program=True,
        reaches_nothing=reaches_nothing,
    )


def _in_the_name_of(scene: Scene, name: str, token: str) -> Visitor:
    user_name, room = NAMED[name]
    headers = {"Authorization": f"Bearer {token}", "Parley-Agent": user_name}
    return Visitor(
        name,
        name,
        scene.rooms[room],
        headers=headers,
        like=(INSTEAD.get(name, name), "all"),
        is_program=True,
        reaches_nothing=user_name == "olga",
    )
