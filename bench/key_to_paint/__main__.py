"""Measures the way of a message, from the key in one browser to the paint in the other: `python -m bench.key_to_paint`.

The whole of Parley as `make run` starts it, against a bare application of Starlette and Redis in the same run. Exits
with 1 if the median of Parley is 150 ms or more. `--quick` sends fewer messages.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

from bench.key_to_paint.watch import Way, in_words
from bench.push.servers import redis_server, uvicorn
from tests.programs import chromium
from tests.stack import Stack

TARGET = 0.150
"""Seconds."""

PAUSE = 0.3
"""Seconds between typing and sending, in which what was typed is kept as a draft, as with people."""


@contextmanager
def parley(browser: Browser, folder: Path) -> Iterator[list[Way]]:
    """An agent and a customer in the same room, in two browsers."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "PARLEY_DATA_DIR": str(folder / "names")}
    django.setup()
    from tests.journeys.people import ready, sign_in  # which knows the sign-ins by the demo

    stack = Stack(folder / "parley")
    stack.start()
    try:
        agent, customer = (browser.new_context().new_page() for _ in range(2))
        link = next(line.rpartition(": ")[2] for line in stack.sign_ins if line.startswith("Customer's link"))
        customer.goto(link)
        ready(customer)
        sign_in(agent, stack, "anna")
        agent.goto(customer.url.replace("/c/", "/room/"))
        ready(agent)
        yield [Way(agent, customer), Way(customer, agent)]
    finally:
        stack.stop()


@contextmanager
def reference(browser: Browser, folder: Path) -> Iterator[list[Way]]:
    """The same two browsers on the bare application."""
    with redis_server(folder) as url:
        os.environ["PARLEY_REDIS_URL"] = url
        with uvicorn("bench.key_to_paint.reference") as server:
            pages = [browser.new_context().new_page() for _ in range(2)]
            for page in pages:
                page.goto(f"http://127.0.0.1:{server.port}/")
            yield [Way(*pages), Way(*reversed(pages))]


def measure(ways: list[Way], messages: int) -> list[float]:
    for way in ways:
        way.listen()
        way.measure(3, PAUSE)  # everything is loaded and warm
        way.listen()
    return [seconds for way in ways for seconds in way.measure(messages, PAUSE)]


def main(messages: int) -> bool:
    """Measure and print the table; whether the target is met."""
    with tempfile.TemporaryDirectory(prefix="parley-") as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        with reference(browser, Path(made)) as ways:
            bare = measure(ways, messages)
        with parley(browser, Path(made)) as ways:
            own = measure(ways, messages)
        browser.close()
    print(f"| {'from key to paint':<32} | {'median':>9} | {'95 of 100':>9} |\n|{'-' * 34}|{'-' * 10}:|{'-' * 10}:|")
    print(in_words("Parley", own))
    print(in_words("bare Starlette and Redis", bare))
    print(f"ratio of the medians {statistics.median(own) / statistics.median(bare):.2f}")
    return statistics.median(own) < TARGET


if __name__ == "__main__":
    sys.exit(not main(10 if "--quick" in sys.argv[1:] else 60))
