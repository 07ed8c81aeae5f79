"""Documents at each level of access, held against the second table of rules.md 4, to the microsecond."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from policies_app.kinds import AccessSetting, EndReason, Permission
from sessions_app import access
from sessions_app.actions import Refused
from sessions_app.documents.actions import add_file, ask_for_files, complete, entered, files_done, note_opened, save
from sessions_app.kinds import Actor
from sessions_app.models import Agent, Document, LiveSession
from sessions_app.transitions import end
from tests.cast import fresh, kinds, set_policy
from tests.documents.papers import COMPLETE, CONSENT, a_field, new_version, sent, typed
from tests.moments import DAY, ENDED, HOUR, MICROSECOND, STARTED

FULL_DAYS, LIMITED_DAYS = 2 * DAY, 3 * DAY
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(30)

TABLE = """
    what        open full limited none
    save        yes  yes  no      no
    complete    yes  yes  no      no
    add_file    yes  yes  no      no
    files_done  yes  yes  no      no
    review      yes  yes  yes     no
    download    yes  yes  yes     no
"""
"""As rules.md 4 has it: what is asked of the customer does not depend on the toggles for chat and attachments."""

FULL: dict[str, Any] = {"access": AccessSetting.FULL_RESTRICTED, "access_for": FULL_DAYS}
POLICIES: dict[str, dict[str, Any]] = {
    "no access": {"access": ""},
    "full, unlimited, toggles off": {"access": AccessSetting.FULL_UNLIMITED, "attachments": False, "chat": False},
    "full, unlimited, toggles on": {"access": AccessSetting.FULL_UNLIMITED, "attachments": True, "chat": True},
    "full, restricted, toggles off": {**FULL, "attachments": False, "chat": False},
    "full, restricted, toggles on": {**FULL, "attachments": True, "chat": True},
    "full, then limited": {**FULL, "then_limited_for": LIMITED_DAYS},
    "limited": {"access": AccessSetting.LIMITED, "access_for": LIMITED_DAYS},
}
LEVELS: dict[str, list[tuple[str, timedelta | None]]] = {
    # until when each level lasts, counted from the end; None: for ever
    "no access": [("none", None)],
    "full, unlimited, toggles off": [("full", None)],
    "full, unlimited, toggles on": [("full", None)],
    "full, restricted, toggles off": [("full", FULL_DAYS), ("none", None)],
    "full, restricted, toggles on": [("full", FULL_DAYS), ("none", None)],
    "full, then limited": [("full", FULL_DAYS), ("limited", FULL_DAYS + LIMITED_DAYS), ("none", None)],
    "limited": [("limited", LIMITED_DAYS), ("none", None)],
}


def around(policy: str) -> list[timedelta | None]:
    """Lengths since the end (None: still open): at it, and on both sides of each boundary."""
    edges = [length for _level, length in LEVELS[policy] if length]
    near = [edge + step for edge in edges for step in (-MICROSECOND, timedelta(0), MICROSECOND)]
    return [None, timedelta(0), MICROSECOND, *near, timedelta(days=4000)]


def level(policy: str, since_end: timedelta | None) -> str:
    if since_end is None:
        return "open"
    return next(name for name, length in LEVELS[policy] if length is None or since_end < length)


def allowed(what: str, level: str) -> bool:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    cells = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    return cells[what][level] == "yes"


class Papers:
    """A form and files that were asked for, each new, and what a customer tries with them at a moment."""

    def __init__(self, session: LiveSession, form: Document, asked_for: Document) -> None:
        self.session, self.form, self.asked_for = session, form, asked_for

    def tries(self) -> dict[str, Callable[[datetime], bool]]:
        return {
            "review": self.review,
            "download": self.download,
            "save": self.save,
            "complete": self.complete,
            "add_file": self.add_file,
            "files_done": self.files_done,
        }

    def save(self, now: datetime) -> bool:
        return _goes(lambda: save(self.form.pk, typed(2**41, remarks="Hello"), now=now))

    def complete(self, now: datetime) -> bool:
        return _goes(lambda: complete(self.form.pk, typed(**COMPLETE), CONSENT, key=uuid4(), now=now))

    def add_file(self, now: datetime) -> bool:
        upload = SimpleUploadedFile("more.png", PNG)
        return _goes(lambda: add_file(self.asked_for.pk, upload, key=uuid4(), now=now))

    def files_done(self, now: datetime) -> bool:
        return _goes(lambda: files_done(self.asked_for.pk, key=uuid4(), now=now))

    def review(self, now: datetime) -> bool:
        note_opened(self.form.pk, now=now)
        return "document_opened" in kinds(self.session)

    def download(self, now: datetime) -> bool:
        return Permission.DOWNLOAD in access.permitted(fresh(self.session), now)


def _goes(call: Callable[[], object]) -> bool:
    try:
        call()
    except Refused:
        return False
    return True


@pytest.fixture
def papers(session: LiveSession, anna: Agent) -> Papers:
    asked_for = ask_for_files(session.pk, anna, "Card", most=5, key=uuid4(), now=STARTED)
    add_file(asked_for.pk, SimpleUploadedFile("first.png", PNG), key=uuid4(), now=STARTED)
    return Papers(session, sent(session, anna), asked_for)


CASES = [(policy, since_end) for policy in POLICIES for since_end in around(policy)]


@pytest.mark.parametrize(("policy", "since_end"), CASES, ids=str)
def test_what_a_customer_can_do_with_documents(papers: Papers, policy: str, since_end: timedelta | None) -> None:
    set_policy(**POLICIES[policy])
    now = STARTED + HOUR
    if since_end is not None:
        end(papers.session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
        now = ENDED + since_end
    name = level(policy, since_end)
    for what, attempt in papers.tries().items():
        assert attempt(now) is allowed(what, name), (what, name)
    _nothing_is_lost(papers, now, is_kept=allowed("save", name))


def _nothing_is_lost(papers: Papers, now: datetime, *, is_kept: bool) -> None:
    """What was entered stands in the form, or in the one draft that brings the agent back to the session."""
    after, drafts = fresh(papers.session), papers.session.drafts.all()
    if is_kept:
        assert entered(papers.form)["remarks"] == "Hello" and not drafts
        assert papers.asked_for.files.count() == 2
    else:
        assert [draft.text.splitlines() for draft in drafts] == [
            ["Order", "Name: Carla", "Remarks: Hello", "Terms: yes", "Signature: signed"]
        ]
        assert entered(papers.form) == {"name": "Carla"}
        assert papers.asked_for.files.count() == 1
        assert after.follow_up_since == now


@pytest.mark.parametrize("then", [timedelta(0), LIMITED_DAYS], ids=["then nothing", "then limited"])
def test_full_access_runs_out_between_two_fields(session: LiveSession, anna: Agent, then: timedelta) -> None:
    """To the microsecond, with every worker stopped, and with nothing of it lost."""
    more: dict[str, Any] = {"then_limited_for": then} if then else {}
    set_policy(access=AccessSetting.FULL_RESTRICTED, access_for=DAY, **more)
    document = sent(session, anna, new_version(fields=[a_field("a"), a_field("b")]))
    end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=ENDED)
    save(document.pk, typed(1, a="in time"), now=ENDED + DAY - MICROSECOND)
    with pytest.raises(Refused):
        save(document.pk, typed(2, b="too late"), now=ENDED + DAY)
    assert entered(document) == {"a": "in time"}
    assert session.drafts.get().text == "Order\nA: in time\nB: too late"
