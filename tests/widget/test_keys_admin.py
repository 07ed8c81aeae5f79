"""The signing keys of a chat widget in Django admin: what is accepted, what is said of the rest, what is not shown."""

import json
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.models import Permission, User
from django.test import RequestFactory
from django.utils import timezone

from policies_app.history import changes_of
from policies_app.kinds import Algorithm
from policies_app.models import ChatWidget
from sessions_app.admin.widget_keys import WidgetKeyFormSet, WidgetKeyInline, stored
from sessions_app.documents.seal_keys import as_pem, self_made
from sessions_app.encrypted import decrypted
from sessions_app.widget.identity import identify
from sessions_app.widget.keys import fingerprints, to_store, verifiers_in
from sessions_app.widget.models import WidgetKey
from tests.widget.portals import (
    SECRET,
    ec_key,
    jwk,
    new_widget,
    pem,
    private_pem,
    publishing,
    rsa_key,
    token,
    trust,
)


@pytest.fixture(autouse=True)
def _this_computer_may_be_asked(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def widget(db: None) -> ChatWidget:
    return new_widget()


def inline() -> WidgetKeyInline:
    return WidgetKeyInline(ChatWidget, AdminSite())


def formset(widget: ChatWidget, user: User, *posted: dict[str, Any]) -> WidgetKeyFormSet:
    """As the page of the widget makes it: shown if nothing is posted."""
    request = RequestFactory().get("/")
    request.user = user
    kind: type[WidgetKeyFormSet] = inline().get_formset(request, widget)
    if not posted:
        return kind(instance=widget)
    kept = sum("id" in one for one in posted)
    data = {"keys-TOTAL_FORMS": len(posted), "keys-INITIAL_FORMS": kept}
    data |= {f"keys-{number}-{name}": value for number, one in enumerate(posted) for name, value in one.items()}
    return kind(data=data, instance=widget)


def new(pasted: str, algorithm: str = "RS256", name: str = "First", **more: str) -> dict[str, str]:
    return {"name": name, "algorithm": algorithm, "pasted": pasted} | more


def errors(made: WidgetKeyFormSet) -> str:
    assert not made.is_valid()
    return json.dumps([form.errors for form in made.forms])


@pytest.mark.parametrize(
    ("algorithm", "pasted", "key"),
    [
        ("RS256", lambda: f"\r\n{pem(rsa_key())}\r\n", rsa_key),
        ("RS256", lambda: json.dumps({"keys": [jwk(rsa_key(), kid="a")]}), rsa_key),
        ("ES256", lambda: json.dumps(jwk(ec_key())), ec_key),
        ("HS256", lambda: f" {SECRET}\r\n", lambda: SECRET),
    ],
    ids=["PEM", "JWKS", "JWK", "secret"],
)
def test_a_key_that_is_added_is_believed(
    widget: ChatWidget, admin_user: User, algorithm: str, pasted: Callable[[], str], key: Callable[[], Any]
) -> None:
    made = formset(widget, admin_user, new(pasted(), algorithm))
    assert made.is_valid(), errors(made)
    made.save()
    now = timezone.now()
    times = {"iat": now.timestamp(), "exp": now.timestamp() + 60}
    assert identify(widget, token(key(), algorithm, **times), now=now).subject == "mia"
    assert now - widget.keys.get().created_at < timedelta(minutes=1)


def test_a_key_is_added_together_with_its_widget(widget: ChatWidget, admin_user: User) -> None:
    unsaved = ChatWidget(workstream=widget.workstream, name="New")
    made = formset(unsaved, admin_user, new(pem(rsa_key())))
    assert made.is_valid(), errors(made)
    unsaved.save()
    made.save()
    assert unsaved.keys.get().name == "First"


# What is pasted, and words of what is said.
WRONG: dict[str, tuple[str, Callable[[], str], str]] = {
    "nothing": ("RS256", lambda: "", "required"),
    "no key": ("RS256", lambda: "mia", "a PEM begins with"),
    "a PEM without its end": ("RS256", lambda: pem(rsa_key()).partition("-----END")[0], "end of the key is missing"),
    "a PEM with a piece missing": ("RS256", lambda: pem(rsa_key()).replace("M", "", 3), "Was all of it copied"),
    "two PEMs": ("RS256", lambda: pem(rsa_key()) + pem(rsa_key("b")), "more than one key"),
    "a private key": ("RS256", lambda: private_pem(rsa_key()), "private key"),
    "a private JWK": ("RS256", lambda: json.dumps(jwk(rsa_key(), d="AQAB")), "private key"),
    "a short RSA key": ("RS256", lambda: pem(rsa_key("weak", 1024)), "has 1024 bits"),
    "a curve for RSA": ("RS256", lambda: pem(ec_key()), "RS256 needs an RSA key"),
    "RSA for a curve": ("ES256", lambda: pem(rsa_key()), "ES256 needs an elliptic curve"),
    "another curve": ("ES256", lambda: pem(ec_key("c", ec.SECP384R1)), "P-256"),
    "a JWK of another kind": ("ES256", lambda: json.dumps(jwk(rsa_key())), "kty is EC"),
    "a JWK to encrypt": ("RS256", lambda: json.dumps(jwk(rsa_key(), use="enc")), "something else"),
    "a JWK that is not whole": ("RS256", lambda: '{"kty": "RSA", "e": "AQAB"}', "not complete"),
    "a JWK with numbers": ("RS256", lambda: '{"kty": "RSA", "e": 3, "n": 5}', "not complete"),
    "a JWKS without keys": ("RS256", lambda: '{"keys": []}', "no key for RS256"),
    "a JWKS without a list": ("RS256", lambda: '{"keys": 7}', "no list of keys"),
    "broken JSON": ("RS256", lambda: '{"kty": ', "not JSON"),
    "a short secret": ("HS256", lambda: "x" * 31, "has 31 bytes"),
    "a public key as secret": ("HS256", lambda: pem(rsa_key()), "not a secret"),
    "plain http": ("RS256", lambda: "http://portal.example/jwks.json", "begins with https"),
    "a password in the address": ("RS256", lambda: "https://a:b@portal.example/", "no password"),
    "no host": ("RS256", lambda: "https:///jwks.json", "not an address"),
    "no port": ("RS256", lambda: "https://portal.example:mia/", "not an address"),
    "nobody there": ("RS256", lambda: "http://127.0.0.1:1/jwks.json", "refused"),
    "far too long": ("RS256", lambda: "x" * 70_000, "longer than 65536"),
}  # fmt: skip


@pytest.mark.parametrize(("algorithm", "pasted", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_words(
    widget: ChatWidget, admin_user: User, algorithm: str, pasted: Callable[[], str], said: str
) -> None:
    assert said in errors(formset(widget, admin_user, new(pasted(), algorithm)))


def test_an_address_is_tried_before_it_is_kept(widget: ChatWidget, admin_user: User) -> None:
    with publishing() as portal:
        portal.say(jwk(ec_key()))
        assert "no key for RS256" in errors(formset(widget, admin_user, new(portal.url)))
        portal.say(jwk(rsa_key()))
        assert formset(widget, admin_user, new(portal.url)).is_valid()


def test_an_address_in_the_network_behind_parley_is_refused_without_being_asked(
    widget: ChatWidget, admin_user: User, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    with publishing() as portal:
        portal.say(jwk(rsa_key()))
        assert "not on the public internet" in errors(formset(widget, admin_user, new(portal.url)))
        assert portal.asked == 0


def test_a_certificate_gives_its_key(widget: ChatWidget, tmp_path: Path) -> None:
    certificate = as_pem(self_made(tmp_path / "seal.p12", now=timezone.now()).certificate).decode()
    assert len(fingerprints(verifiers_in(Algorithm.RS256, certificate))) == 1


def test_a_secret_is_never_shown_again(widget: ChatWidget, admin_user: User) -> None:
    key = trust(widget, SECRET, Algorithm.HS256)
    page = formset(widget, admin_user).as_p()
    assert "set on" in page
    assert SECRET not in page and key.material not in page


def test_of_a_public_key_all_is_shown(widget: ChatWidget, admin_user: User) -> None:
    trust(widget, pem(rsa_key()))
    assert "BEGIN PUBLIC KEY" in formset(widget, admin_user).as_p()
    assert "SHA-256 begins with" in stored(widget.keys.get())


def test_each_form_offers_another_fresh_secret_that_will_do(widget: ChatWidget, admin_user: User) -> None:
    offered = {str(formset(widget, admin_user).empty_form.fields["pasted"].help_text).split()[-1] for _ in range(2)}
    assert len(offered) == 2
    assert all(decrypted(to_store(Algorithm.HS256, secret)) == secret for secret in offered)


def test_what_a_key_is_stays_and_when_it_holds_changes(widget: ChatWidget, admin_user: User) -> None:
    key = trust(widget, pem(rsa_key()), name="First")
    ends = {"not_after_0": "2027-01-01", "not_after_1": "00:00:00"}
    made = formset(widget, admin_user, new(SECRET, "HS256", "Old", id=str(key.pk), **ends))
    assert made.is_valid(), errors(made)
    made.save()
    changed = widget.keys.get()
    assert (changed.name, changed.algorithm, changed.material) == ("Old", "RS256", key.material)
    assert changed.not_after.year == 2027


def test_it_ends_after_it_begins(widget: ChatWidget, admin_user: User) -> None:
    halves = {"0": "2027-01-01", "1": "00:00:00"}
    same = {f"{name}_{half}": value for name in ("not_before", "not_after") for half, value in halves.items()}
    assert "later than" in errors(formset(widget, admin_user, new(pem(rsa_key()), **same)))


def test_two_keys_of_a_widget_have_two_names(widget: ChatWidget, admin_user: User) -> None:
    twice = (new(pem(rsa_key())), new(pem(rsa_key("b"))))
    assert "called so" in errors(formset(widget, admin_user, *twice))
    key = trust(widget, pem(rsa_key()), name="First")
    again = ({"id": str(key.pk), "name": "First"}, new(pem(ec_key()), "ES256"))
    assert "called so" in errors(formset(widget, admin_user, *again))


@pytest.mark.parametrize("right", ["view", "add", "change", "delete"])
def test_each_right_over_keys_is_one_of_its_own(db: None, right: str) -> None:
    user = User.objects.create_user("wes")
    user.user_permissions.set(Permission.objects.filter(codename="change_chatwidget"))
    assert rights(user) == set()
    user.user_permissions.add(Permission.objects.get(codename=f"{right}_widgetkey"))
    assert right in rights(User.objects.get(pk=user.pk)) <= {"view", right}


def rights(user: User) -> set[str]:
    request = RequestFactory().get("/")
    request.user = user
    asks = {
        "view": inline().has_view_permission(request),
        "add": inline().has_add_permission(request, None),
        "change": inline().has_change_permission(request),
        "delete": inline().has_delete_permission(request),
    }
    return {right for right, may in asks.items() if may}


def test_history_tells_of_keys_without_telling_them(widget: ChatWidget) -> None:
    key = trust(widget, SECRET, Algorithm.HS256)
    material = key.material
    key.name, key.material = "Renamed", to_store(Algorithm.HS256, SECRET + "more")
    key.save()
    key.delete()
    entries = LogEntry.objects.get_for_model(WidgetKey)
    assert sorted(entry.action for entry in entries) == [0, 1, 2]
    assert {change.label for entry in entries for change in changes_of(entry)} >= {"Name", "Key"}
    told = json.dumps([[entry.changes, entry.serialized_data] for entry in entries])
    assert SECRET not in told and material not in told and material[:8] not in told


def test_the_use_of_a_key_is_no_change_of_a_setting(widget: ChatWidget) -> None:
    trust(widget, pem(rsa_key()))
    before = LogEntry.objects.count()
    now = timezone.now()
    identify(widget, token(iat=now.timestamp(), exp=now.timestamp() + 60), now=now)
    assert LogEntry.objects.count() == before
    assert widget.keys.get().last_used_at == now


def test_the_page_of_a_widget_can_have_it(widget: ChatWidget, admin_user: User) -> None:
    class Page(ModelAdmin):
        inlines = [WidgetKeyInline]

    trust(widget, pem(rsa_key()))
    request = RequestFactory().get("/")
    request.user = admin_user
    site = AdminSite()
    site.register(ChatWidget, Page)
    answer = Page(ChatWidget, site).changeform_view(request, str(widget.pk))
    inline_formset = answer.context_data["inline_admin_formsets"][0]
    assert [form.instance.name for form in inline_formset.formset.forms] == ["Key 1"]
    assert inline_formset.readonly_fields == ["last_used"]
