"""Where there is no mail server or SMS gateway: what would have been sent, for whoever tries Parley out."""

import json
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions_app.roles import may_open_settings
from sessions_app.rooms.seats import agent_of
from sessions_app.sms import SHORT_MESSAGE, Kept

MOST = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the mailbox, or a short message; that has no subject."""

    to: str
    subject: str
    sent_at: datetime
    text: str


@never_cache
@login_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest letters, for agents and administrators: links in them let people in. There is no such page where
    everything is really sent."""
    if not settings.HAS_MAILBOX:
        raise Http404
    if not may_open_settings(cast("User", request.user)):
        agent_of(request)
    return render(request, "agent/mailbox.html", {"letters": letters(settings.MAILBOX_DIR)})


def letters(folder: Path) -> list[Letter]:
    """The newest of what Django's file-based mail backend and `sms.MailboxGateway` left in a folder, newest first."""
    kept = [file for file in folder.glob("*") if file.suffix in _READ]
    newest = sorted(kept, key=lambda file: file.stat().st_mtime, reverse=True)[:MOST]
    return [_READ[file.suffix](file) for file in newest]


def _letter(file: Path) -> Letter:
    letter = message_from_bytes(file.read_bytes(), policy=default)
    plain = letter.get_body(("plain",))
    return Letter(
        to=str(letter["To"]),
        subject=str(letter["Subject"]),
        sent_at=parsedate_to_datetime(str(letter["Date"])),
        text=plain.get_content() if plain else "",
    )


def _short_message(file: Path) -> Letter:
    kept = Kept(**json.loads(file.read_text(encoding="utf-8")))
    return Letter(to=kept.to, subject="", sent_at=datetime.fromisoformat(kept.sent_at), text=kept.text)


_READ = {".log": _letter, SHORT_MESSAGE: _short_message}
