"""How often anybody may do what: all limits of Parley's pages, in one table (`docs/security.md` explains them).

Limits are wide enough that nobody meets one by working fast, and that the people behind one address of an office or a
mobile network fit beside each other. What is refused was not done, is not counted, and may be tried again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sessions_app.floods import Limit


class Key(StrEnum):
    """Of whom tries are counted together."""

    WHO = "who asks"
    """The account that is signed in; else the browser that has a seat in the room; else the account that signed in with
    this browser before; else the address it comes from. So neither customers nor strangers use up what an agent may do,
    or keep one from signing in where they have worked before, though they share an address."""
    LINK = "the link"
    WIDGET = "the chat widget"


@dataclass(frozen=True, slots=True)
class Row:
    """At most so many (`most`) in so many `seconds`, of each `key`, of these views taken together: of what they are
    sent (`posts`), and of what is only looked at (`looks`). Views are called as in the urls."""

    name: str
    most: int
    seconds: int
    key: Key = Key.WHO
    posts: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()

    @property
    def limit(self) -> Limit:
        return Limit(self.name, self.most, self.seconds)


def _both(*names: str) -> tuple[str, ...]:
    """What both sides of a room have."""
    return tuple(f"{side}:{name}" for name in names for side in ("agent", "customer"))


MINUTE = 60
SIGNS = ("activity", "presence", "customer:document_opened")
"""What pages of agents and of documents say by themselves."""

SIGN_INS = ("sign-in", "second-step", "sign-in-by-passkey", "sign-in-at-provider")

TABLE: tuple[Row, ...] = (
    # Strangers: where links, codes and passwords could be guessed, and letters sent
    Row("joins", 120, MINUTE, posts=("join",), looks=("join", "code")),
    Row("joins by link", 60, MINUTE, Key.LINK, posts=("join",), looks=("join", "code")),
    Row("codes", 30, MINUTE, posts=("code",)),
    Row("codes by link", 20, MINUTE, Key.LINK, posts=("code",)),
    Row("new links", 10, MINUTE, posts=("new-link", "customer:new_link")),
    Row("new links by link", 5, MINUTE, Key.LINK, posts=("new-link",)),
    Row("sign-ins", 100, MINUTE, posts=SIGN_INS),
    # Visitors of portals: everybody behind one address opens pages that have the widget
    Row("widgets shown", 600, MINUTE, looks=("widget-start", "widget-config")),
    Row("widget entries", 240, MINUTE, posts=("widget-enter", "widget-continue", "widget-take-back")),
    Row(
        "entries by widget",
        6000,
        MINUTE,
        Key.WIDGET,
        posts=("widget-enter", "widget-continue", "widget-take-back", "widget-begin"),
    ),
    Row("chats begun", 60, MINUTE, posts=("widget-begin",)),
    # In a room: what people write, and what their pages save while they do
    Row("messages", 120, MINUTE, posts=(*_both("message"), "agent:note")),
    Row("files", 90, MINUTE, posts=(*_both("file"), "customer:document_file")),
    Row("half typed", 300, MINUTE, posts=(*_both("half_typed"), "customer:document_values")),
    Row("seen", 300, MINUTE, posts=(*_both("seen"), "customer:busy", "customer:back", *SIGNS)),
    Row("forms", 30, MINUTE, posts=tuple(f"customer:document_{name}" for name in ("save", "submit", "files_done"))),
    Row("ends and wishes", 60, MINUTE, posts=(*_both("end", "more_time"), "customer:hand_over")),
    Row("letters", 30, MINUTE, posts=("start", "agent:invite")),
    Row("documents sent", 30, MINUTE, posts=("agent:send_document", "agent:ask_for_files", "agent:prepare_document")),
    # What costs a server more than a page does
    Row("catching up", 900, MINUTE, looks=_both("updates", "earlier")),
    Row("pictures", 900, MINUTE, looks=(*_both("thumbnail"), "agent:document_page", "customer:document_picture")),
    Row("downloads", 180, MINUTE, looks=(*_both("download"), "agent:document_pdf", "customer:document_result")),
    Row("transcripts", 180, MINUTE, looks=_both("transcript", "transcript_pdf")),  # pages ask whether they are ready
    Row("transcripts made", 20, MINUTE, posts=_both("transcript")),
    Row("searches", 120, MINUTE, looks=("search",)),
    Row("files verified", 20, MINUTE, posts=("admin:sessions_app_livesession_verify",)),
)

OTHER_POSTS = Row("other posts", 300, MINUTE)
OTHER_LOOKS = Row("other looks", 900, MINUTE)
"""Of everything that has no row of its own."""

CHATS_OF_ADDRESS = Limit("chats of address", most=30, seconds=MINUTE)
CHATS_OF_WIDGET = Limit("chats of widget", most=600, seconds=MINUTE)
LINKS_OF_ADDRESS = Limit("links of address", most=30, seconds=MINUTE)
LINKS_OF_WIDGET = Limit("links of widget", most=600, seconds=MINUTE)
"""Chats that do begin, and reconnect links that are looked up: counted where it is known that they are, for each widget
and address, and for each widget."""

NOTED_ATTEMPTS = Limit("noted attempts", most=30, seconds=MINUTE)
"""How many attempts with no link in them are noted from one address: who guesses shall not fill the table."""


def rows_for(view: str, *, posts: bool) -> Iterator[Row]:
    """The rows that count a request to the view of this name; those of everything else if it has none."""
    found = [row for row in TABLE if view in (row.posts if posts else row.looks)]
    yield from found or [OTHER_POSTS if posts else OTHER_LOOKS]
