"""A customer's documents as their pages see them: at each level, from any device, with and without script."""

import json
import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.translation import get_language

from sessions_app.documents import actions
from sessions_app.documents.fields import Field, Option
from sessions_app.documents.forms import Question, for_script
from sessions_app.documents.input_hints import hints
from sessions_app.documents.kinds import DocumentState, FieldKind, Prefill
from sessions_app.documents.layout import MOST_FIELDS
from sessions_app.half_typed import Typed
from sessions_app.models import Agent, Customer, Document, Draft, LiveSession
from tests.cast import AS_SCRIPT, address, come_in, fresh, kinds, new_session
from tests.documents.pages import AGREED, LATER, again, at_level, save, submit, where
from tests.documents.papers import COMPLETE, a_field, new_version, sent
from tests.moments import STARTED


def plain_form(html: str) -> dict[str, str]:
    """What a browser without script would post, untouched: every named input of the form with its value."""
    form = html.split('data-part="form"')[1].split("</form>", maxsplit=1)[0]
    found = dict(re.findall(r'<input(?![^>]*type="(?:radio|checkbox)")[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    texts = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return found | dict(texts)


# What each level allows (rules.md 4) -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "looks", "saves"), [("open", 200, 200), ("full", 200, 200), ("limited", 200, 403), ("none", 403, 403)]
)
def test_what_each_level_allows(
    document: Document, session: LiveSession, carlas: Client, level: str, looks: int, saves: int
) -> None:
    at_level(session, level)
    page = carlas.get(where(document))
    assert page.status_code == looks
    assert ('data-part="form"' in page.content.decode()) == (saves == 200)
    assert carlas.get(where(document, "values")).status_code == looks
    assert save(carlas, document, remarks="Late").status_code == saves
    assert submit(carlas, document, COMPLETE).status_code == saves
    assert again(document).state == (DocumentState.COMPLETED if saves == 200 else DocumentState.OPEN)


@pytest.mark.parametrize("level", ["limited", "none"])
def test_what_is_refused_is_explained_and_kept_as_a_draft(
    document: Document, session: LiveSession, carlas: Client, level: str
) -> None:
    at_level(session, level)
    answer = save(carlas, document, remarks="In the last second")
    assert "What you entered was not submitted; it is kept, and the agent can see it." in answer.json()["problem"]
    assert "In the last second" in Draft.objects.get().text
    assert ("values" in answer.json()) == (level == "limited"), "nothing is told where there is no access"


def test_at_limited_what_was_entered_so_far_can_be_looked_at(
    document: Document, session: LiveSession, carlas: Client
) -> None:
    save(carlas, document, remarks="Call me", tariff="b", terms="on")
    at_level(session, "limited")
    html = carlas.get(where(document)).content.decode()
    assert all(text in html for text in ("Call me", "Beta", "A-17", "You can no longer complete this."))
    room = carlas.get(address(session, "customer")).content.decode()
    assert "Look at it" in room and "Complete documents: no longer" in room


def test_a_document_of_another_session_is_not_there(
    document: Document, carlas: Client, anna: Agent, dan: Customer
) -> None:
    other = sent(new_session(anna, dan), anna)
    wrong = address(document.session, "customer", "documents", str(other.public_id))
    for rest in ("", "values/", "pages/0/", "result/"):
        assert carlas.get(wrong + rest).status_code == 404, rest
    for rest in ("values/", "save/", "submit/", "opened/", "files/", "files/done/"):
        assert carlas.post(wrong + rest, {"values": "{}"}).status_code == 404, rest
    assert Client().get(where(document)).status_code == 403, "nor to somebody who never came in"
    assert come_in(other.session).get(where(document)).status_code == 403


def test_a_recalled_document_says_so_and_what_is_typed_then_is_kept(
    document: Document, session: LiveSession, carlas: Client, anna: Agent
) -> None:
    actions.recall(document.pk, anna, now=STARTED)
    assert "Anna recalled this document" in carlas.get(where(document)).content.decode()
    answer = save(carlas, document, remarks="Too late")
    assert answer.status_code == 403 and "This was recalled" in answer.json()["problem"]
    assert "Too late" in Draft.objects.get().text
    assert str(document.public_id) not in carlas.get(address(session, "customer")).content.decode()


# Saving ----------------------------------------------------------------------------------------------------------


def test_of_two_devices_the_newer_value_stays_in_each_field(
    document: Document, session: LiveSession, carlas: Client
) -> None:
    tablet = come_in(session)
    save(carlas, document, remarks=["from the phone", LATER + 10], name=["Carla C.", LATER])
    answer = save(tablet, document, remarks=["older", LATER], name=["Carla Clausen", LATER + 5]).json()
    assert answer["values"]["remarks"] == ["from the phone", LATER + 10]
    assert answer["values"]["name"] == ["Carla Clausen", LATER + 5]
    assert carlas.get(where(document, "values")).json() == answer


def test_every_answer_says_what_is_missing_or_wrong_in_the_servers_words(document: Document, carlas: Client) -> None:
    problems = save(carlas, document, amount="a lot").json()["problems"]
    assert problems == {
        "amount": "Enter a number, such as 1234.50.",
        "terms": "Tick this box to go on.",
        "signature": "Sign with your finger or type your name.",
    }
    assert set(save(carlas, document, amount=["12", LATER + 1]).json()["problems"]) == {"terms", "signature"}


def test_what_the_agent_filled_in_stays(document: Document, carlas: Client) -> None:
    assert save(carlas, document, number="B-1").json()["values"]["number"][0] == "A-17"


@pytest.mark.parametrize(
    "values",
    [
        "",
        "nonsense",
        "[]",
        '{"name": "x"}',
        '{"name": ["x", 0]}',
        '{"name": [1, 5]}',
        '{"name": ["x", true]}',
        "[" * 9999,
    ],
)
def test_bad_values_are_named(document: Document, carlas: Client, values: str) -> None:
    answer = carlas.post(where(document, "values"), {"values": values}, **AS_SCRIPT)
    assert answer.status_code == 422 and answer.json()["problem"]


def test_looking_changes_nothing_and_the_page_says_that_it_was_opened(
    document: Document, session: LiveSession, carlas: Client
) -> None:
    before = kinds(fresh(session))
    carlas.get(where(document))
    assert kinds(fresh(session)) == before and again(document).viewed_at is None
    assert carlas.post(where(document, "opened")).status_code == 204
    assert again(document).viewed_at is not None and kinds(fresh(session))[-1] == "document_opened"


# Submitting ------------------------------------------------------------------------------------------------------


def test_it_is_submitted_with_what_was_agreed_to_and_from_where(document: Document, carlas: Client) -> None:
    answer = carlas.post(
        where(document, "submit"),
        {"values": json.dumps({n: [t, LATER] for n, t in COMPLETE.items()}), "consent": AGREED, "key": str(uuid4())},
        REMOTE_ADDR="192.0.2.9",
        HTTP_USER_AGENT="Carla's phone",
        **AS_SCRIPT,
    )
    assert answer.json() == {"leads_to": where(document)}
    done = again(document)
    assert done.state == DocumentState.COMPLETED
    assert done.consent["address"] == "192.0.2.9" and done.consent["device"] == "Carla's phone"
    assert done.consent["text"].startswith("I agree to sign this document electronically")
    assert "Your document is being prepared." in carlas.get(where(document)).content.decode()


def test_a_retry_of_the_same_submission_is_no_second_one(document: Document, carlas: Client) -> None:
    key = str(uuid4())
    first, second = submit(carlas, document, COMPLETE, key=key), submit(carlas, document, COMPLETE, key=key)
    assert first.status_code == second.status_code == 200
    assert kinds(document.session).count("document_completed") == 1


def test_what_was_agreed_to_is_what_stood_on_the_page(
    document: Document, carlas: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions_app.documents.forms._", lambda said: f"{get_language()}: {said}")
    page = carlas.get(where(document), headers={"accept-language": "de"}).content.decode()
    assert f'name="consent" value="de: {AGREED}"' in page
    assert submit(carlas, document, COMPLETE, consent=f"de: {AGREED}").status_code == 200
    assert again(document).consent["text"] == f"de: {AGREED}", "whatever language the phone asks for meanwhile"


def test_a_text_that_is_no_longer_ours_has_to_be_read_anew(document: Document, carlas: Client) -> None:
    answer = submit(carlas, document, COMPLETE, consent="I agree to whatever it was last year.")
    assert answer.status_code == 422 and answer.json()["consent"] == AGREED
    assert again(document).state == DocumentState.OPEN and again(document).filled


def test_without_the_tick_nothing_is_submitted_and_everything_is_saved(document: Document, carlas: Client) -> None:
    answer = submit(carlas, document, COMPLETE, consent="")
    assert answer.status_code == 422 and answer.json()["problem"] == "Tick this box to submit."
    assert answer.json()["values"]["signature"][0] == COMPLETE["signature"]
    assert again(document).state == DocumentState.OPEN


def test_what_is_missing_keeps_it_from_being_submitted(document: Document, carlas: Client) -> None:
    answer = submit(carlas, document, {"name": "Carla"})
    assert answer.status_code == 422 and set(answer.json()["problems"]) == {"terms", "signature"}
    assert again(document).state == DocumentState.OPEN


# Without script --------------------------------------------------------------------------------------------------


def test_a_plain_form_is_saved_submitted_and_signed_by_name(document: Document, carlas: Client) -> None:
    html = carlas.get(where(document)).content.decode()
    form = plain_form(html)
    assert form["f0"] == "Carla" and "A-17" in html, "prefilled, and what the agent filled in"
    assert carlas.post(where(document, "save"), form | {"f1": "Line\r\nbreak", "f5": "yes"}).status_code == 302
    kept = actions.entered(document)
    assert kept["remarks"] == "Line\nbreak" and kept["insured"] == "yes"
    form = plain_form(carlas.get(where(document)).content.decode())
    answer = carlas.post(
        where(document, "submit"), form | {"f4": "on", "f8": " Carla  C. ", "f5": "yes", "consent": AGREED}
    )
    assert answer.status_code == 302
    assert again(document).state == DocumentState.COMPLETED
    assert actions.entered(document)["signature"] == '{"name": "Carla C."}'


def test_a_plain_form_with_a_mistake_comes_back_with_everything_and_says_what_is_wrong(
    document: Document, carlas: Client
) -> None:
    form = plain_form(carlas.get(where(document)).content.decode())
    answer = carlas.post(where(document, "submit"), form | {"f2": "a lot", "f1": "Typed <long>", "consent": AGREED})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a number, such as 1234.50." in html and 'value="a lot"' in html and "Typed &lt;long&gt;" in html
    assert 'aria-invalid="true"' in html and 'href="#f2"' in html


def test_a_plain_form_leaves_alone_what_another_device_changed_meanwhile(
    document: Document, session: LiveSession, carlas: Client
) -> None:
    form = plain_form(carlas.get(where(document)).content.decode())
    save(come_in(session), document, remarks="From the phone", born="1980-01-31")
    carlas.post(where(document, "save"), form | {"f2": "7"})
    kept = actions.entered(document)
    assert (kept["remarks"], kept["born"], kept["amount"]) == ("From the phone", "1980-01-31", "7")


def test_a_plain_form_may_be_as_long_as_forms_can_be(session: LiveSession, anna: Agent, carlas: Client) -> None:
    document = sent(session, anna, new_version("Long", [a_field(f"n{at}") for at in range(MOST_FIELDS)]))
    form = plain_form(carlas.get(where(document)).content.decode())
    assert carlas.post(where(document, "save"), form | {"f999": "The last one"}).status_code == 302
    assert again(document).filled == 1


def test_a_plain_form_that_comes_too_late_is_explained_and_kept(
    document: Document, session: LiveSession, carlas: Client
) -> None:
    form = plain_form(carlas.get(where(document)).content.decode())
    at_level(session, "limited")
    answer = carlas.post(where(document, "submit"), form | {"f1": "My last words", "consent": AGREED})
    html = answer.content.decode()
    assert answer.status_code == 403 and "no longer complete documents" in html and "My last words" in html
    assert "My last words" in Draft.objects.get().text


# Pieces ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (a_field("x", FieldKind.NUMBER), {"inputmode": "decimal"}),
        (a_field("x", prefill=Prefill.CUSTOMER_EMAIL), {"inputmode": "email", "autocomplete": "email"}),
        (a_field("customer_phone"), {"inputmode": "tel", "autocomplete": "tel"}),
        (a_field("x", label="Your E-Mail"), {"autocomplete": "email"}),
        (a_field("x", label="Telefon"), {"autocomplete": "tel"}),
        (a_field("x", label="Vorname"), {"autocomplete": "given-name"}),
        (a_field("name"), {"autocomplete": "name"}),
        (a_field("x", label="Name of your dog"), {"autocomplete": "off"}),
        (a_field("x", label="Postal code"), {"autocomplete": "postal-code"}),
        (a_field("x", label="Capacity"), {"autocomplete": "off"}),
        (a_field("x", longest=5), {"maxlength": "5"}),
        (a_field("x", FieldKind.DATE), {}),
    ],
)
def test_the_keyboard_that_fits(field: Field, found: dict[str, str]) -> None:
    assert found.items() <= hints(field).items()


def test_a_script_knows_the_servers_sentences() -> None:
    said = for_script(a_field("amount", FieldKind.NUMBER, required=True))
    assert said["missing"] == "Fill this in, please." and said["wrong"] == "Enter a number, such as 1234.50."
    assert for_script(a_field("x"))["missing"] == ""


@pytest.mark.parametrize(
    ("kind", "kept", "shown"),
    [
        (FieldKind.CHECKBOX, "on", "yes"),
        (FieldKind.CHECKBOX, "", ""),
        (FieldKind.CHOICE, "b", "Beta"),
        (FieldKind.SIGNATURE, '{"name": "Carla"}', "Carla"),
        (FieldKind.SIGNATURE, '{"height": 0.4, "lines": [[[0.1, 0.1]]]}', "signed"),
    ],
)
def test_what_was_entered_as_people_read_it(kind: FieldKind, kept: str, shown: str) -> None:
    field = a_field("x", kind, options=(Option("a", "Alpha"), Option("b", "Beta")))
    assert Question(0, field, Typed(kept, 1)).shown == shown


def test_a_question_without_a_place_is_on_the_first_page() -> None:
    assert Question(0, a_field("x").changed(places=())).page == 1


def test_names_of_fields_may_be_anything(session: LiveSession, anna: Agent, carlas: Client) -> None:
    version = new_version("Odd", [a_field('Straße "1" <b>.0[é]')])
    document = sent(session, anna, version)
    form = plain_form(carlas.get(where(document)).content.decode())
    carlas.post(where(document, "save"), form | {"f0": "Ring 1"})
    assert actions.entered(document) == {'Straße "1" <b>.0[é]': "Ring 1"}
