"""What is done to a session. The answer is always the session as it is then."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from policies_app.kinds import AccessLevel, EndReason
from policies_app.snapshot import LONGEST_ACCESS, SHORTEST
from sessions_app import assigning, invitations, reconnecting, transitions
from sessions_app.actions import follow_up_done
from sessions_app.activity import note_activity
from sessions_app.api.fields import Body, Seconds, Text, id_field
from sessions_app.api.scopes import Scope
from sessions_app.api.session_shapes import SessionShape
from sessions_app.api.views import ApiView, with_its_answer
from sessions_app.delivery import ways_to
from sessions_app.kinds import Actor, Way
from sessions_app.models import Agent, LiveSession
from sessions_app.more_time import GIVEN, give_more_time
from sessions_app.selectors import rooms
from sessions_app.who_may import Act


class SessionAct(ApiView):
    """Something that is done to a session, in the name of an agent."""

    scopes = {"POST": Scope.SESSIONS_WRITE}
    names_agent = frozenset({"POST"})
    serializer_class = SessionShape

    def as_it_is(self, session: LiveSession) -> Response:
        """The session after it was done, whoever may read it now."""
        return Response(self.shown(rooms().select_related("agent__user").get(pk=session.pk)))


class InviteShape(Body):
    by = serializers.ChoiceField(
        choices=Way.choices(), required=False, help_text="Without it: by e-mail, or SMS where there is no address."
    )


class Invite(SessionAct):
    @extend_schema(operation_id="sessions_invite", request=InviteShape, responses=SessionShape)
    @with_its_answer
    def post(self, request: Request, session_id: UUID) -> Response:
        """Send the customer a new link. A prepared session begins with that, and takes a seat."""
        session = self.caller.session(session_id)
        by = self.given_as(InviteShape).get("by") or next(iter(ways_to(session.customer)), Way.EMAIL)
        try:
            invitations.invite(session, self.caller.acts_in(session), Way(by), now=self.caller.now)
        except invitations.NoAddress as problem:
            raise ValidationError({"by": [str(problem)]}) from problem
        return self.as_it_is(session)


class Pick(SessionAct):
    @extend_schema(operation_id="sessions_pick", request=None, responses=SessionShape)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Take a session from the queue. Refused without a free seat. Picking one's own again changes nothing."""
        session = self.caller.session(session_id)
        agent = self.caller.agent_named()
        if session.agent_id != agent.pk:
            self.caller.acts_in(session, Act.PICK)
        assigning.pick(session.pk, agent, now=self.caller.now)
        return self.as_it_is(session)


class TransferShape(Body):
    """To an agent or to a workstream."""

    to_agent = serializers.CharField(
        max_length=150, required=False, help_text="The user name of an available colleague with a free seat."
    )
    to_workstream = id_field(required=False, help_text="The number of a workstream; it waits in its queue.")
    note = Text(
        max_length=2000, required=False, allow_blank=True, default="", help_text="The customer does not see it."
    )

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        if ("to_agent" in attrs) == ("to_workstream" in attrs):
            raise ValidationError({"to_agent": ["Give either `to_agent` or `to_workstream`."]})
        return attrs


class Transfer(SessionAct):
    @extend_schema(operation_id="sessions_transfer", request=TransferShape, responses=SessionShape)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Give an open session to a colleague, or put it into the queue of a workstream."""
        session, given = self.caller.session(session_id), self.given_as(TransferShape)
        by, now = self.caller.acts_in(session, Act.MOVE), self.caller.now
        if "to_agent" in given:
            assigning.transfer_to_agent(session.pk, by, self._agent(given["to_agent"]), given["note"], now=now)
        else:
            to = self.caller.workstreams.filter(pk=given["to_workstream"]).first()
            if to is None:
                raise ValidationError({"to_workstream": ["There is no such workstream within reach of this token."]})
            assigning.transfer_to_workstream(session.pk, by, to, given["note"], now=now)
        return self.as_it_is(session)

    def _agent(self, user_name: str) -> Agent:
        found = self.caller.agents().filter(user__username=user_name).first()
        if found is None:
            raise ValidationError({"to_agent": ["There is no active agent of this user name within reach."]})
        return found


class Close(SessionAct):
    @extend_schema(operation_id="sessions_close", request=None, responses=SessionShape)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Give up the seat that is held for a customer who is away. They can still come back; it does not end."""
        session = self.caller.session(session_id)
        reconnecting.close(session.pk, self.caller.acts_in(session), now=self.caller.now)
        return self.as_it_is(session)


class KeepOpen(SessionAct):
    @extend_schema(operation_id="sessions_keep_open", request=None, responses=SessionShape)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Count as activity of the agent: the clock of their inactivity starts afresh, and a warning is taken back."""
        session = self.caller.session(session_id)
        note_activity(self.caller.acts_in(session), session.pk, now=self.caller.now)
        return self.as_it_is(session)


LEVELS = [(one.value, one.label) for one in GIVEN]


class MoreTimeShape(Body):
    level = serializers.ChoiceField(choices=LEVELS, default=AccessLevel.FULL)
    for_seconds = Seconds(least=SHORTEST, most=LONGEST_ACCESS, help_text="From now on, in seconds.")
    reason = Text(max_length=500, help_text="For whoever reads the timeline later.")


class MoreTime(SessionAct):
    @extend_schema(operation_id="sessions_give_more_time", request=MoreTimeShape, responses=SessionShape)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Give the customer of an ended session access for so long from now; it never gets shorter."""
        session, given = self.caller.session(session_id), self.given_as(MoreTimeShape)
        agent, level = self.caller.acts_in(session), AccessLevel(given["level"])
        give_more_time(session.pk, agent, level, given["for_seconds"], given["reason"], now=self.caller.now)
        return self.as_it_is(session)


class FollowUpDone(SessionAct):
    @extend_schema(operation_id="sessions_follow_up_done", request=None, responses=SessionShape)
    def post(self, request: Request, session_id: UUID) -> Response:
        """Say that what the customer wrote after the end is seen to. Nothing happens if nothing waits."""
        session = self.caller.session(session_id)
        follow_up_done(session.pk, self.caller.acts_in(session), now=self.caller.now)
        return self.as_it_is(session)


class End(SessionAct):
    scopes = {"POST": Scope.SESSIONS_END}

    @extend_schema(operation_id="sessions_end", request=None, responses=SessionShape)
    def post(self, request: Request, session_id: UUID) -> Response:
        """End a session: in the name of its agent, or else as the integration itself (`ended_by_api`).

        Ending an ended one is answered with how it ended.
        """
        session, now = self.caller.session(session_id), self.caller.now
        if session.is_open and self.caller.agent:
            agent = self.caller.acts_in(session)
            transitions.end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, agent=agent, now=now)
        elif session.is_open:
            name = self.caller.integration.name
            transitions.end(session.pk, EndReason.ENDED_BY_API, actor=Actor.API, named=name, now=now)
        return self.as_it_is(session)
