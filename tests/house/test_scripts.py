"""The scripts of pages can be parsed: one that cannot leaves its page without any."""

import pytest
from playwright.sync_api import Page

from config.environment import BASE_DIR

# Parsing comes before anything is imported, and what cannot be imported keeps the rest from being run.
PARSED = """async (source) => {
  const script = new Blob(['import "nowhere";', source], { type: "text/javascript" });
  return import(URL.createObjectURL(script)).catch((error) => `${error}`);
}"""


@pytest.mark.browser
def test_every_script_can_be_parsed(page: Page) -> None:
    scripts = sorted((BASE_DIR / "static" / "parley").rglob("*.js"))
    said = {one.name: page.evaluate(PARSED, one.read_text(encoding="utf-8")) for one in scripts}
    assert "SyntaxError" in page.evaluate(PARSED, "class One { two() { this.#three(); } }")
    assert scripts and {name: why for name, why in said.items() if "nowhere" not in why} == {}
