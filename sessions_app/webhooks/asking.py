"""What administrators can do with an endpoint, beside changing it: each asks first, on a page of its own, and POSTs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions_app.webhooks import actions
from sessions_app.webhooks.forms import ReplaySessionForm, ReplaySinceForm, ResumeForm, RotateForm, SessionForm
from sessions_app.webhooks.models import WebhookAttempt, WebhookEndpoint


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it, in words. `secret` is a new one, to be shown this once."""

    text: str
    went_well: bool = True
    secret: str = ""


Typed = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, and what is done when it is answered."""

    title: str | Promise
    text: str | Promise
    button: str | Promise
    perform: Callable[[WebhookEndpoint, Typed, datetime], Done]
    form: type[forms.Form] = forms.Form


def _pause(endpoint: WebhookEndpoint, typed: Typed, now: datetime) -> Done:
    actions.pause(endpoint, now)
    return Done(_("Paused. What happens from now on is kept for it."))


def _resume(endpoint: WebhookEndpoint, typed: Typed, now: datetime) -> Done:
    actions.resume(endpoint, now=now, leave_out=typed["leave_out"])
    return Done(_("Rows are sent again."))


def _rotate(endpoint: WebhookEndpoint, typed: Typed, now: datetime) -> Done:
    secret = actions.rotate(endpoint, overlap=timedelta(hours=int(typed["overlap"])), now=now)
    return Done(_("There is a new secret."), secret=secret)


def _test(endpoint: WebhookEndpoint, typed: Typed, now: datetime) -> Done:
    attempt = actions.fire_test(endpoint, now=now)
    return Done(_("The test was taken: %s.") % outcome(attempt), True) if attempt.was_taken else _not_taken(attempt)


def _not_taken(attempt: WebhookAttempt) -> Done:
    return Done(_("The test was not taken. %s") % outcome(attempt), went_well=False)


def outcome(attempt: WebhookAttempt) -> str:
    """What came back, in words."""
    status = _("status %d") % attempt.status if attempt.status is not None else ""
    return ". ".join(part for part in (status, attempt.problem) if part)


def _replay_session(endpoint: WebhookEndpoint, typed: Typed, now: datetime) -> Done:
    actions.replay(endpoint, typed["session"], now=now, from_number=typed["from_number"])
    return Done(_("The rows of this session are sent again."))


def _replay_since(endpoint: WebhookEndpoint, typed: Typed, now: datetime) -> Done:
    actions.replay_since(endpoint, typed["since"])
    return Done(_("Everything since then is sent again, as fast as it is taken."))


def _unpark(endpoint: WebhookEndpoint, typed: Typed, now: datetime) -> Done:
    number = actions.unpark(endpoint, now)
    return Done(ngettext("%d session is tried again.", "%d sessions are tried again.", number) % number)


def _unpark_one(endpoint: WebhookEndpoint, typed: Typed, now: datetime) -> Done:
    actions.unpark(endpoint, now, typed["session"])
    return Done(_("The session is tried again."))


def _skip(endpoint: WebhookEndpoint, typed: Typed, now: datetime) -> Done:
    if actions.skip(endpoint, typed["session"], now):
        return Done(_("The row is left out, and the next ones are sent."))
    return Done(_("This session is not parked any more."), went_well=False)


ASKS: dict[str, Ask] = {
    "test": Ask(
        gettext_lazy("Send a test"),
        gettext_lazy("A webhook of the type parley.test is sent now, signed like all others. Nothing else follows."),
        gettext_lazy("Send a test"),
        _test,
    ),
    "pause": Ask(
        gettext_lazy("Pause this webhook"),
        gettext_lazy("Nothing is sent until you resume it. What happens meanwhile is kept for it."),
        gettext_lazy("Pause"),
        _pause,
    ),
    "resume": Ask(
        gettext_lazy("Resume this webhook"),
        gettext_lazy("Rows are sent again, in order, and what happened meanwhile first. Parked sessions go on, too."),
        gettext_lazy("Resume"),
        _resume,
        ResumeForm,
    ),
    "replay": Ask(
        gettext_lazy("Send a session again"),
        gettext_lazy("Its rows have the ids that they had before, so a receiver that has them can tell."),
        gettext_lazy("Send again"),
        _replay_session,
        ReplaySessionForm,
    ),
    "replay-since": Ask(
        gettext_lazy("Send everything again since a moment"),
        gettext_lazy(
            "The rows of all sessions that were recorded since then, also from before there was this webhook. They "
            "have the ids that they had before."
        ),
        gettext_lazy("Send again"),
        _replay_since,
        ReplaySinceForm,
    ),
    "rotate": Ask(
        gettext_lazy("Make a new secret"),
        gettext_lazy(
            "Webhooks are signed with the new one at once. While the old one still signs too, the receiver has time to "
            "learn the new one, and misses nothing."
        ),
        gettext_lazy("Make a new secret"),
        _rotate,
        RotateForm,
    ),
    "try-again": Ask(
        gettext_lazy("Try parked sessions again"),
        gettext_lazy("All of them, each beginning with the row that was given up."),
        gettext_lazy("Try again"),
        _unpark,
    ),
    "try-session": Ask(
        gettext_lazy("Try a parked session again"),
        gettext_lazy("It begins with the row that was given up."),
        gettext_lazy("Try again"),
        _unpark_one,
        SessionForm,
    ),
    "leave-out": Ask(
        gettext_lazy("Leave out the row that was not taken"),
        gettext_lazy("This webhook never gets it, and the next rows of the session are sent."),
        gettext_lazy("Leave it out"),
        _skip,
        SessionForm,
    ),
}
"""By the last part of their addresses."""
