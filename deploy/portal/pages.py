"""What the shop shows: which page has which chat widget, and the words around it."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from deploy.portal.signing import ACCOUNTS

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True, slots=True)
class Page:
    """One of the shop's pages. `widget` is the key of the chat widget on it, empty for none."""

    title: str
    words: str
    widget: str = ""


PAGES = {
    "/": Page(
        "With reconnect",
        "The chat on this page can be continued after a drop: for 5 minutes with the same agent, for as long as the "
        "workstream allows with somebody.",
        "demo-shop",
    ),
    "/without-reconnect/": Page(
        "Without reconnect",
        "The chat on this page cannot be continued once the customer has been away for longer than the grace of "
        "20 seconds. Only a new chat is offered then.",
        "demo-no-reconnect",
    ),
    "/one-minute/": Page(
        "One minute",
        "The chat on this page can be continued for one minute. After that the customer is sent to another page of "
        "the shop.",
        "demo-one-minute",
    ),
    "/away/": Page(
        "Another page",
        "There is no chat on this page. To the agent it looks as if the customer had gone. Go back to continue.",
    ),
    "/over/": Page(
        "Your chat is over",
        "You were away for longer than the reconnect time limit, so the chat widget sent you here: this is its "
        "redirection URL.",
    ),
}
SHOPS = [path for path, page in PAGES.items() if page.widget]


def html(path: str, *, parley: str, twin: str, who: str) -> str:
    """A page as the browser gets it. `twin` is the shop's address under the other name of this computer."""
    page = PAGES[path]
    return Template((FILES / "page.html").read_text(encoding="utf-8")).substitute(
        title=escape(page.title),
        words=escape(page.words),
        parley=escape(parley),
        twin=escape(twin),
        path=path,
        links="".join(_link(one, is_here=one == path) for one in SHOPS),
        account=_account(who, path),
        widget=_widget(parley, page.widget) if page.widget else "",
        scenarios=(FILES / "scenarios.html").read_text(encoding="utf-8") if page.widget else "",
    )


def _link(path: str, *, is_here: bool) -> str:
    here = ' aria-current="page"' if is_here else ""
    return f'<li><a href="{path}"{here}>{escape(PAGES[path].title)}</a></li>'


def _widget(parley: str, key: str) -> str:
    """The snippet, as an administrator copies it from Parley."""
    return f'<script async src="{escape(parley)}/widget.js" data-widget="{key}"></script>'


def _account(who: str, path: str) -> str:
    back = f'<input type="hidden" name="back" value="{path}">'
    if who:
        name = escape(ACCOUNTS[who].name)
        form = f'<form method="post" action="/sign-out">{back}<button>Sign out</button></form>'
        return f"<p>Signed in as <strong>{name}</strong></p>{form}"
    buttons = "".join(
        f'<button name="who" value="{one}">Sign in as {escape(account.name)}</button>'
        for one, account in ACCOUNTS.items()
    )
    return f'<p>Nobody is signed in</p><form method="post" action="/sign-in">{back}{buttons}</form>'
