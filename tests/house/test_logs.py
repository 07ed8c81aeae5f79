"""Whoever reads the logs cannot use a customer's link."""

import logging

import pytest

from config.logs import WithoutTokens


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("Not Found: /join/s3cr3t/", "Not Found: /join/…/"),
        ("GET http://localhost/join/s3cr3t/?a=1 and /join/other", "GET http://localhost/join/…/?a=1 and /join/…"),
        ("Forbidden: /f/12.1abc.s3cr3t/c/1/updates/", "Forbidden: /f/…/c/1/updates/"),
        ("Not Found: /room/1/", "Not Found: /room/1/"),
        ("/shop/?a=1&parley.reconnect=s3cr3t&b=2", "/shop/?a=1&parley.reconnect=…&b=2"),
        ("from /shop?oc.reconnectid=s3cr3t#chat", "from /shop?oc.reconnectid=…#chat"),
    ],
)
def test_tokens_are_taken_out_of_what_is_logged(said: str, logged: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s", (said,), None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == logged


def test_everything_that_is_logged_goes_through_the_filter() -> None:
    ours = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    assert ours and all(any(isinstance(one, WithoutTokens) for one in handler.filters) for handler in ours)
