"""What an administrator sees while writing notices: what each text comes to, and what holds where there is none."""

from copy import copy

from django.utils.translation import gettext as _

from policies_app.kinds import EndReason
from policies_app.models import Notices
from policies_app.notice_texts import NoticeText, chosen, language_name, rows_for
from policies_app.notices import NOTICES, NoticeProblem, check, fill


def inherited(row: Notices) -> dict[str, NoticeText]:
    """The text that holds for each notice of this row where the row has none of its own. One query."""
    others = [other for other in rows_for(row.workstream_id, [row.language]) if other.pk != row.pk]
    return {name: chosen(name, [_without(row, name), *others], [row.language]) for name in NOTICES}


def previews(row: Notices) -> dict[str, dict[str, str]]:
    """What viewers who read the language of this row would see if it were saved as it is. One query.

    For each notice what is `inherited`, and either the `problem` with its text, or the `html` that is shown, with its
    `language`, its `direction`, and its `source` if it is not from this row.
    """
    found = inherited(row)
    return {name: _preview(name, NoticeText(getattr(row, name), row.language), found[name]) for name in NOTICES}


def sample_values() -> dict[str, str]:
    """Something to stand for each placeholder."""
    return {
        "customer": "Carla Diaz",
        "agent": "Anna Berg",
        "reason": _(EndReason.ENDED_BY_AGENT.label),
        "ended": _("14:05 today"),
        "until": _("16:40 today, in 2 hours"),
        "countdown": "0:59",
        "host": "portal.example.com",
    }


def _without(row: Notices, name: str) -> Notices:
    """The row as it would be without its own text of this notice."""
    emptied = copy(row)
    setattr(emptied, name, "")
    return emptied


def _preview(name: str, own: NoticeText, otherwise: NoticeText) -> dict[str, str]:
    try:
        check(own.text, NOTICES[name].placeholders)
    except NoticeProblem as problem:
        return {"inherited": otherwise.text, "problem": str(problem)}
    shown = own if own.text else otherwise
    return {
        "inherited": otherwise.text,
        "html": fill(shown.text, sample_values()),
        "language": shown.language,
        "direction": shown.direction,
        "source": "" if own.text else _("Inherited, in %(language)s") % {"language": language_name(shown.language)},
    }
