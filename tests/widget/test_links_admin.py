"""The link console in Django admin (product.md D5)."""

from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from policies_app.kinds import EndReason
from policies_app.models import ChatWidget, Workstream
from sessions_app import links
from sessions_app.kinds import Actor, Audience, LinkKind, LinkOutcome, LinkState
from sessions_app.link_states import in_state, state_of
from sessions_app.models import AccessLink, Agent, Customer, LinkEvent, LiveSession
from sessions_app.row_words import words
from sessions_app.transitions import end
from sessions_app.widget.entering import Visitor
from sessions_app.widget.links import reconnect_address
from tests.cast import full_then_limited, kinds, new_session
from tests.moments import DAY, MICROSECOND, STARTED
from tests.widget.portal import OVER_AT, PHONE, entered, new_widget, started, token_of

pytestmark = pytest.mark.django_db(transaction=True)

LINKS = "/admin/sessions_app/accesslink/"
ATTEMPTS = "/admin/sessions_app/linkevent/"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(STARTED, tick=False)


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def widget(db: None) -> ChatWidget:
    return new_widget()


@pytest.fixture
def chat(widget: ChatWidget) -> LiveSession:
    return started(widget)


def somebody_who(*rights: str) -> Client:
    user = User.objects.create_user(f"somebody-{uuid4()}")
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_workstream", *rights]))
    browser = Client()
    browser.force_login(user)
    return browser


def link_of(session: LiveSession, kind: LinkKind = LinkKind.RECONNECT, **fields: Any) -> AccessLink:
    if kind == LinkKind.RECONNECT:
        reconnect_address(session, by=session.agent, now=STARTED)
    else:
        links.mint(session, by=session.agent, kind=kind, now=STARTED)
    AccessLink.objects.filter(pk=session.links.latest("pk").pk).update(**fields)
    return session.links.latest("pk")


def page_of(link: AccessLink, *rest: str) -> str:
    return "/".join([LINKS.rstrip("/"), str(link.pk), *rest, ""])


def listed(browser: Client, path: str = LINKS, **asked: object) -> list[int]:
    page = browser.get(path, asked)
    assert page.status_code == 200
    return [row.pk for row in page.context["cl"].result_list]


# How a link stands -------------------------------------------------------------------------------------------------


def every_link(widget: ChatWidget, anna: Agent, carla: Customer) -> None:
    """Links of the kinds that are judged differently, in sessions in every situation, untouched, used, old, revoked."""
    full_then_limited()
    chats = [started(widget) for _ in range(3)]
    end(chats[1].pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=STARTED)
    invited = [new_session(anna, carla) for _ in range(2)]
    end(invited[1].pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)
    touched: list[dict[str, Any]] = [{}, {"used_at": STARTED}, {"expires_at": STARTED}, {"revoked_at": STARTED}]
    for session, kind, fields in product([*chats, *invited], LinkKind, touched):
        made = AccessLink.objects.create(
            session=session, kind=kind, token_hash=uuid4().hex, created_at=STARTED, **fields
        )
        assert made.pk
    LiveSession.objects.filter(pk=chats[2].pk).update(
        state="disconnected",
        agent=anna,
        last_agent_activity_at=STARTED,
        disconnected_at=STARTED,
        return_until=OVER_AT,
        next_due_at=OVER_AT,
        next_due_kind="end_away",
    )


@pytest.mark.parametrize("now", [STARTED - MICROSECOND, STARTED, OVER_AT, STARTED + DAY, STARTED + 2 * DAY])
def test_the_filter_finds_what_the_list_says(widget: ChatWidget, anna: Agent, carla: Customer, now: Any) -> None:
    every_link(widget, anna, carla)
    found = {state: set(AccessLink.objects.filter(in_state(state, now))) for state in LinkState}
    assert sum(map(len, found.values())) == AccessLink.objects.count()
    for state, some in found.items():
        assert {state_of(link, now) for link in some} <= {state}


STANDS: dict[str, tuple[dict[str, Any], LinkKind, LinkState]] = {
    "untouched": ({}, LinkKind.INVITATION, LinkState.IN_FORCE),
    "used": ({"used_at": STARTED}, LinkKind.RECONNECT, LinkState.IN_FORCE),
    "used up": ({"used_at": STARTED}, LinkKind.HANDOVER, LinkState.USED_UP),
    "expired": ({"expires_at": STARTED}, LinkKind.INVITATION, LinkState.EXPIRED),
    "revoked": ({"revoked_at": STARTED}, LinkKind.RECONNECT, LinkState.REVOKED),
}


@pytest.mark.parametrize("case", STANDS)
def test_how_a_link_stands(chat: LiveSession, case: str) -> None:
    fields, kind, state = STANDS[case]
    assert state_of(link_of(chat, kind, **fields), STARTED) is state


def test_a_reconnect_link_is_over_with_the_session_or_the_time_limit_and_an_invitation_with_the_access(
    widget: ChatWidget, anna: Agent, chat: LiveSession
) -> None:
    full_then_limited()
    reconnect, invitation = link_of(chat), link_of(chat, LinkKind.INVITATION)
    end(chat.pk, EndReason.ENDED_BY_CUSTOMER, actor=Actor.CUSTOMER, now=STARTED)
    one, other = (AccessLink.objects.get(pk=link.pk) for link in (reconnect, invitation))
    assert (state_of(one, STARTED), state_of(other, STARTED)) == (LinkState.OVER, LinkState.IN_FORCE)
    assert state_of(other, STARTED + 2 * DAY) is LinkState.OVER


# The console -------------------------------------------------------------------------------------------------------


def test_the_list_tells_of_every_link_and_can_be_narrowed_down(
    admin: Client, widget: ChatWidget, chat: LiveSession, session: LiveSession
) -> None:
    reconnect, invitation = link_of(chat), link_of(session, LinkKind.INVITATION)
    assert listed(admin) == [invitation.pk, reconnect.pk]
    shown = admin.get(LINKS).content.decode()
    for said in ("To reconnect to a chat", "Invitation", "Shop", "Anna", "Carla", "In force", "not used yet"):
        assert said in shown
    assert listed(admin, session__widget__id__exact=widget.pk) == [reconnect.pk]
    assert listed(admin, session__workstream__id__exact=Workstream.objects.create(name="Loans").pk) == []
    assert listed(admin, kind__exact="invitation") == [invitation.pk]
    assert listed(admin, session=session.pk) == [invitation.pk]
    AccessLink.objects.filter(pk=invitation.pk).update(revoked_at=STARTED)
    assert listed(admin, state="revoked") == [invitation.pk]
    assert listed(admin, state="in_force") == [reconnect.pk]
    assert listed(admin, state="odd") == [invitation.pk, reconnect.pk]


def test_the_page_of_a_session_leads_to_its_links(admin: Client, session: LiveSession) -> None:
    link_of(session, LinkKind.INVITATION)
    page = admin.get(f"/admin/sessions_app/livesession/{session.pk}/change/").content.decode()
    assert f"{LINKS}?session={session.pk}" in page


def test_the_attempts_are_told_with_their_outcome_also_those_with_no_link(
    admin: Client, widget: ChatWidget, chat: LiveSession
) -> None:
    token = token_of(reconnect_address(chat, by=None, now=STARTED))
    entered(widget, Visitor(PHONE), link=token, now=STARTED)
    entered(widget, Visitor(PHONE), link="guess", now=STARTED)
    link = chat.links.get()
    page = admin.get(page_of(link, "change")).content.decode()
    assert "Let in" in page and "Safari" in page and "no such link" not in page
    attempts = admin.get(ATTEMPTS).content.decode()
    assert "Let in" in attempts and "there is no such link" in attempts
    assert listed(admin, ATTEMPTS, outcome__exact="unknown") == [LinkEvent.objects.latest("pk").pk]
    for event in LinkEvent.objects.all():
        assert admin.get(f"{ATTEMPTS}{event.pk}/change/").status_code == 200
    everything = page + attempts + admin.get(LINKS).content.decode()
    assert token not in everything and link.token_hash not in everything and "guess" not in everything


def test_the_list_asks_as_often_for_many_links_as_for_one(
    admin: Client, chat: LiveSession, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        link_of(chat)
        LinkEvent.objects.create(link=chat.links.latest("pk"), at=STARTED, outcome=LinkOutcome.USED)
    for page in (LINKS, ATTEMPTS):
        with django_assert_max_num_queries(16):
            admin.get(page)


# Revoking ----------------------------------------------------------------------------------------------------------


def test_a_link_is_revoked_after_a_question(admin: Client, widget: ChatWidget, chat: LiveSession) -> None:
    token = token_of(reconnect_address(chat, by=None, now=STARTED))
    link = chat.links.get()
    assert "It lets nobody in any more" in admin.get(page_of(link, "revoke")).content.decode()
    assert chat.links.get().revoked_at is None, "looking changes nothing"
    assert admin.post(page_of(link, "revoke")).headers["Location"] == page_of(link, "change")
    assert chat.links.get().revoked_at == STARTED
    row = chat.timeline.latest("number")
    assert (row.kind, row.actor, row.payload["by"]) == ("link_revoked", Actor.ADMIN, "ada")
    assert "Administrator" in words(row, Audience.AGENT).values["agent"]
    admin.post(page_of(link, "revoke"))
    assert kinds(chat).count("link_revoked") == 1, "twice is as once"
    assert entered(widget, Visitor(PHONE), link=token).session is None
    assert "revoke/" not in admin.get(page_of(link, "change")).content.decode()
    assert admin.get(f"{LINKS}999/revoke/").status_code == 404


def test_an_administrator_who_is_an_agent_is_named_as_one(session: LiveSession, anna: Agent) -> None:
    link = link_of(session, LinkKind.INVITATION)
    anna.user.user_permissions.set(Permission.objects.filter(codename__in=["view_livesession", "revoke_link"]))
    anna.user.user_permissions.add(Permission.objects.get(codename="view_workstream"))
    browser = Client()
    browser.force_login(anna.user)
    browser.post(page_of(link, "revoke"))
    assert session.timeline.latest("number").agent == anna


def test_who_looks_at_sessions_looks_at_links_and_only_who_may_revokes(chat: LiveSession) -> None:
    link = link_of(chat)
    nobody, looks, revokes = somebody_who(), somebody_who("view_livesession"), somebody_who("revoke_link")
    for page in (LINKS, ATTEMPTS, page_of(link, "change")):
        assert (nobody.get(page).status_code, looks.get(page).status_code) == (403, 200)
    assert page_of(link, "revoke") not in looks.get(page_of(link, "change")).content.decode()
    for browser in (nobody, looks, revokes):
        assert browser.post(page_of(link, "revoke")).status_code == 403
    assert chat.links.get().revoked_at is None
    both = somebody_who("view_livesession", "revoke_link")
    assert page_of(link, "revoke") in both.get(page_of(link, "change")).content.decode()
    assert both.post(page_of(link, "revoke")).status_code == 302
    for forged in ("add/", f"{link.pk}/delete/"):
        assert both.post(f"{LINKS}{forged}").status_code == 403
