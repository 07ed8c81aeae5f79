"""What the environment makes of sign-ins."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.environment import BASE_DIR
from tests.signing_in.people import account, browser_at, sign_in

ASKED = (
    "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_PATH", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_AGE", "TWO_FACTOR", "OIDC",
)  # fmt: skip
SHOW = f"""
import json
from django.conf import settings
print(json.dumps({{name: getattr(settings, name) for name in {ASKED!r}}}, default=repr))
"""
PRODUCTION = {
    "PARLEY_BASE_URL": "https://parley.example.com",
    "PARLEY_EMAIL_URL": "smtp://localhost",
    "PARLEY_SEAL_KEY": "self-made",
}


def started(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "PARLEY_DATA_DIR": str(folder)} | environment
    return subprocess.run([sys.executable, "-c", SHOW], cwd=BASE_DIR, env=given, capture_output=True, text=True)


def settings_of(folder: Path, **environment: str) -> dict[str, Any]:
    done = started(folder, **environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_in_production_the_cookie_is_this_hosts_alone_and_two_steps_are_required(tmp_path: Path) -> None:
    found = settings_of(tmp_path, **PRODUCTION)
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert (found["SESSION_COOKIE_SECURE"], found["SESSION_COOKIE_PATH"], found["SESSION_COOKIE_DOMAIN"]) == (
        True,
        "/",
        None,
    ), "or browsers would not take a cookie of that name"
    assert found["TWO_FACTOR"] == "supervisors" and found["OIDC"] is None


def test_on_ones_own_computer_neither_is(tmp_path: Path) -> None:
    found = settings_of(tmp_path)
    assert found["SESSION_COOKIE_NAME"] == "parley" and not found["SESSION_COOKIE_SECURE"]
    assert found["TWO_FACTOR"] == "nobody"


def test_what_is_set_holds_and_no_secret_is_shown(tmp_path: Path) -> None:
    found = settings_of(
        tmp_path,
        PARLEY_TWO_FACTOR="administrators",
        PARLEY_SIGN_IN_MAX_HOURS="10",
        PARLEY_OIDC_ISSUER="https://id.example.com/",
        PARLEY_OIDC_CLIENT_ID="parley",
        PARLEY_OIDC_CLIENT_SECRET="hidden-thing",
        PARLEY_OIDC_ROLES="cn=admins=Administrator, people=Agent",
    )
    assert found["TWO_FACTOR"] == "administrators" and found["SESSION_COOKIE_AGE"] == 36_000
    assert "'https://id.example.com'" in found["OIDC"] and "hidden-thing" not in found["OIDC"]
    assert "{'cn=admins': 'Administrator', 'people': 'Agent'}" in found["OIDC"]


WRONG = {
    "PARLEY_TWO_FACTOR": "everybody",
    "PARLEY_SIGN_IN_IDLE_MINUTES": "0",
    "PARLEY_SIGN_IN_MAX_HOURS": "forever",
    "PARLEY_SIGN_IN_HISTORY_DAYS": "-1",
    "PARLEY_ADMIN_NETWORKS": "10.0.0.1/8",
    "PARLEY_OIDC_ISSUER": "http://id.example.com",
    "PARLEY_OIDC_CLIENT_ID": "",
    "PARLEY_OIDC_ROLES": "admins=Boss",
}


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_a_wrong_value_is_refused_by_name(name: str, value: str, tmp_path: Path) -> None:
    provider = {"PARLEY_OIDC_ISSUER": "https://id.example.com", "PARLEY_OIDC_CLIENT_ID": "parley"}
    done = started(tmp_path, **provider | {name: value})
    assert done.returncode != 0 and name in done.stderr.strip().splitlines()[-1]


def test_the_cookie_is_for_no_script_and_for_no_other_sites_requests(db: None) -> None:
    account()
    browser = browser_at()
    sign_in(browser)
    cookie = browser.cookies["parley"]
    assert cookie["httponly"] is True and cookie["samesite"] == "Lax" and cookie["path"] == "/"


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_the_sign_in_page_leads_to_no_other_site(db: None, evil: str) -> None:
    account()
    assert sign_in(browser_at(), next=evil)["Location"] == "/"


def test_each_sign_in_has_a_new_key(db: None) -> None:
    """Nobody can have somebody else sign in to a session that they know."""
    account()
    browser = browser_at()
    sign_in(browser, password="wrong")
    session = browser.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    browser.cookies.load({"parley": str(planted)})
    sign_in(browser)
    assert browser.cookies["parley"].value != planted
    thief = browser_at()
    thief.cookies.load({"parley": str(planted)})
    assert thief.get("/account/").status_code == 302
