"""The ten notices: what each says, which placeholders it may have, and how they are filled in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

LONGEST = 500
"""How many characters a notice may have; the end of a line counts as one."""

PLACEHOLDERS = {
    "customer": gettext_noop("the customer's name"),
    "agent": gettext_noop("the agent's name"),
    "reason": gettext_noop("why the session ended"),
    "ended": gettext_noop("when the session ended"),
    "until": gettext_noop("when the session closes, or when the customer's access ends"),
    "countdown": gettext_noop("the time that is left, ticking"),
    "host": gettext_noop("the site that the customer is sent to"),
}
"""What each placeholder stands for, in words."""

_PEOPLE = ("customer", "agent")
_AFTER = (*_PEOPLE, "reason", "ended")


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: who reads it, what may be filled in, what it says unless somebody wrote another text.

    `rests_on` names the notice whose text holds as long as nobody has written one for this moment.
    The texts are English source texts, translated when shown.
    """

    audience: str
    placeholders: tuple[str, ...]
    default: str
    where: str
    rests_on: str = ""


NOTICES: dict[str, Notice] = {
    "warning_agent": Notice(
        "agent",
        (*_PEOPLE, "countdown", "until"),
        gettext_noop("You have been inactive. This session closes in {countdown}."),
        gettext_noop("Stands in the room, beside Keep open."),
    ),
    "end_agent": Notice(
        "agent",
        _AFTER,
        gettext_noop("{reason}, {ended}."),
        gettext_noop("Stands in the room. What the customer can still do, and until when, follows by itself."),
    ),
    "redirect_agent": Notice(
        "agent",
        _AFTER,
        gettext_noop("Your session with {customer} is over. {reason}, {ended}."),
        gettext_noop("For agents who are taken back to the Welcome page at the end. A link to the session follows."),
    ),
    "limited_agent": Notice(
        "agent",
        (*_AFTER, "until"),
        gettext_noop("{reason}, {ended}."),
        gettext_noop("Takes the place of the text after the end."),
        rests_on="end_agent",
    ),
    "over_agent": Notice(
        "agent",
        _AFTER,
        gettext_noop("{reason}, {ended}."),
        gettext_noop("Takes the place of the text after the end."),
        rests_on="end_agent",
    ),
    "warning_customer": Notice(
        "customer",
        (*_PEOPLE, "countdown", "until"),
        gettext_noop("{agent} has been away for a while. This session closes in {countdown} unless they come back."),
        gettext_noop("Stands in the room."),
    ),
    "end_customer": Notice(
        "customer",
        _AFTER,
        gettext_noop("The session has ended."),
        gettext_noop("Stands in the room. What they can still do, and until when, follows by itself."),
    ),
    "redirect_customer": Notice(
        "customer",
        (*_AFTER, "host"),
        gettext_noop("There is one more page for you."),
        gettext_noop("For customers who come back, or whose browser did not go on by itself. A link follows."),
    ),
    "limited_customer": Notice(
        "customer",
        (*_AFTER, "until"),
        gettext_noop("The session has ended."),
        gettext_noop("Takes the place of the text after the end. What they can still do follows by itself."),
        rests_on="end_customer",
    ),
    "over_customer": Notice(
        "customer",
        _AFTER,
        gettext_noop("Your conversation with {agent} ended {ended}, and its content can no longer be opened here."),
        gettext_noop("Stands on the closing page, which is all that they see from then on."),
    ),
}
"""All notices by the name of their field, in the order in which they come in a session."""

_TOKENS = re.compile(r"(\{\{|\}\}|\{\w+\})")


class NoticeProblem(ValueError):
    """Why a text cannot be used; said to the person who typed it."""


def check(text: str, allowed: Sequence[str]) -> None:
    """Raise NoticeProblem unless this can be a notice: not too long, and with these placeholders only."""
    if len(text) > LONGEST:
        said = _("This text has %(length)d characters. At most %(most)d fit.")
        raise NoticeProblem(said % {"length": len(text), "most": LONGEST})
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        raise NoticeProblem(_("A brace { or } has no partner. Write {{ or }} for a brace itself.")) from error
    for _literal, name, details, conversion in parsed:
        if name is not None and name not in allowed:
            raise NoticeProblem(_not_a_placeholder(name, allowed))
        if details or conversion:
            said = _("Write %(name)s just like that, with nothing else between the braces.")
            raise NoticeProblem(said % {"name": in_braces(str(name))})
    written = [piece for piece in _TOKENS.findall(text) if piece not in ("{{", "}}")]
    if len(written) != sum(name is not None for _literal, name, _details, _conversion in parsed):
        raise NoticeProblem(_("Write placeholders just like that, with nothing else between the braces."))


def fill(text: str, values: Mapping[str, str]) -> SafeString:
    """The text as HTML, its placeholders filled in. Both are escaped, but for values that are safe already.

    Lines stay lines. Never fails: what is no placeholder stays as it was typed.
    """
    tokens: dict[str, str] = {"{{": "{", "}}": "}"}
    tokens |= {in_braces(name): format_html("<bdi>{}</bdi>", value) for name, value in values.items()}
    return format_html_join("", "{}", ((tokens.get(piece) or linebreaksbr(piece),) for piece in _TOKENS.split(text)))


def in_braces(name: str) -> str:
    """A placeholder as it is written in a text."""
    return f"{{{name}}}"


def _not_a_placeholder(name: str, allowed: Sequence[str]) -> str:
    usable = [in_braces(one) for one in allowed]
    said = _("%(name)s is not a placeholder here. You can use %(others)s and %(last)s.")
    return said % {"name": in_braces(name), "others": ", ".join(usable[:-1]), "last": usable[-1]}
