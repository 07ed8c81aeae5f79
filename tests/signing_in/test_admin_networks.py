"""Django admin from some networks only."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db
NETWORKS = ["10.0.0.0/8", "2001:db8::/32", "192.0.2.5"]

ADDRESSES = {
    "10.1.2.3": True,
    "192.0.2.5": True,
    "192.0.2.6": False,
    "11.0.0.1": False,
    "2001:db8:5::1": True,
    "2001:db9::1": False,
    "::ffff:10.0.0.1": True,
    "unix:": False,
}


@pytest.fixture
def networks(settings: Any) -> None:
    settings.ADMIN_NETWORKS = [ip_network(one) for one in NETWORKS]


@pytest.mark.parametrize(("address", "inside"), ADDRESSES.items())
def test_from_elsewhere_there_is_no_admin(admin_user: User, networks: None, address: str, inside: bool) -> None:
    browser = Client(REMOTE_ADDR=address)
    browser.force_login(admin_user)
    for path in ("/admin/", "/admin/auth/user/", "/admin/login/", "/admin/jsi18n/"):
        answer = browser.get(path, follow=True)
        assert answer.status_code == (200 if inside else 404), path
    assert browser.get("/account/").status_code == 200


def test_it_looks_like_any_address_that_there_is_not(networks: None) -> None:
    outside = Client(REMOTE_ADDR="192.0.2.6")
    there, nowhere = outside.get("/admin/"), outside.get("/nothing-here/")
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
    assert outside.get("/admin/nothing-here/").content == nowhere.content


def test_behind_the_proxy_it_is_the_address_that_the_proxy_tells(
    admin_user: User, networks: None, settings: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for told, status in {"192.0.2.6, 10.0.0.1": 200, "10.0.0.1, 192.0.2.6": 404}.items():
        browser = Client(REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=told)
        browser.force_login(admin_user)
        assert browser.get("/admin/").status_code == status


def test_without_the_setting_it_is_there_from_everywhere(admin_user: User) -> None:
    browser = Client(REMOTE_ADDR="192.0.2.6")
    browser.force_login(admin_user)
    assert browser.get("/admin/").status_code == 200
