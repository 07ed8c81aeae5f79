"""Idempotency keys: the same POST again does nothing, and is answered as the first one was.

An integration sends `Idempotency-Key: …` of its own choice. The answer is kept for a day. What the API does is keyed
by it too (`Caller.once`), so that a retry never doubles even if the answer was lost with the process that made it.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from sessions_app.api.caller import Caller
from sessions_app.api.models import KeptAnswer
from sessions_app.encrypted import decrypted, encrypted

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(minutes=2)
"""Who has not answered by then is dead: the next one does it."""

LONGEST = 255
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class SameKeyForSomethingElse(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = f"{HEADER}: this key was sent with another request before. Choose a new one for each thing to do."


class StillAtIt(APIException):
    status_code = 409
    default_code = "request_in_progress"
    default_detail = f"{HEADER}: the first request with this key is still being worked on. Ask again in a moment."


class Replay(Exception):
    """It was done before: this is what was answered then."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("a kept answer")
        self.response = response


def begin(request: Request, caller: Caller) -> KeptAnswer:
    """Note that this request is being worked on. Raises Replay if it was answered before, and APIException as above."""
    if len(caller.key) > LONGEST or not caller.key.isprintable():
        raise ValidationError({HEADER: [f"Give at most {LONGEST} printable characters."]})
    asked = digest(request, caller)
    kept, is_new = _kept(caller, asked)
    if is_new:
        return kept
    if kept.asked != asked:
        raise SameKeyForSomethingElse
    if kept.status is not None:
        raise Replay(_as_response(kept))
    return _taken_over(kept, caller.now)


def finish(kept: KeptAnswer, response: HttpResponse) -> None:
    """Keep what is answered. What failed for a while, or for us, may be tried again under the same key."""
    if response.status_code in (401, 409, 429) or response.status_code >= 500:
        KeptAnswer.objects.filter(pk=kept.pk, created_at=kept.created_at).delete()
        return
    KeptAnswer.objects.filter(pk=kept.pk, created_at=kept.created_at).update(
        status=response.status_code,
        headers={name: response[name] for name in _KEPT_HEADERS if response.has_header(name)},
        body=encrypted(response.content.decode()),
    )


def forget_old(now: datetime) -> None:
    """Remove answers that need not be kept any more."""
    KeptAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()


def digest(request: Request, caller: Caller) -> str:
    """What stands for a request: the same for the same address, fields and files, in the name of the same agent."""
    data = request.data
    parts: Any = data
    if hasattr(data, "lists"):
        parts = {name: [_digested(one) for one in values] for name, values in data.lists()}
    agent = caller.agent.pk if caller.agent else None
    said = json.dumps([request.path, request.GET.urlencode(), agent, parts], sort_keys=True)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _digested(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return [value.name, content.hexdigest()]


def _kept(caller: Caller, asked: str) -> tuple[KeptAnswer, bool]:
    """The answer under this key, and whether there was none before."""
    KeptAnswer.objects.filter(
        integration=caller.integration, key=caller.key, created_at__lt=caller.now - KEPT_FOR
    ).delete()
    try:
        with transaction.atomic():
            made = KeptAnswer(integration=caller.integration, key=caller.key, asked=asked, created_at=caller.now)
            made.save(force_insert=True)
            return made, True
    except IntegrityError:
        found = KeptAnswer.objects.filter(integration=caller.integration, key=caller.key).first()
        if found is None:  # the first one failed just now, and was forgotten
            raise StillAtIt from None
        return found, False


def _taken_over(kept: KeptAnswer, now: datetime) -> KeptAnswer:
    """Whoever comes after the first one died does it. Raises StillAtIt before that, or if somebody else does."""
    dead = KeptAnswer.objects.filter(pk=kept.pk, status=None, created_at=kept.created_at)
    if now < kept.created_at + GIVEN_UP_AFTER or not dead.update(created_at=now):
        raise StillAtIt
    kept.created_at = now
    return kept


def _as_response(kept: KeptAnswer) -> HttpResponse:
    assert kept.status is not None, "an answer has a status"
    return HttpResponse(decrypted(kept.body), status=kept.status, headers=dict(kept.headers) | {REPLAYED: "true"})
