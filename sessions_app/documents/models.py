"""Templates of documents, the documents that were sent into sessions, and what was entered into them."""

from pathlib import PurePosixPath

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from policies_app.models import Workstream
from sessions_app.documents.fields import Field, from_json
from sessions_app.documents.kinds import DocumentKind, DocumentState, VersionState
from sessions_app.models.attachment import Attachment
from sessions_app.models.people import Agent
from sessions_app.models.session import LiveSession

DONE = [DocumentState.COMPLETED, DocumentState.READY]
"""The states of a document that the customer has submitted."""


class DocumentTemplate(models.Model):
    """A PDF with fields that agents send to customers. What of it can be sent is its newest version that is ready."""

    name = models.CharField(_("name"), max_length=100, unique=True, help_text=_("As agents and customers see it."))
    workstreams = models.ManyToManyField(
        Workstream,
        blank=True,
        related_name="document_templates",
        verbose_name=_("workstreams"),
        help_text=_("Whose agents can send it. None: all."),
    )
    is_offered = models.BooleanField(
        _("offered"), default=True, help_text=_("Turn off to keep agents from sending it. What was sent stays.")
    )

    class Meta:
        verbose_name = _("document template")
        verbose_name_plural = _("document templates")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """A template as it was saved once: a file and its fields. Nobody changes one after it is ready.

    `fields` is what `documents.fields` reads, in the order in which they are filled in; `pages` is the size of each
    page in points, as it is shown: [[width, height], ...]. `problems` are sentences for administrators: what of the
    file was left out, or, of a version that is refused, why. The pictures of the pages are stored beside the file.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    template = models.ForeignKey(DocumentTemplate, models.CASCADE, related_name="versions", verbose_name=_("template"))
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(
        _("state"), max_length=20, choices=VersionState.choices(), default=VersionState.READING, editable=False
    )
    file = models.FileField(_("file"), max_length=200, editable=False)
    file_name = models.CharField(_("name of the file"), max_length=150, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    pages = models.JSONField(_("pages"), default=list, editable=False)
    fields = models.JSONField(_("fields"), default=list, editable=False)
    problems = models.JSONField(_("problems"), default=list, editable=False)
    saved_at = models.DateTimeField(_("saved at"), editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("saved by"),
    )

    class Meta:
        verbose_name = _("version of a document template")
        verbose_name_plural = _("versions of document templates")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint("template", "number", name="template_version_number_once"),
            models.CheckConstraint(name="template_version_state_known", condition=Q(state__in=list(VersionState))),
        ]

    def __str__(self) -> str:
        return _("%(name)s, version %(number)d") % {"name": self.template.name, "number": self.number}

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """The fields, as the rules know them."""
        return from_json(self.fields)

    def picture(self, page: int) -> str:
        """Under which name the picture of a page (counted from 0) is stored: beside the file, so that versions that
        share a file share its pictures, too."""
        beside = PurePosixPath(str(self.file.name)).parent if self.file else self.folder
        return f"{beside}/page-{page}.webp"

    @property
    def folder(self) -> str:
        """Where in the store everything of this version is, but for what an earlier one with the same file brought."""
        return f"templates/{self.public_id}"


class Document(models.Model):
    """What an agent asked a customer for in a session: a form to complete, or files to add.

    Only `documents.actions` writes its state, on the locked session and with a row of its timeline. Moments are UTC.
    `consent` is what the customer agreed to when they completed it: text, address, device. `result` is the sealed PDF.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    session = models.ForeignKey(LiveSession, models.CASCADE, related_name="documents", verbose_name=_("session"))
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind.choices())
    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note to the customer"), blank=True, default="")
    version = models.ForeignKey(
        TemplateVersion, models.PROTECT, null=True, related_name="documents", verbose_name=_("version")
    )
    most_files = models.PositiveSmallIntegerField(_("files at the most"), default=1)
    state = models.CharField(_("state"), max_length=20, choices=DocumentState.choices(), default=DocumentState.OPEN)
    sent_by = models.ForeignKey(Agent, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    sent_at = models.DateTimeField(_("sent at"))
    viewed_at = models.DateTimeField(_("first opened at"), null=True)
    saved_at = models.DateTimeField(_("last change at"), null=True)
    completed_at = models.DateTimeField(_("completed at"), null=True)
    recalled_at = models.DateTimeField(_("recalled at"), null=True)
    asked = models.PositiveIntegerField(_("fields for the customer"), default=0)
    filled = models.PositiveIntegerField(_("of these filled in"), default=0)
    consent = models.JSONField(_("consent"), default=dict)
    result = models.FileField(_("completed document"), max_length=200, blank=True, default="")
    result_size = models.PositiveBigIntegerField(_("size in bytes"), null=True)
    result_sha256 = models.CharField(max_length=64, blank=True, default="")
    failures = models.PositiveSmallIntegerField(_("failed attempts to prepare it"), default=0)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["completed_at"], name="document_to_prepare", condition=Q(state="completed")),
        ]
        constraints = [
            models.CheckConstraint(name="document_state_known", condition=Q(state__in=list(DocumentState))),
            models.CheckConstraint(
                name="document_form_has_version",
                condition=Q(kind=DocumentKind.FORM, version__isnull=False) | Q(kind=DocumentKind.FILES, version=None),
            ),
            models.CheckConstraint(
                name="document_state_has_moment",
                condition=Q(state=DocumentState.OPEN, completed_at=None, recalled_at=None)
                | Q(state=DocumentState.RECALLED, completed_at=None, recalled_at__isnull=False)
                | Q(
                    state__in=[DocumentState.COMPLETED, DocumentState.READY],
                    completed_at__isnull=False,
                    recalled_at=None,
                ),
            ),
            models.CheckConstraint(
                name="document_ready_has_result",
                condition=~Q(state=DocumentState.READY, kind=DocumentKind.FORM)
                | (~Q(result="") & ~Q(result_sha256="") & Q(result_size__isnull=False)),
            ),
            models.CheckConstraint(name="document_filled_at_most_asked", condition=Q(filled__lte=F("asked"))),
            models.CheckConstraint(name="document_files_at_least_one", condition=Q(most_files__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the customer can still complete it, if their access allows that."""
        return self.state == DocumentState.OPEN

    @property
    def is_form(self) -> bool:
        return self.kind == DocumentKind.FORM


class DocumentValue(models.Model):
    """What stands in one field of a document. Of two saves that of the higher `version` stays, as in `half_typed`."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="values", verbose_name=_("document"))
    name = models.CharField(_("field"), max_length=300)
    value = models.TextField(_("value"), blank=True)
    version = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("value of a field")
        verbose_name_plural = _("values of fields")
        default_permissions = ()
        constraints = [models.UniqueConstraint("document", "name", name="document_value_once")]

    def __str__(self) -> str:
        return self.name


class DocumentFile(models.Model):
    """A file that the customer added because it was asked for."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="files", verbose_name=_("document"))
    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="asked_by", verbose_name=_("attachment"))

    class Meta:
        verbose_name = _("file that was asked for")
        verbose_name_plural = _("files that were asked for")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.attachment)
