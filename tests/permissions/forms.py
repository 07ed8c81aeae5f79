"""What a browser would post from a page of the admin: the form as it is shown to whoever may do everything."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Forms(HTMLParser):
    """Gathers what each form that posts would send, untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[tuple[str, str]]] = []
        self._form: list[tuple[str, str]] | None = None
        self._text = self._select = ""
        self._written = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = [] if (given.get("method") or "").lower() == "post" else None
            if self._form is not None:
                self.found.append(self._form)
        elif self._form is not None and "disabled" not in given:
            self._control(tag, given, given.get("name") or "")

    def _control(self, tag: str, given: dict[str, str | None], name: str) -> None:
        assert self._form is not None
        kind, value = given.get("type", "text"), given.get("value")
        if tag == "input" and name and kind not in ("submit", "button", "file"):
            if kind not in ("checkbox", "radio") or "checked" in given:
                self._form.append((name, value if value is not None else "on" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self._text, self._written = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._form.append((self._select, value or ""))

    def handle_data(self, data: str) -> None:
        self._written += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text and self._form is not None:
            self._form.append((self._text, self._written.removeprefix("\n")))
            self._text = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None


def form_at(browser: Client, path: str) -> dict[str, Any]:
    """The largest form of the page, without its token against forgery; nothing where there is no form."""
    page = browser.get(path)
    if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
        return {}
    forms = _Forms()
    forms.feed(page.content.decode())
    posted: dict[str, Any] = {}
    for name, value in max(forms.found, key=len, default=[]):
        posted.setdefault(name, []).append(value)
    posted.pop("csrfmiddlewaretoken", None)
    return posted
