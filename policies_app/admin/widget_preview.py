"""What a chat widget will do for customers who drop out, and what is wrong with it, shown before it is saved."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies_app.admin.keys import key_of
from policies_app.admin.preview import Problem
from policies_app.colours import BLACK, ink_on
from policies_app.drawing import Drawing
from policies_app.durations import in_words
from policies_app.models import ChatWidget, Workstream
from policies_app.reconnect import ReconnectPolicy
from policies_app.reconnect_drawing import draw_drop
from policies_app.reconnect_wording import dropped_in_words
from policies_app.widget_forms import ChatWidgetForm


@dataclass(frozen=True, slots=True)
class WidgetPreview:
    """Everything that the preview says. `limit` is the reconnect time limit of the chosen workstream in words; `ink`
    the colour of text on the widget's own, empty if that is none."""

    dropped: str
    drawing: Drawing | None
    ink: str
    ink_words: str
    limit: str
    workstream: Workstream | None
    problems: list[Problem]

    @property
    def status(self) -> str:
        """What is said when the number of problems changes."""
        number = len(self.problems)
        return ngettext("%d problem", "%d problems", number) % number if number else _("No problems")


def preview_of_widget(widget: ChatWidget) -> WidgetPreview:
    """The preview of settings that are stored."""
    return _preview(widget, widget.workstream, {}, [])


def preview_of_widget_form(form: ChatWidgetForm) -> WidgetPreview:
    """The preview of what stands in a form now, posted or not. Changes nothing."""
    values = _posted(form) if form.is_bound else {name: form[name].initial for name in form.fields}
    workstream = values.pop("workstream", None)
    stored = ChatWidget(**{name: value for name, value in values.items() if name not in ("shorten", "by_hours")})
    errors = {
        name: list(map(str, form.errors[name])) for name in (*form.fields, NON_FIELD_ERRORS) if name in form.errors
    }
    problems = [_problem(form, name, text) for name, texts in errors.items() for text in texts]
    return _preview(stored, _workstream(workstream), errors, problems)


def _posted(form: ChatWidgetForm) -> dict[str, Any]:
    """What was posted, as far as it is right."""
    form.is_valid()
    return dict(form.cleaned_data)


def _workstream(chosen: Any) -> Workstream | None:
    """The workstream as a form has it: itself, or as the text of its key."""
    if isinstance(chosen, Workstream):
        return chosen
    return Workstream.objects.filter(pk=key_of(chosen) or 0).first()


def _preview(
    widget: ChatWidget, workstream: Workstream | None, errors: dict[str, Any], problems: list[Problem]
) -> WidgetPreview:
    unclear = {*errors, *(() if workstream else ("workstream",))}
    policy = ReconnectPolicy(
        is_on=widget.reconnect_on,
        time_limit=workstream.auto_close_after if workstream else timedelta(days=1),
        same_agent_for=widget.same_agent_for,
        grace=widget.grace,
    )
    ink = "" if "colour" in errors else ink_on(widget.colour)
    return WidgetPreview(
        dropped=dropped_in_words(
            policy,
            portal_url=widget.portal_url,
            sends_link=widget.sends_link,
            redirect_url=widget.redirect_url,
            unclear=unclear,
        ),
        drawing=draw_drop(policy, unclear),
        ink=ink,
        ink_words=_ink_in_words(ink),
        limit=in_words(workstream.auto_close_after) if workstream else "",
        workstream=workstream,
        problems=problems,
    )


def _ink_in_words(ink: str) -> str:
    if not ink:
        return ""
    if ink == BLACK:
        return _("Text on this colour is black: white would be hard to read.")
    return _("Text on this colour is white.")


def _problem(form: ChatWidgetForm, name: str, message: str) -> Problem:
    if name not in form.fields:
        return Problem("", "", message)
    return Problem(str(form[name].label), form[name].id_for_label, message)
