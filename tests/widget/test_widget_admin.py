"""Chat widgets in Django admin: making, moving, looking, keeping, and the time limit of their workstream (B1 to B7)."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils.html import escape

from policies_app.history import changes_of
from policies_app.models import ChatWidget, SystemSettings, Workstream
from sessions_app.assigning import enter_queue
from sessions_app.models import Customer, LiveSession
from sessions_app.widget.looks import config
from tests.moments import MINUTE, STARTED
from tests.policies.posts import WORKSTREAM
from tests.widget import posts
from tests.widget.posts import post_for

LIST = "/admin/policies_app/chatwidget/"
ADD = f"{LIST}add/"
PREVIEW = f"{LIST}preview/"
WORKSTREAMS = "/admin/policies_app/workstream/"


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def loans(db: None) -> Workstream:
    return Workstream.objects.create(name="Loans", auto_close_after=10 * MINUTE)


@pytest.fixture
def widget(loans: Workstream) -> ChatWidget:
    return new_widget(loans)


def new_widget(workstream: Workstream, name: str = "Website", **more: Any) -> ChatWidget:
    given = {"reconnect_on": True, "same_agent_for": 5 * MINUTE, "allowed_origins": ["https://www.example.com"]}
    return ChatWidget.objects.create(workstream=workstream, name=name, **given | more)


def browser_with(*permissions: str) -> Client:
    """A browser in which somebody is signed in who may do just this."""
    user = User.objects.create_user("wes")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser = Client()
    browser.force_login(user)
    return browser


def form_of(obj: ChatWidget | Workstream) -> str:
    return f"{WORKSTREAMS if isinstance(obj, Workstream) else LIST}{obj.pk}/change/"


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# Making and changing ---------------------------------------------------------------------------------------------


def test_a_widget_is_made_and_its_snippet_is_shown(admin: Client, loans: Workstream) -> None:
    assert "data-widget=" not in shown(admin, ADD)
    assert admin.post(ADD, post_for(loans, posts.EVERYTHING)).status_code == 302
    widget = ChatWidget.objects.get()
    page = shown(admin, form_of(widget))
    snippet = f'<script async src="{settings.BASE_URL}/widget.js" data-widget="{widget.key}"></script>'
    assert escape(snippet) in page
    assert f"script-src {settings.BASE_URL}; frame-src {settings.BASE_URL}; connect-src {settings.BASE_URL};" in page


def test_the_time_limit_is_shown_with_where_it_comes_from_and_cannot_be_typed(
    admin: Client, widget: ChatWidget, loans: Workstream
) -> None:
    page = shown(admin, form_of(widget))
    assert "<span data-limit>10 minutes</span>" in page
    assert f'data-limit-page href="{form_of(loans)}"' in page
    posted = post_for(loans, posts.HELD, {"time_limit": "1", "auto_close_after": "1"})
    assert admin.post(form_of(widget), posted).status_code == 302
    loans.refresh_from_db()
    assert loans.auto_close_after == 10 * MINUTE


def test_a_new_widget_can_begin_in_a_workstream(admin: Client, loans: Workstream) -> None:
    assert f'data-chosen-limit="10 minutes" data-chosen-page="{form_of(loans)}"' in shown(
        admin, f"{ADD}?workstream={loans.pk}"
    )


def test_what_was_typed_is_still_there_when_something_is_wrong(admin: Client, loans: Workstream) -> None:
    wrong = {"hours_0": "nine to five", "greeting": "Good <morning>", "redirect_url": "portal"}
    page = admin.post(ADD, post_for(loans, posts.EVERYTHING, wrong)).content.decode()
    for typed in ("nine to five", "Good &lt;morning&gt;", 'value="portal"'):
        assert typed in page
    assert not ChatWidget.objects.exists()


def test_a_widget_that_is_shown_nowhere_says_so(admin: Client, loans: Workstream) -> None:
    page = admin.post(ADD, post_for(loans, {"allowed_origins": ""}), follow=True).content.decode()
    assert "Website has no allowed origins yet" in page


def test_a_widget_that_moves_below_what_it_holds_asks_first(admin: Client, widget: ChatWidget) -> None:
    quick = Workstream.objects.create(name="Quick", auto_close_after=3 * MINUTE)
    posted = post_for(quick, posts.HELD)
    page = admin.post(form_of(widget), posted).content.decode()
    agreement = f"{widget.pk}@180"
    assert "by Website (5 minutes)" in page and f'value="{agreement}"' in page and "Shorten it to 3 minutes" in page
    assert admin.post(form_of(widget), posted | {"shorten": agreement}).status_code == 302
    widget.refresh_from_db()
    assert (widget.workstream, widget.same_agent_for) == (quick, 3 * MINUTE)


def test_the_list_asks_the_same_number_of_questions_however_many_there_are(
    admin: Client, loans: Workstream, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        new_widget(loans, f"Widget {number}")
    with django_assert_max_num_queries(8):
        admin.get(LIST)


# The preview -----------------------------------------------------------------------------------------------------


def preview(browser: Client, posted: dict[str, Any], query: str = "") -> str:
    answer = browser.post(PREVIEW + query, posted)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_preview_says_what_a_dropped_customer_will_get(admin: Client, loans: Workstream) -> None:
    text = preview(admin, post_for(loans, posts.HELD, posts.LINKED, posts.REDIRECTED))
    assert "Within 5 minutes they come back to the same agent, whose seat is held" in text
    assert "is sent to portal.example.com/late." in text
    assert "From the moment at which the connection is lost: Nothing changes, 20 seconds; Same agent" in text
    assert 'data-status="No problems"' in text
    assert not ChatWidget.objects.exists()


def test_the_preview_names_every_problem_and_leads_to_its_field(admin: Client, loans: Workstream) -> None:
    text = preview(admin, post_for(loans, posts.HELD, {"same_agent_for_number": "11", "grace_number": "", "title": ""}))
    assert 'data-status="3 problems"' in text
    assert '<a href="#id_same_agent_for_0">Reconnect to previous agent for</a>: 11 minutes is longer than' in text
    assert "<figure" not in text


@pytest.mark.parametrize(
    ("colour", "ink", "said"),
    [("#ffcc00", "#000000", "is black: white would be hard to read"), ("#206bc4", "#ffffff", "is white.")],
)
def test_the_preview_says_in_what_the_widget_writes_on_its_colour(
    admin: Client, loans: Workstream, colour: str, ink: str, said: str
) -> None:
    text = preview(admin, post_for(loans, {"colour": colour}))
    assert f'data-ink="{ink}"' in text and f"Text on this colour {said}" in text
    admin.post(ADD, post_for(loans, {"colour": colour}))
    assert config(ChatWidget.objects.get(), STARTED)["ink"] == ink


def test_the_preview_says_nothing_of_what_is_no_colour(admin: Client, loans: Workstream) -> None:
    assert "Text on this colour" not in preview(admin, post_for(loans, {"colour": "blue"}))


def test_the_preview_follows_the_workstream_that_is_chosen(admin: Client, widget: ChatWidget) -> None:
    slow = Workstream.objects.create(name="Slow", auto_close_after=60 * MINUTE)
    text = preview(admin, post_for(slow, posts.HELD), f"?widget={widget.pk}")
    assert 'data-chosen-limit="1 hour"' in text and "Until 1 hour after" in text
    assert 'data-status="No problems"' in text, "its own name is not taken"


@pytest.mark.parametrize("query", ["?widget=x", "?widget=999999", f"?widget={'9' * 40}"])
def test_a_preview_of_no_widget_is_that_of_a_new_one(admin: Client, loans: Workstream, query: str) -> None:
    assert 'data-status="No problems"' in preview(admin, post_for(loans), query)


def test_the_preview_is_for_those_who_may_save(widget: ChatWidget, loans: Workstream) -> None:
    browser = browser_with("view_chatwidget")
    assert browser.post(f"{PREVIEW}?widget={widget.pk}", post_for(loans)).status_code == 403
    assert browser.get(PREVIEW).status_code in (403, 405)


def test_an_empty_post_is_answered_with_what_is_missing(admin: Client) -> None:
    assert "Name</a>: This field is required" in preview(admin, {})


# Who may ---------------------------------------------------------------------------------------------------------


def test_who_may_only_look_sees_everything_and_changes_nothing(widget: ChatWidget, loans: Workstream) -> None:
    browser = browser_with("view_chatwidget", "view_workstream")
    ChatWidget.objects.update(hours={"0": [["09:00", "17:00"]]}, portal_url="https://www.example.com/help")
    page = shown(browser, form_of(widget))
    for said in ("https://www.example.com", "Monday 09:00", "Within 5 minutes", "https://www.example.com/help"):
        assert said in page
    assert browser.post(form_of(widget), post_for(loans, {"name": "Mine"})).status_code == 403
    assert browser.post(ADD, post_for(loans)).status_code == 403
    assert browser.post(f"{LIST}{widget.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ChatWidget.objects.get().name == "Website"


def test_others_see_nothing(widget: ChatWidget) -> None:
    browser = browser_with("view_workstream")
    assert browser.get(LIST).status_code == 403
    assert browser.get(form_of(widget)).status_code == 403


# Deleting --------------------------------------------------------------------------------------------------------


def test_a_widget_that_nobody_came_by_is_deleted_after_a_question(admin: Client, widget: ChatWidget) -> None:
    assert "Are you sure" in shown(admin, f"{LIST}{widget.pk}/delete/")
    assert admin.post(f"{LIST}{widget.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not ChatWidget.objects.exists()


def test_one_that_somebody_came_by_says_why_it_stays_and_is_deactivated(
    admin: Client, widget: ChatWidget, carla: Customer
) -> None:
    enter_queue(carla, widget.workstream_id, widget=widget, now=STARTED)
    assert "Website cannot be deleted: it has 1 session, which stay." in shown(admin, f"{LIST}{widget.pk}/delete/")
    admin.post(f"{LIST}{widget.pk}/delete/", {"post": "yes"})
    widget.refresh_from_db()
    assert not widget.is_active and LiveSession.objects.filter(widget=widget).exists()


def test_widgets_are_not_deleted_from_the_list(admin: Client, widget: ChatWidget) -> None:
    admin.post(LIST, {"action": "delete_selected", "_selected_action": [widget.pk], "post": "yes"})
    assert ChatWidget.objects.exists()


def test_a_workstream_with_a_widget_is_kept(admin: Client, widget: ChatWidget, loans: Workstream) -> None:
    assert "Loans cannot be deleted: it has 1 chat widget" in shown(admin, f"{WORKSTREAMS}{loans.pk}/delete/")


# History ---------------------------------------------------------------------------------------------------------


def told(widget: ChatWidget) -> dict[str, str]:
    newest = LogEntry.objects.get_for_object(widget).latest("pk")
    return {change.label: " ".join(piece.text for piece in change.pieces) for change in changes_of(newest)}


def test_every_change_is_recorded_in_words(admin: Client, widget: ChatWidget, loans: Workstream) -> None:
    changed = {"allowed_origins": "https://a.example.com\nhttps://b.example.com", "ask_email": "required"}
    admin.post(form_of(widget), post_for(loans, posts.BY_HOURS, changed))
    said = told(widget)
    assert said["Allowed origins"] == "https://www.example.com → https://a.example.com, https://b.example.com"
    assert said["Business hours"].endswith("Friday 09:00\N{EN DASH}12:00")
    assert said["Reconnect to previous agent for"] == "5 minutes → \N{EN DASH}"
    assert said["Ask for the e-mail address"] == "Do not ask → Ask, and require an answer"


def test_a_version_is_restored(admin: Client, widget: ChatWidget, loans: Workstream) -> None:
    admin.post(form_of(widget), post_for(loans, posts.EVERYTHING))
    entry = LogEntry.objects.get_for_object(widget).latest("pk")
    admin.post(form_of(widget), post_for(loans, {"allowed_origins": "https://other.example.com"}))
    assert f"restore={entry.pk}" in shown(admin, f"{LIST}{widget.pk}/history/")
    form = admin.get(f"{form_of(widget)}?restore={entry.pk}").context["adminform"].form
    assert form["by_hours"].value() is True
    assert "https://www.example.com</textarea>" in str(form["allowed_origins"])
    assert "13:00\N{EN DASH}17:30" in str(form["hours"])
    assert 'value="5"' in str(form["same_agent_for"])


# The time limit of the workstream --------------------------------------------------------------------------------


def limit(number: int, **more: str) -> dict[str, Any]:
    return {"name": "Loans", "is_active": "on"} | WORKSTREAM | {"auto_close_after_number": str(number)} | more


def test_the_time_limit_of_a_workstream_is_a_duration(admin: Client, loans: Workstream) -> None:
    assert admin.post(form_of(loans), limit(25)).status_code == 302
    loans.refresh_from_db()
    assert loans.auto_close_after == 25 * MINUTE


@pytest.mark.parametrize("wrong", ["", "0", "-1", "ten", "99999999", "1.5"])
def test_a_time_limit_that_is_none_is_said(admin: Client, loans: Workstream, wrong: str) -> None:
    answer = admin.post(form_of(loans), limit(1, auto_close_after_number=wrong))
    assert "auto_close_after" in answer.context["adminform"].form.errors
    loans.refresh_from_db()
    assert loans.auto_close_after == 10 * MINUTE


def test_shortening_it_below_what_is_held_names_the_widgets_and_asks(
    admin: Client, widget: ChatWidget, loans: Workstream
) -> None:
    app, short = new_widget(loans, "App", same_agent_for=7 * MINUTE), new_widget(loans, "B", same_agent_for=2 * MINUTE)
    page = admin.post(form_of(loans), limit(3)).content.decode()
    assert "by App (7 minutes), Website (5 minutes)" in page
    agreement = f"{app.pk},{widget.pk}@180"
    assert f'value="{agreement}"' in page
    loans.refresh_from_db()
    assert loans.auto_close_after == 10 * MINUTE, "nothing is stored before they agree"

    assert admin.post(form_of(loans), limit(3, shorten=agreement)).status_code == 302
    loans.refresh_from_db()
    held = dict(ChatWidget.objects.values_list("name", "same_agent_for"))
    assert loans.auto_close_after == 3 * MINUTE
    assert held == {"App": 3 * MINUTE, "Website": 3 * MINUTE, short.name: 2 * MINUTE}
    assert told(widget) == {"Reconnect to previous agent for": "5 minutes → 3 minutes"}


@pytest.mark.parametrize("agreed", ["on", "True", "{pk}@240", "@180", "{pk},{pk}@180"])
def test_agreeing_to_something_else_is_not_enough(
    admin: Client, widget: ChatWidget, loans: Workstream, agreed: str
) -> None:
    assert admin.post(form_of(loans), limit(3, shorten=agreed.format(pk=widget.pk))).status_code == 200
    widget.refresh_from_db()
    assert widget.same_agent_for == 5 * MINUTE


def test_a_widget_that_came_meanwhile_is_told_too(admin: Client, widget: ChatWidget, loans: Workstream) -> None:
    agreement = f"{widget.pk}@180"
    new_widget(loans, "App", same_agent_for=7 * MINUTE)
    page = admin.post(form_of(loans), limit(3, shorten=agreement)).content.decode()
    assert "by App (7 minutes), Website (5 minutes)" in page


def test_widgets_of_other_workstreams_keep_what_they_hold(admin: Client, widget: ChatWidget) -> None:
    other = Workstream.objects.create(name="Other")
    assert admin.post(form_of(other), limit(3, name="Other")).status_code == 302
    widget.refresh_from_db()
    assert widget.same_agent_for == 5 * MINUTE


def test_the_form_of_a_workstream_leads_to_its_widgets(admin: Client, loans: Workstream) -> None:
    assert f'href="{ADD}?workstream={loans.pk}"' in shown(admin, form_of(loans))
    widget = new_widget(loans)
    assert f'href="{form_of(widget)}"' in shown(admin, form_of(loans))


def test_a_host_that_a_widget_sends_customers_to_is_not_taken_from_the_list(admin: Client, widget: ChatWidget) -> None:
    SystemSettings.objects.create(pk=1)
    ChatWidget.objects.update(redirect_url="https://portal.example.com/late")
    posted = {"allowed_redirect_hosts": "other.example.com", "away_after_number": "5", "away_after_unit": "minutes"}
    page = admin.post("/admin/policies_app/systemsettings/1/change/", posted).content.decode()
    assert "Website sends customers to https://portal.example.com/late" in page


def test_a_new_workstream_is_offered_the_usual_durations(admin: Client) -> None:
    form = admin.get(f"{WORKSTREAMS}add/").context["adminform"].form
    assert (form["answer_within"].value(), form["auto_close_after"].value()) == (MINUTE, 10 * MINUTE)
