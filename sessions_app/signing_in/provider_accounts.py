"""Which account of ours somebody has who signed in at the provider, and with which roles."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction

from policies_app.models import Workstream
from sessions_app.models import Agent
from sessions_app.roles import AGENT
from sessions_app.signing_in.models import ProviderAccount
from sessions_app.signing_in.provider import Oidc

LONGEST_USERNAME, LONGEST_NAME = 150, 100


class NoAccount(Exception):
    """There is no account for them here, or none with a role."""


def account_of(provider: Oidc, claims: Mapping[str, Any], now: datetime) -> User:
    """The account that belongs to checked claims of an ID token, with the roles that the provider gives. Raises
    NoAccount.

    1. The one that is linked to this subject.
    2. The only one with this e-mail address, if the provider has verified it; it is linked. An account that is linked
       already is not: addresses are given to somebody else when people leave.
    3. A new one, where accounts are made at the first sign-in.
    """
    try:
        return _found_or_made(provider, claims, now)
    except IntegrityError:  # they came twice at the same moment: it is there now
        return _found_or_made(provider, claims, now)


@transaction.atomic
def _found_or_made(provider: Oidc, claims: Mapping[str, Any], now: datetime) -> User:
    roles = _roles(provider, claims)
    if provider.roles and not roles:
        raise NoAccount
    linked = ProviderAccount.objects.select_related("user").filter(issuer=provider.issuer, subject=claims["sub"])
    known = linked.first()
    user = known.user if known else _with_address(provider, claims)
    if user is None and provider.makes_accounts:
        user = _new(claims)
    if user is None or not user.is_active:
        raise NoAccount
    if known is None:
        ProviderAccount.objects.create(user=user, issuer=provider.issuer, subject=claims["sub"], created_at=now)
    if provider.roles:
        _give(user, set(provider.roles.values()), roles, _text(claims, "name") or user.get_username())
    return user


def _roles(provider: Oidc, claims: Mapping[str, Any]) -> set[str]:
    """Ours, by what the provider tells under the name of `PARLEY_OIDC_ROLES_CLAIM`: one text or a list."""
    told = claims.get(provider.roles_claim)
    named = told if isinstance(told, list) else [told]
    return {ours for theirs, ours in provider.roles.items() if theirs in named}


def _with_address(provider: Oidc, claims: Mapping[str, Any]) -> User | None:
    """Raises NoAccount where it is another subject's."""
    email = _text(claims, "email")
    if not email or claims.get("email_verified") is not True:
        return None
    found = [one for one in User.objects.filter(email__iexact=email) if is_same_address(one.email, email)]
    if len(found) != 1:
        return None
    if ProviderAccount.objects.filter(user=found[0], issuer=provider.issuer).exists():
        raise NoAccount(f"The account {found[0].pk} with this address is linked to another subject.")
    return found[0]


def is_same_address(one: str, other: str) -> bool:
    """Whether two e-mail addresses are one but for capital letters. Beyond ASCII they have to be the same: databases
    take the dotless i for an i, and somebody else may own such an address."""
    return one == other or (one.isascii() and other.isascii() and one.lower() == other.lower())


def _new(claims: Mapping[str, Any]) -> User:
    """Without a password: it comes in by the provider only."""
    wanted = _text(claims, "preferred_username") or _text(claims, "email") or claims["sub"]
    wanted = User.normalize_username(wanted)
    wanted = "".join(letter for letter in wanted if letter.isalnum() or letter in "@.+-_")[: LONGEST_USERNAME - 6]
    username, number = wanted or "person", 1
    while User.objects.filter(username__iexact=username).exists():
        number += 1
        username = f"{wanted or 'person'}-{number}"
    verified = _text(claims, "email") if claims.get("email_verified") is True else ""
    return User.objects.create_user(username, email=verified)


def _give(user: User, decided: set[str], roles: set[str], name: str) -> None:
    """Give and take the roles that the provider decides about; others stay as they are. What is taken ends the sign-ins
    of before (`ending`)."""
    user.groups.remove(*Group.objects.filter(name__in=decided - roles, user=user))
    user.groups.add(*Group.objects.filter(name__in=roles).exclude(user=user))
    if AGENT in roles and not Agent.objects.filter(user=user).exists():
        agent = Agent.objects.create(user=user, name=name[:LONGEST_NAME])
        agent.workstreams.set(Workstream.objects.filter(is_active=True).order_by("pk")[:1])


def _text(claims: Mapping[str, Any], name: str) -> str:
    told = claims.get(name)
    return told.strip() if isinstance(told, str) and told.isprintable() else ""
