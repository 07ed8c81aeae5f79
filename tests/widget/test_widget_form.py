"""System settings > Chat widgets: what can be saved, and what is said of the rest (B1 to B3, B5, B7)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies_app.models import ChatWidget, SystemSettings, Workstream
from policies_app.widget_forms import APPLIES_WHEN
from policies_app.widgets import save_widget
from tests.moments import HOUR, MINUTE
from tests.widget import posts
from tests.widget.posts import form_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def loans() -> Workstream:
    return Workstream.objects.create(name="Loans", auto_close_after=10 * MINUTE)


def saved(
    workstream: Workstream, *parts: dict[str, str], widget: ChatWidget | None = None, without: tuple[str, ...] = ()
) -> ChatWidget:
    form = form_for(workstream, *parts, widget=widget, without=without)
    assert form.is_valid(), form.errors
    save_widget(form.save(commit=False))
    return ChatWidget.objects.get(name=form.cleaned_data["name"])


def test_a_plain_widget_reconnects_nobody_and_is_always_open(loans: Workstream) -> None:
    widget = saved(loans)
    assert (widget.reconnect_on, widget.same_agent_for, widget.hours) == (False, None, {})
    assert (widget.allowed_origins, widget.grace) == (["https://www.example.com"], timedelta(seconds=20))
    assert len(widget.key) >= 16


def test_everything_is_stored_as_it_was_typed(loans: Workstream) -> None:
    widget = saved(loans, posts.EVERYTHING)
    assert widget.hours == {"0": [["09:00", "12:00"], ["13:00", "17:30"]], "4": [["09:00", "12:00"]]}
    assert (widget.time_zone, widget.closed_text) == ("Europe/Berlin", "Closed until Monday.")
    assert (widget.reconnect_on, widget.same_agent_for, widget.sends_link) == (True, 5 * MINUTE, True)
    assert (widget.portal_url, widget.redirect_url) == (posts.LINKED["portal_url"], posts.REDIRECTED["redirect_url"])
    assert (widget.sign_in, widget.audience, widget.ask_question) == ("required", "parley", "required")


def test_the_seat_can_be_held_for_just_the_time_limit(loans: Workstream) -> None:
    assert saved(loans, posts.HELD, {"same_agent_for_number": "10"}).same_agent_for == loans.auto_close_after


def test_the_seat_need_not_be_held(loans: Workstream) -> None:
    assert saved(loans, posts.HELD, {"same_agent_for_number": ""}).same_agent_for is None


def test_a_day_without_hours_is_closed(loans: Workstream) -> None:
    assert "1" not in saved(loans, posts.BY_HOURS).hours


def test_what_is_stored_is_offered_again(loans: Workstream) -> None:
    widget = saved(loans, posts.EVERYTHING)
    form = type(form_for(loans))(instance=widget)
    page = form.as_div()
    assert 'value="09:00\N{EN DASH}12:00, 13:00\N{EN DASH}17:30"' in page
    assert form["by_hours"].value() is True
    assert "https://www.example.com</textarea>" in page


# What does not apply ---------------------------------------------------------------------------------------------

OFF = {
    "reconnect_on": {"same_agent_for", "portal_url", "sends_link", "redirect_url"},
    "by_hours": {"hours", "time_zone", "closed_text"},
}


@pytest.mark.parametrize("switch", OFF)
@pytest.mark.parametrize("posted", [True, False], ids=["posted all the same", "not posted"])
def test_what_no_longer_applies_is_stored_as_it_was_from_the_beginning(
    loans: Workstream, switch: str, posted: bool
) -> None:
    before = saved(loans, posts.EVERYTHING)
    gone = {switch} if posted else {switch, *(name for part in (posts.BY_HOURS, posts.HELD) for name in part)}
    gone |= set() if posted else {*posts.LINKED, *posts.REDIRECTED}
    if switch == "by_hours":
        gone -= {*posts.HELD, *posts.LINKED, *posts.REDIRECTED}
    else:
        gone -= {*posts.BY_HOURS}
    widget = saved(loans, posts.EVERYTHING, widget=before, without=tuple(gone))
    fresh = ChatWidget()
    assert {name: getattr(widget, name) for name in OFF[switch]} == {name: getattr(fresh, name) for name in OFF[switch]}


def test_without_a_sign_in_there_is_no_audience(loans: Workstream) -> None:
    before = saved(loans, posts.EVERYTHING)
    assert saved(loans, posts.EVERYTHING, {"sign_in": "none"}, widget=before).audience == ""


def test_a_problem_with_what_does_not_apply_is_none(loans: Workstream) -> None:
    nonsense = {"same_agent_for_number": "ten", "redirect_url": "nowhere", "hours_0": "nine", "time_zone": "Mars"}
    assert form_for(loans, nonsense).is_valid()


# What is bad -----------------------------------------------------------------------------------------------------

PROBLEMS = [
    ({"workstream": ""}, "workstream", "required"),
    ({"workstream": "999999"}, "workstream", "valid choice"),
    ({"workstream": "'; --"}, "workstream", "valid choice"),
    ({"name": ""}, "name", "required"),
    ({"name": "N" * 101}, "name", "100"),
    ({"allowed_origins": "www.example.com"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "https://www.example.com/help"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "https://www.example.com/?a=b"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "https://www.example.com#top"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "https://*.example.com"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "*"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "null"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "https://a b.example.com"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "https://a.example.com;script-src *"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "https://www.example.com:99999"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "ftp://www.example.com"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "javascript:alert(1)"}, "allowed_origins", "is not an origin"),
    ({"allowed_origins": "https://me@www.example.com"}, "allowed_origins", "user name"),
    ({"allowed_origins": "http://www.example.com"}, "allowed_origins", "not secure"),
    ({"allowed_origins": "http://localhost.example.com"}, "allowed_origins", "not secure"),
    ({"allowed_origins": "\n".join(f"https://{n}.example.com" for n in range(51))}, "allowed_origins", "at most 50"),
    ({"title": ""}, "title", "required"),
    ({"title": "T" * 61}, "title", "60"),
    ({"launcher": ""}, "launcher", "required"),
    ({"launcher": "L" * 41}, "launcher", "40"),
    ({"greeting": "G" * 1001}, "greeting", "1000"),
    ({"colour": ""}, "colour", "required"),
    ({"colour": "blue"}, "colour", "#rrggbb"),
    ({"colour": "#12345"}, "colour", "#rrggbb"),
    ({"colour": "#12345g"}, "colour", "#rrggbb"),
    ({"colour": "#206bc4;"}, "colour", "7"),
    ({"corner": "top"}, "corner", "top"),
    ({"ask_name": "perhaps"}, "ask_name", "perhaps"),
    ({"ask_email": ""}, "ask_email", "required"),
    ({"ask_question": "always"}, "ask_question", "always"),
    (posts.BY_HOURS | {"hours_0": "nine to five"}, "hours", "Monday: “nine to five”"),
    (posts.BY_HOURS | {"hours_2": "17-9"}, "hours", "Wednesday"),
    (posts.BY_HOURS | {"hours_6": "9-13, 12-17"}, "hours", "overlap"),
    (posts.BY_HOURS | {"hours_1": "9-25"}, "hours", "not a time of day"),
    (posts.BY_HOURS | {"hours_0": "", "hours_4": ""}, "hours", "at least one day"),
    (posts.BY_HOURS | {"hours_0": "9-12," * 60}, "hours", "200"),
    (posts.BY_HOURS | {"time_zone": ""}, "time_zone", "time zone"),
    (posts.BY_HOURS | {"time_zone": "Mars/Olympus"}, "time_zone", "Mars/Olympus"),
    (posts.BY_HOURS | {"time_zone": "../../etc/passwd"}, "time_zone", "not one of the available"),
    (posts.BY_HOURS | {"closed_text": "C" * 1001}, "closed_text", "1000"),
    ({"nobody_text": "N" * 1001}, "nobody_text", "1000"),
    ({"sign_in": "maybe"}, "sign_in", "maybe"),
    ({"sign_in": "optional"}, "audience", "Enter the audience"),
    (posts.SIGNED | {"audience": "A" * 201}, "audience", "200"),
    (posts.HELD | {"same_agent_for_number": "11"}, "same_agent_for", "11 minutes is longer than"),
    (posts.HELD | {"same_agent_for_number": "11"}, "same_agent_for", "10 minutes, which is the Auto-close after"),
    (posts.HELD | {"same_agent_for_number": "59", "same_agent_for_unit": "seconds"}, "same_agent_for", "1 minute"),
    (posts.HELD | {"same_agent_for_number": "31", "same_agent_for_unit": "days"}, "same_agent_for", "30 days"),
    (posts.HELD | {"same_agent_for_number": "-5"}, "same_agent_for", "Give a duration from"),
    (posts.HELD | {"same_agent_for_number": "1.5"}, "same_agent_for", "whole number"),
    (posts.HELD | {"same_agent_for_unit": "weeks"}, "same_agent_for", "weeks"),
    (posts.HELD | {"same_agent_for_number": "9" * 30}, "same_agent_for", "Give a duration from"),
    (posts.HELD | {"sends_link": "on"}, "portal_url", "Enter the page"),
    (posts.HELD | {"portal_url": "help"}, "portal_url", "whole address"),
    (posts.HELD | {"portal_url": "javascript:alert(1)"}, "portal_url", "whole address"),
    (posts.HELD | {"portal_url": "https://me:pw@www.example.com/"}, "portal_url", "whole address"),
    (posts.HELD | {"portal_url": "https://other.example.com/help"}, "portal_url", "not among the allowed origins"),
    (posts.HELD | {"portal_url": "http://www.example.com/help"}, "portal_url", "not among the allowed origins"),
    (posts.HELD | {"portal_url": "https://www.example.com/" + "a" * 2000}, "portal_url", "2000"),
    (posts.HELD | {"redirect_url": "portal"}, "redirect_url", "whole address"),
    (posts.HELD | {"redirect_url": "https://p.example.com/{who}"}, "redirect_url", "{who}"),
    (posts.HELD | {"redirect_url": "http://localhost:8000/c/1/"}, "redirect_url", "in Parley itself"),
    (posts.HELD | {"redirect_url": "https://p.example.com/" + "a" * 2000}, "redirect_url", "2000"),
    ({"grace_number": ""}, "grace", "Enter after how long"),
    ({"grace_number": "4"}, "grace", "5 seconds"),
    ({"grace_number": "6", "grace_unit": "minutes"}, "grace", "5 minutes"),
    ({"grace_number": "soon"}, "grace", "whole number"),
]


@pytest.mark.parametrize(("wrong", "field", "said"), PROBLEMS)
def test_what_is_wrong_is_said_at_its_field(loans: Workstream, wrong: dict[str, str], field: str, said: str) -> None:
    form = form_for(loans, wrong)
    assert list(form.errors) == [field]
    assert any(said in message for message in form.errors[field]), form.errors[field]


def test_every_origin_that_is_none_is_named(loans: Workstream) -> None:
    form = form_for(loans, {"allowed_origins": "https://good.example.com\nbad\n\nworse/"})
    assert ["bad" in form.errors["allowed_origins"][0], "worse/" in form.errors["allowed_origins"][1]] == [True, True]


def test_origins_are_stored_as_browsers_send_them(loans: Workstream) -> None:
    typed = """
        HTTPS://WWW.Example.com/
        https://www.example.com:443
        https://shop.example.com:8443
        https://münchen.example
        http://localhost:5500
        http://127.0.0.1:5500
        https://[2001:DB8::1]:8443
    """
    assert saved(loans, {"allowed_origins": typed}).allowed_origins == [
        "https://www.example.com",
        "https://shop.example.com:8443",
        "https://xn--mnchen-3ya.example",
        "http://localhost:5500",
        "http://127.0.0.1:5500",
        "https://[2001:db8::1]:8443",
    ]


def test_two_widgets_have_two_names(loans: Workstream) -> None:
    saved(loans)
    assert "already exists" in form_for(loans).errors["name"][0]


def test_customers_are_sent_only_to_allowed_hosts(loans: Workstream) -> None:
    SystemSettings.objects.create(pk=1, allowed_redirect_hosts="other.example.com")
    form = form_for(loans, posts.HELD, posts.REDIRECTED)
    assert "is not an allowed host" in form.errors["redirect_url"][0]


# Moving to another workstream ------------------------------------------------------------------------------------


@pytest.fixture
def quick() -> Workstream:
    return Workstream.objects.create(name="Quick", auto_close_after=3 * MINUTE)


def test_a_move_below_what_is_held_is_told_and_must_be_agreed_to(loans: Workstream, quick: Workstream) -> None:
    widget = saved(loans, posts.HELD)
    form = form_for(quick, posts.HELD, widget=widget)
    assert form.errors["workstream"][0] == (
        "The agent's seat is held for longer than 3 minutes, the Auto-close after inactivity of Quick, "
        "by Website (5 minutes). Agree below that it is shortened, or change this back."
    )
    agreement = form.fields["shorten"].widget.attrs["value"]
    assert f'value="{agreement}"' in str(form["shorten"]) and 'checked=""' not in str(form["shorten"])
    moved = saved(quick, posts.HELD, {"shorten": agreement}, widget=ChatWidget.objects.get())
    assert (moved.workstream, moved.same_agent_for) == (quick, 3 * MINUTE)


def test_an_agreement_is_kept_while_something_else_is_mended(loans: Workstream, quick: Workstream) -> None:
    widget = saved(loans, posts.HELD)
    agreement = f"{widget.pk}@180"
    form = form_for(quick, posts.HELD, {"shorten": agreement, "title": ""}, widget=widget)
    assert list(form.errors) == ["title"]
    assert f'value="{agreement}"' in str(form["shorten"])


@pytest.mark.parametrize("agreement", ["on", "true", "", "1@60", "@180"])
def test_only_what_was_told_is_agreed_to(loans: Workstream, quick: Workstream, agreement: str) -> None:
    widget = saved(loans, posts.HELD)
    form = form_for(quick, posts.HELD, {"shorten": agreement}, widget=widget)
    assert "workstream" in form.errors


def test_a_move_with_another_hold_is_judged_as_any_edit(loans: Workstream, quick: Workstream) -> None:
    widget = saved(loans, posts.HELD)
    form = form_for(quick, posts.HELD, {"same_agent_for_number": "4"}, widget=widget)
    assert list(form.errors) == ["same_agent_for"]
    assert saved(quick, posts.HELD, {"same_agent_for_number": "3"}, widget=widget).workstream == quick


def test_a_limit_that_was_shortened_while_somebody_typed_holds(loans: Workstream) -> None:
    form = form_for(loans, posts.HELD)
    assert form.is_valid()
    Workstream.objects.filter(pk=loans.pk).update(auto_close_after=2 * MINUTE)
    save_widget(form.save(commit=False))
    assert ChatWidget.objects.get().same_agent_for == 2 * MINUTE


# Any post --------------------------------------------------------------------------------------------------------

_NONSENSE = st.sampled_from(["", "on", "-1", "9" * 30, "nine", "\x00", "💥", "https://[", "{", "24:00-24:00", "none"])


@given(st.dictionaries(st.sampled_from(sorted(posts.EVERYTHING)), _NONSENSE, max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_post_breaks_the_form_or_stores_what_contradicts_itself(loans: Workstream, odd: dict[str, str]) -> None:
    form = form_for(loans, posts.EVERYTHING, odd)
    if not form.is_valid():
        assert form.errors
        return
    widget = form.save(commit=False)
    widget.validate_constraints()
    for name, (parent, values) in APPLIES_WHEN.items():
        if form.cleaned_data[parent] not in values:
            assert getattr(widget, name) == getattr(ChatWidget(), name)
    assert widget.same_agent_for is None or widget.same_agent_for <= loans.auto_close_after < HOUR
