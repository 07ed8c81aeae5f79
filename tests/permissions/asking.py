"""One cell of the matrix: a visitor asks, and in a word what came of it. Whatever it did is undone again, in the
database and among the stored files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.urls import reverse

from sessions_app.models import Draft, LinkEvent, LiveSession
from sessions_app.push.broker import broker
from sessions_app.signing_in.models import BrowserSession
from tests.permissions.requests import Request
from tests.permissions.scene import NOTE, SECRET
from tests.permissions.visitors import Visitor

OK, DONE, OVER, SIGN, ANEW, NO, KEPT, NOTHING = "ok", "done", "over", "sign", "anew", "no", "kept", "-"
WHO, WRONG = "401", "405"
REFUSED = frozenset({OVER, SIGN, ANEW, NO, KEPT, NOTHING, WHO, WRONG})
_BY_STATUS = {403: NO, 404: NOTHING, 405: WRONG}

KEPT_OF_REFUSED = frozenset(model._meta.db_table for model in (Draft, LiveSession, LinkEvent))
"""Where a request that is refused may leave something: what was typed, which agents find among their follow-ups
(rules.md 4), and the attempt itself (product.md D5)."""

OF_BROWSER = frozenset({BrowserSession._meta.db_table})
"""What is remembered of the browser that asks, such as which secret a page has shown it; also by a GET."""

READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "PRAGMA", "SET CONSTRAINTS")

FILES = "files"
Content = dict[str, frozenset[Any]]
"""By the name of the table, all of its rows; and the names of stored files, each with what is in it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: the word for it, the answer itself, and which tables are not as they were."""

    word: str
    response: HttpResponseBase
    body: str
    changed: frozenset[str]

    @property
    def told(self) -> bool:
        """Whether something was told that is not for strangers."""
        return SECRET in self.body

    @property
    def told_note(self) -> bool:
        return NOTE in self.body


def ask(visitor: Visitor, request: Request, before: Content, *, looks_for_forgery: bool = False) -> Answer:
    """What this visitor gets. `before` is what is stored, of which nothing stays changed."""
    broker().ask(lambda redis: redis.flushdb(), None)
    browser = visitor.browser(looks_for_forgery=looks_for_forgery)
    with _undone() as writes:
        response = browser.generic(request.method, visitor.below + request.path, *request.body, **request.more)
        body = _body(response)
        changed = _changed(before, writes) if writes else frozenset()
    if FILES in changed:
        _put_back(before[FILES])
    return Answer(_word(request, response, changed), response, body, changed)


def content() -> Content:
    """Everything that is stored."""
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    return {table: _rows(table) for table in tables} | {FILES: _files()}


def _files() -> frozenset[tuple[Path, bytes]]:
    return frozenset((file, file.read_bytes()) for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file())


def _put_back(files: frozenset[Any]) -> None:
    for file, _content in _files() - files:
        file.unlink()
    for file, stored in files - _files():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(stored)


def _rows(table: str) -> frozenset[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return frozenset(repr(row) for row in cursor.fetchall())


def _changed(before: Content, writes: list[str]) -> frozenset[str]:
    """Of what the statements name, and of the files, what is not as it was."""
    named = [table for table in before.keys() - {FILES} if any(table in sql for sql in writes)]
    after = {table: _rows(table) for table in named} | {FILES: _files()}
    return frozenset(name for name, rows in after.items() if rows != before[name])


@contextmanager
def _undone() -> Iterator[list[str]]:
    """Undo what is done in the block. Gives the statements that are not for reading; they may have changed nothing."""
    writes: list[str] = []

    def watched(execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.lstrip("( ").startswith(READS):
            writes.append(sql)
        return execute(sql, *rest)

    with transaction.atomic():
        with connection.execute_wrapper(watched):
            yield writes
        transaction.set_rollback(True)


def _body(response: HttpResponseBase) -> str:
    whole = b"".join(response.streaming_content) if response.streaming else response.content
    return whole.decode(errors="replace")


def _word(request: Request, response: HttpResponseBase, changed: frozenset[str]) -> str:
    word = _plainly(response)
    if request.method in ("GET", "HEAD"):
        changed -= OF_BROWSER
    if not changed:
        return word
    if word in (OK, SIGN) and request.method not in ("GET", "HEAD"):
        return DONE  # whoever signs out is sent to the sign-in page
    if word in REFUSED and changed <= KEPT_OF_REFUSED and request.method not in ("GET", "HEAD"):
        return KEPT
    return f"{word}!changed:{'+'.join(sorted(changed))}"


def _plainly(response: HttpResponseBase) -> str:
    status = response.status_code
    if status >= 400:
        return _BY_STATUS.get(status, str(status))
    if status >= 300:
        to = urlsplit(response["Location"]).path
        return SIGN if to in (reverse("sign-in"), reverse("admin:login")) else ANEW if to.startswith("/widget/") else OK
    return OVER if _says_over(response) else OK


def _says_over(response: HttpResponseBase) -> bool:
    """Whether it is what a customer is shown, or a page of theirs is told, when their access is over."""
    templates = [one.name for one in getattr(response, "templates", None) or ()]
    is_json = response.get("Content-Type", "").startswith("application/json")
    return "customer/over.html" in templates or (is_json and '"over": true' in response.content.decode())
