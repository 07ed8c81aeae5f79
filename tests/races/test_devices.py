"""Devices and codes under concurrency."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from policies_app.kinds import DeviceAccess
from policies_app.models import Workstream
from sessions_app import codes, links
from sessions_app.actions import Refused
from sessions_app.devices import Answer, Browser, enter
from sessions_app.kinds import LinkKind
from sessions_app.models import AccessLink, Device, LiveSession, OneTimeCode
from sessions_app.new_link import ask_for_link
from tests.cast import kinds
from tests.moments import MINUTE, STARTED
from tests.races.together import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

NOW = STARTED + MINUTE


def a_link(session: LiveSession, kind: LinkKind = LinkKind.INVITATION) -> AccessLink:
    token = links.mint(session, by=None, kind=kind, now=STARTED).rstrip("/").rpartition("/")[2]
    found = links.find(token, STARTED)
    assert found
    return found


def comes(link: AccessLink, name: str) -> Callable[[], Answer]:
    return partial(enter, AccessLink.objects.select_related("session").get(pk=link.pk), Browser(name), now=NOW)


def test_of_two_browsers_at_once_one_is_the_first(session: LiveSession) -> None:
    Workstream.objects.update(device_access=DeviceAccess.FIRST)
    one, other = a_link(session), a_link(session)
    answers = at_once([comes(one, "a"), comes(other, "b")])
    assert sorted(answers) == [Answer.COME_IN, Answer.REFUSED]
    assert Device.objects.count() == 1


def test_a_hand_over_lets_one_of_many_in(session: LiveSession) -> None:
    enter(a_link(session), Browser("desktop"), now=STARTED)
    link = a_link(session, LinkKind.HANDOVER)
    answers = at_once([comes(link, f"phone {one}") for one in range(4)])
    assert answers.count(Answer.COME_IN) == 1 and answers.count(Answer.OVER) == 3


def test_one_browser_that_comes_twice_at_once_is_one_device(session: LiveSession) -> None:
    link = a_link(session)
    assert at_once([comes(link, "a")] * 4) == [Answer.COME_IN] * 4
    assert Device.objects.count() == 1 and kinds(session) == ["started", "joined"]


def _asked(call: Callable[[], object]) -> Callable[[], bool]:
    def answer() -> bool:
        try:
            return bool(call())
        except Refused:
            return False

    return answer


def test_many_guesses_at_once_are_five_and_a_code_is_used_once(session: LiveSession) -> None:
    Workstream.objects.update(device_access=DeviceAccess.CODE)
    link = a_link(session)
    enter(link, Browser("desktop"), now=STARTED)
    made = {"created_at": NOW, "expires_at": NOW + timedelta(minutes=10), "sent_to": "x"}
    OneTimeCode.objects.create(session=session, code_hash=make_password("123456"), **made)
    right = [_asked(partial(codes.come_in, link, Browser(f"p{one}"), "123456", now=NOW)) for one in range(3)]
    assert sum(at_once(right)) == 1
    OneTimeCode.objects.create(session=session, code_hash=make_password("654321"), **made)
    wrong = [_asked(partial(codes.come_in, link, Browser("thief"), "000000", now=NOW)) for _ in range(8)]
    assert sum(at_once(wrong)) == 0
    assert OneTimeCode.objects.latest("pk").wrong_tries == codes.MOST_TRIES


def test_many_who_ask_for_a_new_link_at_once_get_one(session: LiveSession) -> None:
    at_once([partial(ask_for_link, session.pk, now=timezone.now())] * 4)
    assert kinds(session).count("link_asked") == 1
