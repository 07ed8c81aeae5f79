"""The supervisor's page: everybody's seats and sessions, and who waits, as it is now."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from policies_app.models import Workstream
from sessions_app.live import agent_topic, queue_topic
from sessions_app.models import Agent
from sessions_app.rooms.workspace import listening
from sessions_app.team import Team, team
from sessions_app.who_may import MONITOR, RELEASE, TAKE_OVER

MOST_HEARD = 200
"""Of so many agents the page hears at once; of others when it looks by itself, every half minute."""


@never_cache
@login_required
@require_safe
def supervise(request: HttpRequest) -> HttpResponse:
    """Everybody's day. Follows by itself what happens."""
    context = _page(request, timezone.now())
    workstreams = Workstream.objects.filter(is_active=True).order_by("name")
    return render(request, "agent/supervise.html", context | {"workstreams": workstreams})


@never_cache
@login_required
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The same for a page that is open."""
    context = _page(request, timezone.now())
    return JsonResponse({"lists": render_to_string("agent/team.html", context, request)} | context["line"])


def _page(request: HttpRequest, now: datetime) -> dict[str, Any]:
    user = cast("User", request.user)
    if not user.has_perm(MONITOR):
        raise PermissionDenied(_("Only supervisors may open this page."))
    chosen = _chosen(request)
    found = team(now, chosen)
    enters = Agent.objects.filter(user=user.pk).exists()
    return {
        "team": found,
        "chosen": chosen,
        "enters": enters,
        "may_take_over": enters and user.has_perm(TAKE_OVER),
        "may_release": enters and user.has_perm(RELEASE),
        "line": listening(_topics(found), {}, now),
    }


def _chosen(request: HttpRequest) -> int | None:
    """The workstream that is asked for; all for anything that is none."""
    asked = request.GET.get("workstream", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None


def _topics(found: Team) -> tuple[str, ...]:
    """Whoever is not there makes no news, except by signing in."""
    agents = [one.agent.pk for one in found.members[:MOST_HEARD]]
    if found.gone and len(agents) < MOST_HEARD:
        others = Agent.objects.filter(user__is_active=True).exclude(pk__in=agents).order_by("-last_seen_at", "pk")
        agents += others.values_list("pk", flat=True)[: MOST_HEARD - len(agents)]
    queues = Workstream.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)[:MOST_HEARD]
    return (*map(agent_topic, agents), *map(queue_topic, queues))
