"""System settings > General settings: which hosts customers may be sent to (rules.md 4, Redirect customer)."""

import pytest
from django.test import Client

from policies_app.models import SystemSettings, Workstream
from policies_app.selectors import system_settings
from tests.cast import set_policy
from tests.policies.test_overrides import browser_with

pytestmark = pytest.mark.django_db

LIST = "/admin/policies_app/systemsettings/"
FORM = f"{LIST}1/change/"


@pytest.fixture
def admin() -> Client:
    return browser_with("view_systemsettings", "change_systemsettings")


AS_IT_IS = {
    "away_after_number": "10",
    "away_after_unit": "minutes",
    "link_lasts_number": "",
    "link_lasts_unit": "minutes",
}
"""What the form posts of the settings that nobody touched."""


def save(browser: Client, *lines: str) -> str:
    """Save these lines; what the page says if it refuses them, else nothing."""
    answer = browser.post(FORM, {"allowed_redirect_hosts": "\r\n".join(lines)} | AS_IT_IS)
    return "" if answer.status_code == 302 else answer.content.decode().replace("&quot;", '"')


def test_the_form_is_the_page_even_before_anything_was_saved(admin: Client) -> None:
    assert not SystemSettings.objects.exists()
    assert admin.get(LIST)["Location"] == FORM
    assert "Allowed hosts for redirects" in admin.get(FORM).content.decode()


def test_hosts_are_kept_one_a_line_as_name_servers_know_them(admin: Client) -> None:
    assert save(admin, " Example.com ", "", "*.münchen.example", "example.com.") == ""
    assert system_settings().redirect_hosts == ["example.com", "*.xn--mnchen-3ya.example"]
    assert save(admin, "other.example") == ""
    assert SystemSettings.objects.get().allowed_redirect_hosts == "other.example"
    assert save(admin) == ""
    assert system_settings().redirect_hosts == []


def test_every_line_that_is_no_host_is_named_and_nothing_typed_is_lost(admin: Client) -> None:
    said = save(admin, "https://example.com", "good.example", "example.com:8080")
    assert "“https://example.com” is not the name of a host" in said
    assert "“example.com:8080” is not the name of a host" in said
    assert "“good.example”" not in said and "good.example" in said
    assert not SystemSettings.objects.exists()


def test_a_list_that_forbids_a_redirect_in_use_is_refused_with_where_it_is(admin: Client) -> None:
    loans = Workstream.objects.create(name="Loans")
    set_policy(redirect_customer="https://www.example.com/bye")
    set_policy(redirect_customer="https://loans.example/{reason}", workstream=loans)
    said = save(admin, "*.example.com")
    assert "Loans sends customers to https://loans.example/{reason}, which is not on this list." in said
    assert "The system-wide behavior sends" not in said
    assert "The system-wide behavior sends customers to https://www.example.com/bye" in save(admin, "loans.example")
    assert save(admin, "*.example.com", "loans.example") == ""


def test_an_empty_list_forbids_nothing(admin: Client) -> None:
    set_policy(redirect_customer="https://www.example.com/bye")
    assert save(admin) == ""


def test_a_redirect_that_is_turned_off_forbids_nothing(admin: Client) -> None:
    set_policy(redirect_customer="https://www.example.com/bye")
    set_policy()
    assert save(admin, "other.example") == ""


def test_it_takes_the_right_to_look_and_the_right_to_change() -> None:
    looker = browser_with("view_systemsettings")
    assert looker.get(FORM).status_code == 200
    assert looker.post(FORM, {"allowed_redirect_hosts": "example.com"}).status_code == 403
    assert browser_with("view_endsessionbehavior").get(FORM).status_code == 403
    assert not SystemSettings.objects.exists()


def test_it_is_neither_added_nor_deleted(admin: Client) -> None:
    save(admin, "example.com")
    assert admin.post(f"{LIST}add/", {"allowed_redirect_hosts": ""}).status_code == 403
    assert admin.post(f"{FORM[:-7]}delete/", {"post": "yes"}).status_code == 403
    assert admin.get(f"{LIST}2/change/").status_code == 302
