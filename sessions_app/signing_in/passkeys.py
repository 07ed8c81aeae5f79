"""Passkeys and security keys (WebAuthn), by Yubico's fido2: a second step, or a sign-in on their own.

A question is asked of the browser, and kept in its session until it answers; an answer counts once, and only for what
was asked. On its own a passkey has to have made sure of the person (a finger, a face, a PIN), so that it is two factors
by itself: an answer to a question of another kind, which asks for less, is none here.
"""

import json
import struct
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sessions_app.signing_in.models import Passkey

ASKED = "parley.passkey"
LONGEST_ANSWER = 20_000
MOST = 20
"""How many one account may have."""

LONGEST_ID = 1023
"""Bytes of the name of a passkey, as WebAuthn has it."""

ALONE = "alone"
NO_ANSWER = (
    ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, RecursionError, struct.error,
)  # fmt: skip
"""What fido2 and its readers of JSON and CBOR raise at what no browser would send."""


class Refused(Exception):
    """What the browser answered is no answer to what it was asked, or not of a passkey that is known."""


def ask_for_new(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey of this user's, which has none of theirs yet."""
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=_handle(user), name=user.get_username(), display_name=_display_name(user)),
        [_public_half(one) for one in _of(user)],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return _asked(request, _new_of(user), options, state)


def add(request: HttpRequest, user: User, name: str, answer: str, now: datetime) -> Passkey:
    """Keep the passkey that the browser made. Raises Refused."""
    state = _state(request, _new_of(user))
    try:
        made = _server().register_complete(state, RegistrationResponse.from_dict(_read(answer)))
        public, count = made.credential_data, made.counter
    except NO_ANSWER as error:
        raise Refused from error
    known = _kept_as(public) if public else ""
    if not public or len(public.credential_id) > LONGEST_ID or len(_of(user)) >= MOST:
        raise Refused
    if Passkey.objects.filter(credential_id=known).exists():
        raise Refused
    return Passkey.objects.create(
        user=user, name=name, credential_id=known, credential=bytes(public), sign_count=count, created_at=now
    )


def ask(request: HttpRequest, user: User | None = None) -> dict[str, Any]:
    """What the browser needs to show a passkey: one of this user's, or any that is on the device."""
    mine = [_public_half(one) for one in _of(user)] if user else None
    wanted = UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
    return _asked(request, _step_of(user), *_server().authenticate_begin(mine, user_verification=wanted))


def found(request: HttpRequest, answer: str, now: datetime, user: User | None = None) -> Passkey:
    """The passkey that the browser has shown: one of this user's, or of anybody's. Raises Refused.

    One that has counted less far than it had before is a copy, and not taken.
    """
    state = _state(request, _step_of(user))
    try:
        shown = AuthenticationResponse.from_dict(_read(answer))
        key = Passkey.objects.select_related("user").filter(credential_id=websafe_encode(shown.raw_id)).first()
        if key is None or (user and key.user_id != user.pk):
            raise Refused
        _server().authenticate_complete(state, [_public_half(key)], shown)
        count = shown.response.authenticator_data.counter
    except NO_ANSWER as error:
        raise Refused from error
    counted = Passkey.objects.filter(pk=key.pk)
    if count or key.sign_count:  # many always say 0
        counted = counted.filter(sign_count__lt=count)
    if not counted.update(sign_count=count, last_used_at=now):
        raise Refused
    return key


def _of(user: User) -> list[Passkey]:
    return list(Passkey.objects.filter(user=user).order_by("pk"))


def _server() -> Fido2Server:
    """Passkeys belong to the host of the base URL, and are asked for on its pages only."""
    parts = urlsplit(settings.BASE_URL)
    origin = f"{parts.scheme}://{parts.netloc}"
    rp = PublicKeyCredentialRpEntity(id=parts.hostname or "", name="Parley")
    return Fido2Server(rp, verify_origin=lambda told: told == origin)


def _new_of(user: User) -> str:
    return f"a new one of {user.pk}"


def _step_of(user: User | None) -> str:
    return f"the second step of {user.pk}" if user else ALONE


def _asked(request: HttpRequest, what_for: str, options: Any, state: Any) -> dict[str, Any]:
    request.session[ASKED] = {"what_for": what_for, "state": dict(state)}
    return cast("dict[str, Any]", dict(options))


def _state(request: HttpRequest, what_for: str) -> Any:
    """What was asked, if it was asked for this. It is asked no more."""
    asked = request.session.pop(ASKED, None)
    if asked is None or asked.get("what_for") != what_for:
        raise Refused
    return asked["state"]


def _read(answer: str) -> Any:
    if len(answer) > LONGEST_ANSWER:
        raise Refused
    return json.loads(answer)


def _public_half(key: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(key.credential))


def _kept_as(public: AttestedCredentialData) -> str:
    return websafe_encode(public.credential_id)


def _handle(user: User) -> bytes:
    """By what an authenticator knows the account; it says nothing about anybody."""
    return salted_hmac("parley.signing_in.passkey", str(user.pk), algorithm="sha256").digest()


def _display_name(user: User) -> str:
    return user.get_full_name() or user.get_username()
