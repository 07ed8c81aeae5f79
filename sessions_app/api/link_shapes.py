"""How links of customers look to integrations. A token is shown once, to whoever makes the link (product.md D5)."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from sessions_app.api.fields import Moment, id_field, kind_field
from sessions_app.api.session_shapes import AgentNameShape, NamedShape
from sessions_app.kinds import LinkKind, LinkOutcome, LinkState
from sessions_app.link_states import state_of
from sessions_app.models import AccessLink


class LinkShape(serializers.Serializer):
    """A link by which a customer comes in, without its token."""

    id = serializers.IntegerField(source="pk")
    session = serializers.UUIDField(source="session.public_id")
    kind = kind_field(LinkKind)
    state = serializers.SerializerMethodField()
    widget = NamedShape(source="session.widget", allow_null=True)
    sent_to = serializers.CharField(help_text="The address that it was sent to; empty if it was not sent.")
    created_at = serializers.DateTimeField()
    created_by = AgentNameShape(allow_null=True)
    used_at = serializers.DateTimeField(allow_null=True, help_text="When somebody last came in by it.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when it lets in; null: no own limit.")
    revoked_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(kind_field(LinkState))
    def get_state(self, link: AccessLink) -> LinkState:
        return state_of(link, self.context["view"].caller.now)


class NewLinkShape(serializers.Serializer):
    """A link that was just made. Its address is shown here and never again."""

    link = LinkShape()
    address = serializers.CharField(help_text="The whole address, to be given to this customer and nobody else.")


class LinkFilter(serializers.Serializer):
    """Of several, all have to be true."""

    state = kind_field(LinkState, required=False)
    kind = kind_field(LinkKind, required=False)
    workstream = id_field(required=False, help_text="The number of its session's workstream.")
    widget = id_field(required=False, help_text="The number of its session's chat widget.")
    created_since = Moment(required=False)
    created_until = Moment(required=False)


class AttemptShape(serializers.Serializer):
    """An attempt to come in by a link. `link` and `session` are null if there is no such link."""

    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    outcome = kind_field(LinkOutcome)
    link = serializers.IntegerField(source="link_id", allow_null=True)
    session = serializers.UUIDField(source="link.session.public_id", default=None, allow_null=True)
    widget = NamedShape(allow_null=True, help_text="The chat widget where it was made, if at one.")
    browser = serializers.CharField(source="user_agent")


class AttemptFilter(serializers.Serializer):
    """Of several, all have to be true."""

    link = id_field(required=False)
    session = serializers.UUIDField(required=False)
    widget = id_field(required=False)
    outcome = kind_field(LinkOutcome, required=False)
    since = Moment(required=False)
    until = Moment(required=False)
