"""How customers look to integrations, and everything that is known of one."""

from typing import Any

from rest_framework import serializers

from policies_app.kinds import Channel, EndReason, SessionState
from sessions_app.api.conversation import RowShape
from sessions_app.api.fields import Body, Text, kind_field
from sessions_app.api.session_shapes import AgentNameShape, NamedShape
from sessions_app.documents.kinds import DocumentKind, DocumentState
from sessions_app.kinds import Audience, LinkKind, LinkOutcome
from sessions_app.link_tokens import without_tokens

LONGEST_EMAIL, LONGEST_PHONE, LONGEST_CUSTOMER_NAME = 254, 40, 100


class CustomerShape(serializers.Serializer):
    """A customer. Empty texts stand for what is not known; of who was erased nothing is."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.CharField(help_text="The language that they read, where that is known.")
    came_by = kind_field(Channel)
    erased_at = serializers.DateTimeField(allow_null=True)


class WholeCustomerShape(CustomerShape):
    """A customer, and under which other ids they are known."""

    same_person = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="Other customers with the same e-mail address or phone: each session that an agent starts for "
        "somebody knows them anew.",
    )


class WhichCustomers(serializers.Serializer):
    """By what a list of customers is narrowed down. All of it must be so."""

    email = Text(required=False, max_length=LONGEST_EMAIL, help_text="Exactly this address, however it is capitalised.")
    phone = Text(required=False, max_length=LONGEST_PHONE, help_text="Exactly this number, however it is spaced.")
    name = Text(required=False, max_length=LONGEST_CUSTOMER_NAME, help_text="Part of the name.")
    erased = serializers.BooleanField(required=False, help_text="Only who was erased, or who was not.")


class HowMuch(Body):
    """Whether everything under which the same person is known is meant."""

    same_person = serializers.BooleanField(
        default=True, help_text="Also the customers with the same e-mail address or phone."
    )


class ErasedShape(serializers.Serializer):
    """What was erased."""

    customers = serializers.ListField(child=serializers.UUIDField(), help_text="Who is erased now.")
    sessions = serializers.IntegerField(help_text="In how many sessions something was erased just now.")


# Export ----------------------------------------------------------------------------------------------------------


class WithoutTokens(serializers.CharField):
    """A text that may hold the address of a customer's link, whose token is taken out as on timelines."""

    def to_representation(self, value: Any) -> str:
        return without_tokens(str(value))


class ExportedCustomer(CustomerShape):
    """A customer, with all that is known of who they are."""

    email_is_typed = serializers.BooleanField(help_text="They typed it themselves; nobody vouches for it.")
    subject = serializers.CharField(help_text="Who they are at the portal of a chat widget; empty if not signed in.")


class ExportedFile(serializers.Serializer):
    """A file; its content can be downloaded from the session."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class ExportedDocument(serializers.Serializer):
    """A document, with what was entered into it and agreed to."""

    id = serializers.UUIDField(source="public_id")
    kind = kind_field(DocumentKind)
    name = serializers.CharField()
    note = serializers.CharField()
    state = kind_field(DocumentState)
    sent_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    values = serializers.SerializerMethodField(help_text="What stands in its fields, by their names.")
    consent = serializers.DictField(child=serializers.JSONField())
    result_sha256 = serializers.CharField()

    def get_values(self, document: Any) -> dict[str, str]:
        return {one.name: one.value for one in document.values.all()}


class ExportedDraft(serializers.Serializer):
    """What was sent and refused, and is kept."""

    author = kind_field(Audience)
    text = WithoutTokens()
    saved_at = serializers.DateTimeField()


class ExportedText(serializers.Serializer):
    """What the customer has written and not sent yet."""

    text = WithoutTokens()
    saved_at = serializers.DateTimeField()


class ExportedAttempt(serializers.Serializer):
    """An attempt to come in by a link, and with which browser."""

    at = serializers.DateTimeField()
    outcome = kind_field(LinkOutcome)
    browser = serializers.CharField(source="user_agent")


class ExportedLink(serializers.Serializer):
    """A link by which they came in, or could have. Nobody knows the link itself any more."""

    kind = kind_field(LinkKind)
    sent_to = serializers.CharField()
    created_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    attempts = ExportedAttempt(many=True, source="events")


class ExportedDevice(serializers.Serializer):
    """A browser in which they were."""

    browser = serializers.CharField(source="user_agent")
    first_seen_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()


class ExportedSession(serializers.Serializer):
    """A session with everything in it."""

    id = serializers.UUIDField(source="public_id")
    customer = serializers.UUIDField(source="customer.public_id")
    channel = kind_field(Channel)
    workstream = NamedShape()
    widget = NamedShape(allow_null=True)
    agent = AgentNameShape(allow_null=True)
    state = kind_field(SessionState)
    started_at = serializers.DateTimeField()
    joined_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.ChoiceField(choices=EndReason.choices(), allow_null=True)
    full_until = serializers.DateTimeField(allow_null=True)
    limited_until = serializers.DateTimeField(allow_null=True)
    timeline = RowShape(many=True)
    files = ExportedFile(many=True)
    documents = ExportedDocument(many=True)
    drafts = ExportedDraft(many=True)
    half_typed = ExportedText(many=True)
    links = ExportedLink(many=True)
    devices = ExportedDevice(many=True)


class ExportShape(serializers.Serializer):
    """Everything that is known of a customer within reach of the token."""

    exported_at = serializers.DateTimeField()
    customers = ExportedCustomer(many=True)
    sessions = ExportedSession(many=True)
