"""How documents of a session, and the templates that can be sent, look to integrations."""

from rest_framework import serializers

from sessions_app.api.fields import LONGEST_NAME, Body, Text, id_field, kind_field
from sessions_app.api.session_shapes import AgentNameShape
from sessions_app.documents.agent_forms import LONGEST_NOTE, MOST_FILES
from sessions_app.documents.fields import LONGEST_VALUE
from sessions_app.documents.kinds import DocumentKind, DocumentState, FieldKind, FilledBy
from sessions_app.models import TemplateVersion


class OptionShape(serializers.Serializer):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # fields have a label, too


class FieldShape(serializers.Serializer):
    """A field of a template."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # fields have a label, too
    kind = kind_field(FieldKind)
    by = kind_field(FilledBy, help_text="Who fills it in.")
    required = serializers.BooleanField()  # type: ignore[assignment] # as above
    options = OptionShape(many=True)


class TemplateShape(serializers.Serializer):
    """A template that can be sent into the session, with its fields in the order in which they are filled in."""

    id = serializers.IntegerField(source="template_id")
    name = serializers.CharField(source="template.name")
    version = serializers.IntegerField(source="number")
    pages = serializers.SerializerMethodField(help_text="How many pages it has.")
    form_fields = FieldShape(many=True, source="all_fields")

    def get_pages(self, version: TemplateVersion) -> int:
        return len(version.pages)


class DocumentShape(serializers.Serializer):
    """What was asked of the customer: a form to complete, or files to add. Moments are null that have not come."""

    id = serializers.UUIDField(source="public_id")
    kind = kind_field(DocumentKind)
    name = serializers.CharField()
    note = serializers.CharField()
    state = kind_field(DocumentState)
    template = serializers.IntegerField(source="version.template_id", default=None, allow_null=True)
    template_version = serializers.IntegerField(source="version.number", default=None, allow_null=True)
    sent_by = AgentNameShape()
    sent_at = serializers.DateTimeField()
    viewed_at = serializers.DateTimeField(allow_null=True)
    saved_at = serializers.DateTimeField(allow_null=True, help_text="When the customer last changed something in it.")
    completed_at = serializers.DateTimeField(allow_null=True)
    recalled_at = serializers.DateTimeField(allow_null=True)
    fields_asked = serializers.IntegerField(source="asked", help_text="Fields for the customer.")
    fields_filled = serializers.IntegerField(source="filled", help_text="Of these, filled in.")
    most_files = serializers.IntegerField()
    files_added = serializers.IntegerField(source="added")
    pdf_bytes = serializers.IntegerField(source="result_size", allow_null=True)
    pdf_sha256 = serializers.CharField(source="result_sha256", help_text="Of the sealed PDF; empty before it is ready.")


class ValueShape(serializers.Serializer):
    """What stands in a field: `value` as it is stored, `text` as people read it. A signature has a text only."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # fields have a label, too
    value = serializers.CharField()
    text = serializers.CharField()


class DocumentDetailShape(DocumentShape):
    """A document with what was entered into it so far."""

    values = ValueShape(many=True)
    files = serializers.ListField(child=serializers.UUIDField(), help_text="The ids of the files that were added.")


class NewDocumentShape(Body):
    """A document to send."""

    template = id_field(help_text="Its number, as `document-templates` has it.")
    values = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_VALUE, allow_blank=True, trim_whitespace=False),
        required=False,
        help_text=(
            "What the agent fills in, by the names of the fields: dates as 2026-03-02, a check box as `on`, one of "
            "several by its value, a signature as the agent's name."
        ),
    )
    note = Text(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")


class NewRequestShape(Body):
    """Files to ask for."""

    name = Text(max_length=LONGEST_NAME, help_text="What is needed, in the words of the customer, who reads it.")
    most_files = serializers.IntegerField(min_value=1, max_value=MOST_FILES, default=1)
    note = Text(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")
