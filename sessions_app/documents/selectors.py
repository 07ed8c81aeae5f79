"""Reads about documents that more than one place needs, with the number of queries that each may take."""

from collections.abc import Iterable

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery

from policies_app.models import Workstream
from sessions_app.documents.kinds import DocumentKind, DocumentState, VersionState
from sessions_app.models import Document, DocumentTemplate, LiveSession, TemplateVersion


def offered(workstream: Workstream) -> QuerySet[TemplateVersion]:
    """What agents of a workstream can send: of each template its newest version that is ready, by name."""
    newest = TemplateVersion.objects.filter(template=OuterRef("pk"), state=VersionState.READY).order_by("-number")
    versions = _templates(workstream.pk).annotate(newest=Subquery(newest.values("pk")[:1])).values("newest")
    return TemplateVersion.objects.filter(pk__in=versions).select_related("template").order_by("template__name")


def may_be_sent(version: TemplateVersion, workstream_id: int) -> bool:
    """Whether agents of a workstream can send this version. One that a newer one overtook meanwhile still can be sent:
    it is what the agent looked at. One query."""
    return version.state == VersionState.READY and _templates(workstream_id).filter(pk=version.template_id).exists()


def _templates(workstream_id: int) -> QuerySet[DocumentTemplate]:
    return DocumentTemplate.objects.filter(Q(workstreams=None) | Q(workstreams=workstream_id), is_offered=True)


def documents_of(session: LiveSession) -> list[Document]:
    """Everything that was asked for in a session, oldest first, with its number of files (`added`). One query."""
    found = session.documents.select_related("version").defer("version__fields")
    return list(found.annotate(added=Count("files")).order_by("pk"))


def waiting_for_customer(documents: list[Document]) -> list[Document]:
    """Those that the customer can still complete."""
    return [one for one in documents if one.state == DocumentState.OPEN]


def being_completed(sessions: Iterable[LiveSession]) -> QuerySet[Document]:
    """The forms of these sessions that the customer has opened and not submitted, the one changed last comes last."""
    found = Document.objects.filter(session__in=list(sessions), kind=DocumentKind.FORM, state=DocumentState.OPEN)
    return found.filter(viewed_at__isnull=False).order_by(F("saved_at").asc(nulls_first=True), "pk")


def newest_number(template: DocumentTemplate) -> int:
    """The number of its newest version; 0 if there is none. One query."""
    return template.versions.aggregate(newest=Max("number"))["newest"] or 0
