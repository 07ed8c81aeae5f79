"""Who tried so often that they have to wait: django-axes with three limits instead of one.

1. An account from one address: five tries. So somebody who guesses locks out themselves, and nobody elsewhere.
2. An account from everywhere: fifty. Not where it signed in lately: nobody can keep its owner out from their own desk,
   or from the browser that they signed in with, wherever they take it.
3. An address for all accounts: a hundred, for who tries one password on many. Not for accounts that signed in there
   lately: an office behind one address goes on working.

What customers do is no sign-in and counts nowhere. Of IPv6, all addresses of one home count as one. Tries that count no
more are forgotten, and with them what was typed as a name.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sessions_app.client_addresses import client_address
from sessions_app.floods import ONE_HOME
from sessions_app.rooms.browsers import signed_in_here
from sessions_app.signing_in.kinds import SECOND_STEPS, Happening
from sessions_app.signing_in.models import SignInEvent

MOST_OF_PAIR = 5
MOST_OF_ACCOUNT = 50
MOST_OF_ADDRESS = 100
MOST_SECOND_STEPS = 10
"""Of an account, from everywhere: who gets so far has its password."""

LATELY = timedelta(days=30)


def locked_until(tries: Iterable[tuple[datetime, int]], most: int, cool_off: timedelta) -> datetime | None:
    """Until when there have been too many tries, None if there are fewer than `most`.

    `tries` are moments and how many there were, newest first. Each counts for `cool_off`.
    """
    count = 0
    for at, failures in tries:
        count += failures
        if count >= most:
            return at + cool_off
    return None


class Lockouts(AxesDatabaseHandler):
    """Counts as axes does, in the database, and judges by the limits above."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """How many limits are reached, of which one is enough (`AXES_FAILURE_LIMIT`)."""
        username = (credentials or {}).get("username") or ""
        return sum(1 for _one in _reached(request, username, timezone.now()))


def waits_until(request: HttpRequest, username: str, now: datetime) -> datetime | None:
    """Until when nobody signs in to this account from where the request comes; None if they may try."""
    return max(_reached(request, username, now), default=None)


def pair_waits_until(username: str, home: str | None, now: datetime) -> datetime | None:
    """The first of the limits alone, for the list in Django admin."""
    return locked_until(_tries(now, MOST_OF_PAIR, username=username, ip_address=home), MOST_OF_PAIR, _cool_off())


def account_waits_until(username: str, now: datetime) -> datetime | None:
    """The second of the limits alone."""
    return locked_until(_tries(now, MOST_OF_ACCOUNT, username=username), MOST_OF_ACCOUNT, _cool_off())


def second_step_waits_until(user_id: int, now: datetime) -> datetime | None:
    """Until when an account's second step takes nothing, wherever it is tried."""
    refused = SignInEvent.objects.filter(
        user=user_id, happening=Happening.REFUSED, way__in=SECOND_STEPS, at__gt=now - _cool_off()
    )
    moments = refused.order_by("-at").values_list("at", flat=True)[:MOST_SECOND_STEPS]
    return locked_until(((at, 1) for at in moments), MOST_SECOND_STEPS, _cool_off())


def lift(username: str, home: str | None = None) -> int:
    """Forget the tries on an account, from everywhere or from one address. Returns how many rows went."""
    tries = AccessAttempt.objects.filter(username=username)
    if home:
        tries = tries.filter(ip_address=home)
    count, _by_model = tries.delete()
    return int(count)


def home_of(request: HttpRequest) -> str | None:
    """The address as it counts: of IPv6 the first of all those that one home has."""
    return _home(client_address(request))


def forget_old(now: datetime) -> int:
    """Forget tries that count no more. Axes does so with the next try only, and what was typed as a name may have been
    a password. Returns how many rows went."""
    count, _by_model = AccessAttempt.objects.filter(attempt_time__lte=now - _cool_off()).delete()
    return int(count)


def told(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The answer to who has to wait: in plain words until when, the same whether there is such an account or not."""
    now = timezone.now()
    until = waits_until(request, (credentials or {}).get("username") or "", now) or now + _cool_off()
    return must_wait(request, until, now)


def must_wait(request: HttpRequest, until: datetime, now: datetime) -> HttpResponse:
    """Status 429, with `Retry-After` in whole seconds."""
    answer = render(request, "account/must_wait.html", {"until": until}, status=429)
    answer["Retry-After"] = str(max(1, math.ceil((until - now).total_seconds())))
    answer["Cache-Control"] = "no-store"
    return answer


def _reached(request: HttpRequest, username: str, now: datetime) -> Iterator[datetime]:
    """Until when each of the limits holds that is reached."""
    home = home_of(request)
    if until := pair_waits_until(username, home, now):
        yield until
    wider = [
        account_waits_until(username, now),
        locked_until(_tries(now, MOST_OF_ADDRESS, ip_address=home), MOST_OF_ADDRESS, _cool_off()),
    ]
    if any(wider) and not _is_known_here(request, username, now):
        yield from filter(None, wider)


def _tries(now: datetime, most: int, **whose: str | None) -> Iterable[tuple[datetime, int]]:
    found = AccessAttempt.objects.filter(attempt_time__gt=now - _cool_off(), **whose).order_by("-attempt_time")
    rows: Iterable[tuple[datetime, int]] = found.values_list("attempt_time", "failures_since_start")[:most]
    return rows


def _is_known_here(request: HttpRequest, username: str, now: datetime) -> bool:
    """Whether the account signed in with this browser last, or lately at this home."""
    account = User.objects.filter(username=username).values_list("pk", flat=True).first()
    if account is None:
        return False
    home = home_of(request)
    lately = SignInEvent.objects.filter(user=account, happening=Happening.SIGNED_IN, at__gt=now - LATELY)
    addresses = lately.exclude(address=None).values_list("address", flat=True).distinct()
    return signed_in_here(request) == str(account) or (home is not None and home in map(_home, addresses))


def _home(address: str | None) -> str | None:
    if address is None or ip_address(address).version == 4:
        return address
    return str(ip_network((address, ONE_HOME), strict=False).network_address)


def _cool_off() -> timedelta:
    lasts: timedelta = get_cool_off()
    return lasts
