"""How long widgets hold a seat, and the time limit of their workstream that it cannot exceed (rules.md 5)."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from policies_app.models import ChatWidget, Workstream


def holding_longer(workstream_id: int, limit: timedelta) -> QuerySet[ChatWidget]:
    """The widgets of a workstream that hold the agent's seat for longer than that."""
    return ChatWidget.objects.filter(workstream=workstream_id, same_agent_for__gt=limit).order_by("name")


@transaction.atomic
def save_widget(widget: ChatWidget) -> None:
    """Store a widget. It holds a seat for no longer than the time limit, however that was shortened meanwhile."""
    limit = _locked(widget.workstream_id).auto_close_after
    if widget.same_agent_for is not None:
        widget.same_agent_for = min(widget.same_agent_for, limit)
    widget.save()


@transaction.atomic
def shorten_holds(workstream_id: int) -> None:
    """Let no widget of a workstream hold a seat for longer than its time limit. Each change is in its history."""
    limit = _locked(workstream_id).auto_close_after
    for widget in holding_longer(workstream_id, limit).select_for_update():
        widget.same_agent_for = limit
        widget.save()


def _locked(workstream_id: int) -> Workstream:
    """The workstream, which nobody changes until this transaction is over, and no widget of it either."""
    return Workstream.objects.select_for_update().get(pk=workstream_id)
