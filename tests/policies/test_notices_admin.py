"""System settings > Notices: what can be saved, what is said of the rest, the preview, and who may do what."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from policies_app.models import Notices, Workstream
from policies_app.notices import NOTICES
from sessions_app.models import Agent
from tests.cast import browser_of

LIST = "/admin/policies_app/notices/"
ADD = f"{LIST}add/"
PREVIEW = f"{LIST}preview/"


@pytest.fixture
def admin(admin_user: User) -> Client:
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def loans(db: None) -> Workstream:
    return Workstream.objects.create(name="Loans")


def somebody(role: str) -> Client:
    """A browser of somebody with this role who may open the admin."""
    user = User.objects.create_user(role.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    browser = Client()
    browser.force_login(user)
    return browser


def post(**texts: Any) -> dict[str, Any]:
    """What the form posts."""
    return {"workstream": "", "language": "de", **dict.fromkeys(NOTICES, ""), **texts}


def test_texts_are_saved_for_a_workstream_and_a_language(admin: Client, loans: Workstream) -> None:
    answer = admin.post(ADD, post(workstream=loans.pk, end_agent="Beendet: {reason}\r\nBitte ablegen."))
    assert answer.status_code == 302
    saved = Notices.objects.get()
    assert (saved.workstream, saved.language) == (loans, "de")
    assert saved.end_agent == "Beendet: {reason}\nBitte ablegen."
    assert saved.over_agent == ""


PROBLEMS = [
    ({"end_agent": "Tschüss {kunde}"}, "end_agent", "{kunde} is not a placeholder here"),
    ({"end_customer": "Noch {countdown}"}, "end_customer", "{countdown} is not a placeholder here"),
    ({"over_customer": "Tschüss {customer"}, "over_customer", "has no partner"),
    ({"warning_agent": "{until!r}"}, "warning_agent", "Write {until} just like that"),
    ({"end_agent": "x\r\n" * 251}, "end_agent", "This text has 501 characters"),
    ({"language": "xx"}, "language", "Select a valid choice"),
    ({"language": ""}, "language", "This field is required"),
    ({"workstream": "999"}, "workstream", "Select a valid choice"),
]


@pytest.mark.parametrize(("typed", "field", "said"), PROBLEMS)
def test_a_problem_is_named_at_its_field_and_nothing_typed_is_lost(
    admin: Client, typed: dict[str, str], field: str, said: str
) -> None:
    answer = admin.post(ADD, post(redirect_agent="Bis bald") | typed)
    form = answer.context["adminform"].form
    assert list(form.errors) == [field]
    assert said in form.errors[field][0]
    assert form["redirect_agent"].value() == "Bis bald"
    assert not Notices.objects.exists()


def test_the_end_of_a_line_counts_as_one_character(admin: Client) -> None:
    assert admin.post(ADD, post(end_agent="x\r\n" * 249 + "xx")).status_code == 302
    assert len(Notices.objects.get().end_agent) == 500


def test_there_is_one_row_for_each_workstream_and_language(admin: Client, loans: Workstream) -> None:
    for workstream in ("", loans.pk):
        assert admin.post(ADD, post(workstream=workstream)).status_code == 302
        again = admin.post(ADD, post(workstream=workstream))
        assert "There are notices for this workstream in this language already." in again.content.decode()
    assert Notices.objects.count() == 2


def test_the_list_says_for_whom_in_which_language_and_how_many(admin: Client, loans: Workstream) -> None:
    Notices.objects.create(workstream=loans, language="de", end_agent="Beendet", over_agent="Vorbei")
    Notices.objects.create(language="ar")
    page = admin.get(LIST).content.decode()
    for words in ("All workstreams", "Arabic (العربيّة)", "0 of 10", "Loans", "German (Deutsch)", "2 of 10"):
        assert words in page
    assert page.index("All workstreams") < page.index("Loans")


def test_the_tabs_are_agent_and_customer(admin: Client) -> None:
    tabs = [fieldset.name for fieldset in admin.get(ADD).context["adminform"] if "tab" in fieldset.classes]
    assert tabs == ["Agent", "Customer"]


def test_a_new_row_starts_in_english_with_parleys_own_words_as_a_hint(admin: Client) -> None:
    form = admin.get(ADD).context["adminform"].form
    assert form["language"].value() == "en"
    assert 'placeholder="The session has ended."' in str(form["end_customer"])
    assert "{host}" in str(form["redirect_customer"]) and "{host}" not in str(form["end_customer"])


def test_the_hint_is_what_holds_without_an_own_text(admin: Client, loans: Workstream) -> None:
    Notices.objects.create(language="de", end_customer="Vorbei!")
    own = Notices.objects.create(workstream=loans, language="de", end_customer="Danke!", end_agent="Fertig.")
    form = admin.get(f"{LIST}{own.pk}/change/").context["adminform"].form
    assert 'placeholder="Vorbei!"' in str(form["end_customer"])
    assert 'placeholder="Danke!"' in str(form["limited_customer"])
    assert 'placeholder="Fertig."' in str(form["over_agent"])


def test_texts_are_written_in_the_direction_of_their_language(admin: Client) -> None:
    row = Notices.objects.create(language="ar")
    form = admin.get(f"{LIST}{row.pk}/change/").context["adminform"].form
    assert 'dir="rtl"' in str(form["end_agent"]) and 'lang="ar"' in str(form["end_agent"])


# The preview -----------------------------------------------------------------------------------------------------


def test_the_preview_fills_in_an_example_and_changes_nothing(admin: Client) -> None:
    shown = admin.post(PREVIEW, post(end_agent="<b>Tschüss</b> {customer}")).json()
    assert shown["notices"]["end_agent"]["html"] == "&lt;b&gt;Tschüss&lt;/b&gt; <bdi>Carla Diaz</bdi>"
    assert (shown["language"], shown["direction"]) == ("de", "ltr")
    assert not Notices.objects.exists()


def test_the_preview_names_a_problem_at_its_own_notice_only(admin: Client) -> None:
    shown = admin.post(PREVIEW, post(end_agent="Tschüss {kunde}")).json()["notices"]
    assert [name for name, notice in shown.items() if notice.get("problem")] == ["end_agent"]
    assert "{kunde} is not a placeholder here" in shown["end_agent"]["problem"]


def test_the_preview_shows_what_is_inherited_and_from_where(admin: Client, loans: Workstream) -> None:
    Notices.objects.create(language="ar", over_customer="انتهى")
    Notices.objects.create(language="en", end_customer="Goodbye.")
    shown = admin.post(PREVIEW, post(workstream=loans.pk, language="ar", end_agent="تم")).json()
    over, end, limited = (shown["notices"][name] for name in ("over_customer", "end_customer", "limited_agent"))
    assert shown["direction"] == "rtl"
    assert (over["inherited"], over["direction"]) == ("انتهى", "rtl")
    assert (end["html"], end["direction"], end["source"]) == ("Goodbye.", "ltr", "Inherited, in English")
    assert limited["html"] == "تم"


def test_what_the_row_itself_says_now_is_not_inherited(admin: Client) -> None:
    row = Notices.objects.create(language="de", end_agent="Alt")
    shown = admin.post(PREVIEW, post(end_agent="Neu", row=row.pk)).json()["notices"]["end_agent"]
    assert (shown["html"], shown["inherited"]) == ("Neu", "{reason}, {ended}.")


@pytest.mark.parametrize("odd", [{"language": "xx"}, {"workstream": "-1"}, {"row": "x"}, {"end_agent": "\0{"}, {}])
def test_an_odd_post_still_gets_a_preview(admin: Client, odd: dict[str, str]) -> None:
    answer = admin.post(PREVIEW, odd)
    assert answer.status_code == 200
    assert set(answer.json()["notices"]) == set(NOTICES)


# Who may ---------------------------------------------------------------------------------------------------------


def test_a_supervisor_reads_and_changes_nothing(db: None) -> None:
    row = Notices.objects.create(language="de", end_agent="Fertig.")
    supervisor = somebody("Supervisor")
    assert "Fertig." in supervisor.get(f"{LIST}{row.pk}/change/").content.decode()
    refused = [ADD, PREVIEW, f"{LIST}{row.pk}/change/", f"{LIST}{row.pk}/delete/"]
    assert [supervisor.post(path, post(post="yes")).status_code for path in refused] == [403] * 4
    assert Notices.objects.get().end_agent == "Fertig."


def test_an_administrator_by_role_does_everything(db: None) -> None:
    administrator = somebody("Administrator")
    assert administrator.post(ADD, post(end_agent="Fertig.")).status_code == 302
    row = Notices.objects.get()
    assert administrator.post(f"{LIST}{row.pk}/change/", post(end_agent="Fertig!")).status_code == 302
    assert Notices.objects.get().end_agent == "Fertig!"
    assert administrator.post(PREVIEW, post()).status_code == 200


def test_deleting_is_confirmed_first(admin: Client) -> None:
    row = Notices.objects.create(language="de")
    assert admin.get(f"{LIST}{row.pk}/delete/").status_code == 200
    assert Notices.objects.exists()
    admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    assert not Notices.objects.exists()


def test_the_preview_is_posted_with_a_token_by_somebody_who_is_signed_in(admin: Client, admin_user: User) -> None:
    assert admin.get(PREVIEW).status_code == 405
    assert Client().post(PREVIEW, post()).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin_user)
    assert strict.post(PREVIEW, post()).status_code == 403


def test_an_agent_cannot_open_the_notices(anna: Agent) -> None:
    assert browser_of(anna).get(LIST, follow=True).status_code == 403


def test_the_history_says_what_a_text_was_before(admin: Client) -> None:
    admin.post(ADD, post(end_agent="Fertig."))
    row = Notices.objects.get()
    admin.post(f"{LIST}{row.pk}/change/", post(end_agent="Fertig!"))
    history = admin.get(f"{LIST}{row.pk}/history/").content.decode()
    assert "Fertig." in history and "Fertig!" in history
