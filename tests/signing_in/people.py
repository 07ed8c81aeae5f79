"""Accounts with passwords, and what their browsers do to sign in."""

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone

from sessions_app.encrypted import encrypted
from sessions_app.signing_in import authenticator
from sessions_app.signing_in.models import AuthenticatorApp, SignInEvent

PASSWORD = "a long walk by the harbour"
HOME, OFFICE, ELSEWHERE = "192.0.2.1", "192.0.2.2", "198.51.100.7"


def account(username: str = "nora", *rights: str, **fields: Any) -> User:
    """Somebody with the password, and these rights beside it."""
    user = User.objects.create_user(username, password=PASSWORD, **fields)
    for right in rights:
        app, _dot, codename = right.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def in_role(username: str, role: str) -> User:
    user = account(username)
    user.groups.add(Group.objects.get(name=role))
    return user


def browser_at(address: str = HOME) -> Client:
    return Client(REMOTE_ADDR=address, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0")


def sign_in(browser: Client, username: str = "nora", password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/sign-in/", {"username": username, "password": password, **more})


def fail(browser: Client, times: int, username: str = "nora") -> Any:
    """Wrong passwords. Returns the last answer."""
    answers = [sign_in(browser, username, "wrong") for _ in range(times)]
    return answers[-1]


def signed_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def with_app(user: User) -> str:
    """Gives somebody an authenticator app. Returns its secret."""
    secret = authenticator.new_secret()
    AuthenticatorApp.objects.create(user=user, secret=encrypted(secret), created_at=timezone.now())
    return secret


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    moment = int(timezone.now().timestamp()) + steps * authenticator.STEP
    return authenticator._totp(secret).generate(moment).decode()


def happenings(user: User | None = None) -> list[str]:
    """What the history tells of somebody, in order."""
    return list(SignInEvent.objects.filter(user=user).order_by("pk").values_list("happening", flat=True))
