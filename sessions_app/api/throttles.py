"""How often an integration may ask, and the headers that say so."""

import math

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from sessions_app import floods
from sessions_app.api.caller import Caller

MINUTE = 60


class PerIntegration(BaseThrottle):
    """So many requests in any minute as its administrator allowed, whichever of its tokens they use."""

    waits: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, Caller):
            return True
        limit, key = limit_of(request.auth)
        self.waits = floods.allow(limit, key)
        return self.waits is None

    def wait(self) -> float | None:
        return self.waits


def limit_of(caller: Caller) -> tuple[floods.Limit, str]:
    """The limit of a caller, and under which key it is counted."""
    return floods.Limit("api", caller.integration.requests_per_minute, MINUTE), str(caller.integration.pk)


def headers(caller: Caller) -> dict[str, str]:
    """How the caller stands: the limit, what is left of it, and in how many seconds some of it is free again."""
    limit, key = limit_of(caller)
    left, resets_in = floods.standing(limit, key)
    return {
        "RateLimit-Limit": str(limit.most),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(math.ceil(resets_in)),
    }
