"""Agents: who there is, how many seats they use, and whether they take new sessions."""

from collections.abc import Sequence

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from policies_app.kinds import AgentStatus
from sessions_app import seats
from sessions_app.api.fields import Body, id_field, kind_field
from sessions_app.api.scopes import Scope
from sessions_app.api.session_shapes import AgentNameShape, NamedShape
from sessions_app.api.views import ApiView
from sessions_app.availability import choose, presences
from sessions_app.models import Agent


class AgentShape(AgentNameShape):
    """An agent now."""

    workstreams = NamedShape(many=True, help_text="In which they start and get sessions, within reach.")
    capacity = serializers.IntegerField(help_text="How many sessions they hold at once.")
    seats_used = serializers.IntegerField(help_text="How many they hold now within reach, held seats included.")
    presence = kind_field(AgentStatus, help_text="What they chose, as far as their pages bear it out.")


class WhichAgents(serializers.Serializer):
    """By what a list of agents is narrowed down."""

    workstream = id_field(required=False, help_text="Only those of this workstream.")


class PresenceShape(Body):
    """What an agent chooses."""

    presence = kind_field(AgentStatus)


class AgentView(ApiView):
    """Agents of the workstreams within reach, but for those whose account is inactive."""

    serializer_class = AgentShape

    def told(self, agents: Sequence[Agent]) -> list[dict[str, object]]:
        """Agents as they are now. Four queries, however many they are."""
        within = set(self.caller.workstreams.values_list("pk", flat=True))
        keys = [one.pk for one in agents]
        reach = self.caller.workstreams if self.caller.is_limited else None
        used, status = seats.used_by(keys, self.caller.now, reach), presences(agents, self.caller.now)
        return [
            {
                "user": one.user,
                "name": one.name,
                "workstreams": [its for its in one.workstreams.all() if its.pk in within],
                "capacity": one.capacity,
                "seats_used": used[one.pk],
                "presence": status[one.pk],
            }
            for one in agents
        ]

    def found(self, user_name: str) -> Agent:
        """The agent of this user name. Raises NotFound, whether there is none or they are out of reach."""
        agents = self.caller.agents().select_related("user").filter(user__username=user_name)
        agent = agents.first() if "\0" not in user_name else None
        if agent is None:
            raise NotFound("There is no active agent of this user name within reach of this token.")
        return agent


class Agents(AgentView):
    scopes = {"GET": Scope.AGENTS_READ}

    @extend_schema(operation_id="agents_list", parameters=[WhichAgents], responses=AgentShape(many=True))
    def get(self, request: Request) -> Response:
        """The agents of the workstreams within reach, the newest first."""
        agents = self.caller.agents().select_related("user").prefetch_related("workstreams")
        if workstream := self.asked(WhichAgents).get("workstream"):
            agents = agents.filter(workstreams=workstream, workstreams__in=self.caller.workstreams)
        page = self.paginate_queryset(agents.distinct()) or []
        return self.get_paginated_response(self.shown(self.told(page), many=True))


class OneAgent(AgentView):
    scopes = {"GET": Scope.AGENTS_READ}

    @extend_schema(operation_id="agents_read")
    def get(self, request: Request, user_name: str) -> Response:
        """An agent by their user name, as the header Parley-Agent names them."""
        return Response(self.shown(self.told([self.found(user_name)])[0]))


class Presence(AgentView):
    scopes = {"PUT": Scope.AGENTS_WRITE}

    @extend_schema(operation_id="agents_set_presence", request=PresenceShape)
    def put(self, request: Request, user_name: str) -> Response:
        """Make an agent available, away or offline, as they would themselves. Who becomes available gets whoever waits;
        who leaves gives back what they were offered. Available is only who has a page of Parley open: without one
        it lasts for three minutes, unless it is set again."""
        given = self.given_as(PresenceShape)
        choose(self.found(user_name), AgentStatus(given["presence"]), self.caller.now)
        return Response(self.shown(self.told([self.found(user_name)])[0]))
