"""What an end session behavior will do, shown before it is saved (product.md D1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies_app.differences import Difference, applies, differences, label
from policies_app.drawing import Drawing, draw
from policies_app.forms import AGENT_FIELDS, EndSessionBehaviorForm
from policies_app.kinds import EndReason
from policies_app.models import EndSessionBehavior, Workstream
from policies_app.redirects import fill_redirect
from policies_app.selectors import end_session_behavior, follows_system_wide
from policies_app.signals import end_policy_previewed
from policies_app.snapshot import EndPolicy
from policies_app.wording import agent_in_words, customer_in_words

SAMPLE_SESSION = "01890a5d-ac96-774b-bcce-b302099a8057"
"""Stands for the id of a session where a redirect is tried out."""

_NAMED = 5
"""How many workstreams are named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be saved: the field's label (empty if it is about no single one), its id in the page, and why."""

    label: str
    field_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that the preview says. `redirect` is an address to try out, or empty."""

    where: str
    customer: str
    agent: str
    drawing: Drawing | None
    redirect: str
    effects: list[str]
    problems: list[Problem]
    differences: list[Difference] | None

    @property
    def status(self) -> str:
        """What is said when the number of problems changes."""
        number = len(self.problems)
        return ngettext("%d problem", "%d problems", number) % number if number else _("No problems")


def preview_of_row(row: EndSessionBehavior, workstream: Workstream | None, now: datetime) -> Preview:
    """The preview of settings that have no problems."""
    return _preview(row, workstream, {}, now)


def preview_of_form(form: EndSessionBehaviorForm, workstream: Workstream | None, now: datetime) -> Preview:
    """The preview of what stands in a form now, posted or not. Changes nothing."""
    row = _posted(form) if form.is_bound else _offered(form)
    problems = {name: [str(message) for message in messages] for name, messages in form.errors.items()}
    found = _preview(row, workstream, problems, now)
    return replace(found, problems=[_problem(form, name, text) for name, texts in problems.items() for text in texts])


def _posted(form: EndSessionBehaviorForm) -> EndSessionBehavior:
    """What was posted, as far as it is right."""
    form.is_valid()
    return EndSessionBehavior(**form.cleaned_data)


def _offered(form: EndSessionBehaviorForm) -> EndSessionBehavior:
    """What the form offers, without what it has ready for fields that do not apply yet."""
    row = EndSessionBehavior(**{name: form[name].initial for name in form.fields})
    return EndSessionBehavior(**{name: getattr(row, name) for name in form.fields if applies(row, name)})


def _preview(row: EndSessionBehavior, workstream: Workstream | None, unclear: dict[str, Any], now: datetime) -> Preview:
    policy = row.draft()
    concerned = [workstream] if workstream else list(follows_system_wide())
    return Preview(
        where=_where(workstream, concerned),
        customer=customer_in_words(policy, unclear),
        agent=agent_in_words(policy, unclear),
        drawing=draw(policy, unclear),
        redirect=_try_out(policy),
        effects=_effects(policy, concerned, unclear, now),
        problems=[],
        differences=_differences(row, unclear) if workstream else None,
    )


def _problem(form: EndSessionBehaviorForm, name: str, message: str) -> Problem:
    if name not in form.fields:
        return Problem("", "", message)
    return Problem(label(name), form[name].id_for_label, message)


def _differences(row: EndSessionBehavior, unclear: dict[str, Any]) -> list[Difference]:
    return [one for one in differences(row, end_session_behavior()) if one.name not in unclear]


def _where(workstream: Workstream | None, concerned: Sequence[Workstream]) -> str:
    if workstream:
        return _("Holds in %s only.") % workstream
    if not concerned:
        return _("Every workstream has its own behavior, so this holds nowhere.")
    names = [str(one) for one in concerned[:_NAMED]]
    if more := len(concerned) - len(names):
        names.append(ngettext("%d other", "%d others", more) % more)
    return _("Holds in every workstream without its own: %s.") % ", ".join(names)


def _try_out(policy: EndPolicy) -> str:
    if not policy.redirect_customer:
        return ""
    return fill_redirect(policy.redirect_customer, session_id=SAMPLE_SESSION, reason=EndReason.ENDED_BY_AGENT)


def _effects(policy: EndPolicy, concerned: Sequence[Workstream], unclear: dict[str, Any], now: datetime) -> list[str]:
    """What the apps that know of sessions say. One of them failing takes nothing else from the preview."""
    if unclear.keys() & set(AGENT_FIELDS):
        return [_("What happens to open sessions can be said once the problems of the tab Agent are solved.")]
    answers = end_policy_previewed.send_robust(
        EndSessionBehavior,
        policy=replace(policy, saved_at=now),
        workstream_ids=[one.pk for one in concerned],
        now=now,
    )
    said: list[str] = []
    for _receiver, answer in answers:
        if isinstance(answer, Exception):
            said.append(_("What happens to open sessions could not be found out just now."))
        else:
            said += answer
    return said
