"""Documents of a session: what can be sent, sending it, what became of it, and what came out of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_app.api.document_shapes import (
    DocumentDetailShape,
    DocumentShape,
    NewDocumentShape,
    NewRequestShape,
    TemplateShape,
)
from sessions_app.api.files import FileView
from sessions_app.api.problems import CONTENT_TYPE as PROBLEM
from sessions_app.api.problems import Conflict
from sessions_app.api.scopes import Scope
from sessions_app.api.serializers import Problem
from sessions_app.api.views import ApiView
from sessions_app.documents import actions
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.looking import Entry, entries
from sessions_app.documents.selectors import offered
from sessions_app.documents.serving import file_name
from sessions_app.documents.signatures import Signature
from sessions_app.models import Document, LiveSession, TemplateVersion
from sessions_app.uploads import limits_of

BOTH = {"GET": Scope.SESSIONS_READ, "POST": Scope.SESSIONS_WRITE}
NOT_READY = {(409, PROBLEM): OpenApiResponse(Problem, description="It is not completed, or still being prepared.")}


class Templates(ApiView):
    """What can be sent into a session."""

    scopes = {"GET": Scope.SESSIONS_READ}
    names_agent = frozenset({"GET"})
    serializer_class = TemplateShape

    @extend_schema(operation_id="document_templates_list", responses=TemplateShape(many=True))
    def get(self, request: Request, session_id: UUID) -> Response:
        """The templates that can be sent into this session, each in its newest version, with its fields."""
        return self.page_of(offered(self.caller.session(session_id).workstream))


class DocumentView(ApiView):
    """Something about documents of one session."""

    names_agent = frozenset({"GET", "POST"})
    serializer_class = DocumentShape

    def documents(self, session: LiveSession) -> QuerySet[Document]:
        """With everything that is shown of them, in one query."""
        found = session.documents.select_related("sent_by__user", "version").defer("version__fields")
        return found.annotate(added=Count("files"))

    def document(self, session: LiveSession, document_id: UUID) -> Document:
        """A document of this session. Raises NotFound for any other."""
        found = self.documents(session).filter(public_id=document_id).first()
        if found is None:
            raise NotFound("There is no such document in this session.")
        return found

    def sent(self, session: LiveSession, document: Document) -> Response:
        """What was just sent, or by the same request before."""
        return Response(self.shown(self.document(session, document.public_id)), 201)


class Documents(DocumentView):
    scopes = BOTH

    @extend_schema(operation_id="documents_list", responses=DocumentShape(many=True))
    def get(self, request: Request, session_id: UUID) -> Response:
        """What was asked of the customer in this session, newest first, and how far it is."""
        return self.page_of(self.documents(self.caller.session(session_id)))

    @extend_schema(operation_id="documents_send", request=NewDocumentShape, responses={201: DocumentShape})
    def post(self, request: Request, session_id: UUID) -> Response:
        """Send a document to complete, made from a template. Fields that are not given begin as they are prefilled."""
        session, given = self.caller.session(session_id), self.given_as(NewDocumentShape)
        agent, once, now = self.caller.acts_in(session), self.caller.once, self.caller.now
        version = _offered(session, given["template"])
        entered = _entered(version, given.get("values", {}))
        try:
            document = actions.send_form(session.pk, agent, version, entered, note=given["note"], key=once, now=now)
        except actions.Incomplete as wrong:
            raise ValidationError({"values": {name: [told] for name, told in wrong.problems.items()}}) from wrong
        return self.sent(session, document)


class FileRequests(DocumentView):
    scopes = {"POST": Scope.SESSIONS_WRITE}

    @extend_schema(operation_id="documents_ask_for_files", request=NewRequestShape, responses={201: DocumentShape})
    def post(self, request: Request, session_id: UUID) -> Response:
        """Ask the customer for files, such as a photo of a card."""
        session, given = self.caller.session(session_id), self.given_as(NewRequestShape)
        agent, most = self.caller.acts_in(session), given["most_files"]
        if most > (allowed := limits_of(session.workstream).most_files):
            raise ValidationError({"most_files": [f"This workstream allows {allowed} files in a session."]})
        once, now, note = self.caller.once, self.caller.now, given["note"]
        document = actions.ask_for_files(session.pk, agent, given["name"], note=note, most=most, key=once, now=now)
        return self.sent(session, document)


class OneDocument(DocumentView):
    scopes = {"GET": Scope.SESSIONS_READ}
    serializer_class = DocumentDetailShape

    @extend_schema(operation_id="documents_read", responses=DocumentDetailShape)
    def get(self, request: Request, session_id: UUID, document_id: UUID) -> Response:
        """A document with what was entered into it so far."""
        document = self.document(self.caller.session(session_id), document_id)
        files = document.files.order_by("pk").values_list("attachment__public_id", flat=True)
        return Response(DocumentShape(document).data | {"values": _values(document), "files": list(files)})


class Recall(DocumentView):
    scopes = {"POST": Scope.SESSIONS_WRITE}

    @extend_schema(operation_id="documents_recall", request=None, responses=DocumentShape)
    def post(self, request: Request, session_id: UUID, document_id: UUID) -> Response:
        """Take back what was asked for. Refused once it is completed."""
        session = self.caller.session(session_id)
        document, agent = self.document(session, document_id), self.caller.acts_in(session)
        actions.recall(document.pk, agent, now=self.caller.now)
        return Response(self.shown(self.document(session, document_id)))


class Pdf(FileView, DocumentView):
    """The sealed PDF of a completed document."""

    scopes = {"GET": Scope.SESSIONS_READ}
    names_agent = frozenset({"GET"})

    @extend_schema(
        operation_id="documents_download", responses={(200, "application/pdf"): OpenApiTypes.BINARY, **NOT_READY}
    )
    def get(self, request: Request, session_id: UUID, document_id: UUID) -> Any:
        """Download a completed document: the same sealed PDF every time."""
        document = self.document(self.caller.session(session_id), document_id)
        if not document.result:
            raise Conflict("There is no sealed PDF of this document: it is not completed, or still being prepared.")
        return self.stored(str(document.result.name), "application/pdf", file_name(document))


def _offered(session: LiveSession, template: int) -> TemplateVersion:
    """What can be sent of a template. Raises ValidationError."""
    found = offered(session.workstream).filter(template=template).first()
    if found is None:
        raise ValidationError({"template": ["There is no such template that can be sent into this session."]})
    return found


def _entered(version: TemplateVersion, given: Mapping[str, str]) -> dict[str, str]:
    """What the agent fills in, as documents keep it: a signature is their name. Raises ValidationError."""
    known = {field.name: field for field in version.all_fields}
    if unknown := given.keys() - known.keys():
        raise ValidationError({"values": {name: ["This template has no such field."] for name in sorted(unknown)}})
    signed = {name for name in given if known[name].kind is FieldKind.SIGNATURE}
    names = {name: Signature(name=given[name].strip()).to_json() for name in signed if given[name].strip()}
    return dict(given) | names


def _values(document: Document) -> list[dict[str, str]]:
    """What stands in its fields; nothing of files that were asked for."""
    if document.version is None:
        return []
    stored = actions.entered(document)
    return [_value(one, stored.get(one.field.name, "")) for one in entries(document.version.all_fields, stored)]


def _value(entry: Entry, value: str) -> dict[str, str]:
    kept = "" if entry.field.kind is FieldKind.SIGNATURE else value
    return {"name": entry.field.name, "label": entry.field.label, "value": kept, "text": entry.text}
