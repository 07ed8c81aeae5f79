"""Where there is no mail server: the letters that would have been sent, for whoever tries Parley out."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

MOST = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the mailbox."""

    to: str
    subject: str
    sent_at: datetime
    text: str


@never_cache
@login_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest letters. There is no such page where letters are really sent."""
    if not settings.HAS_MAILBOX:
        raise Http404
    return render(request, "agent/mailbox.html", {"letters": letters(Path(settings.EMAIL_FILE_PATH))})


def letters(folder: Path) -> list[Letter]:
    """The newest letters that Django's file-based mail backend left in a folder, newest first."""
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [_read(file) for file in files[:MOST]]


def _read(file: Path) -> Letter:
    letter = message_from_bytes(file.read_bytes(), policy=default)
    plain = letter.get_body(("plain",))
    return Letter(
        to=str(letter["To"]),
        subject=str(letter["Subject"]),
        sent_at=parsedate_to_datetime(str(letter["Date"])),
        text=plain.get_content() if plain else "",
    )
