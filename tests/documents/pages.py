"""The pages of documents for tests: where they are, what is posted to them, and what is there afterwards."""

import json
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from policies_app.kinds import AccessSetting, EndReason
from sessions_app.kinds import Actor
from sessions_app.models import Document, DocumentTemplate, LiveSession, TemplateVersion
from sessions_app.transitions import end
from tests.cast import AS_SCRIPT, address, set_policy
from tests.documents import sealed
from tests.moments import DAY, LONG_AGO, STARTED

AGREED = "I agree to sign this document electronically, and confirm that what I entered is right."
LATER = 2**42 + 1
"""A version above all that stands in a form at first."""

LIST = "/admin/sessions_app/documenttemplate/"
BOX = {"page": 0, "left": 50, "bottom": 700, "right": 250, "top": 720}
LAID = {"name": "", "kind": "text", "label": "City", "places": [BOX]}


# Of agents -----------------------------------------------------------------------------------------------------------


def send_url(session: LiveSession) -> str:
    return address(session, "agent", "documents", "send")


def files_url(session: LiveSession) -> str:
    return address(session, "agent", "documents", "ask-for-files")


def form_data(*versions: TemplateVersion, **fields: str) -> dict[str, str]:
    """What the page posts: by the names of the fields of the document, of the first version."""
    data = {"templates": ",".join(str(one.template_id) for one in versions)}
    for one in versions:
        prefix = f"t{one.template_id}"
        data |= {f"{prefix}-key": str(uuid4()), f"{prefix}-version": str(one.public_id)}
    first = versions[0]
    names = [field.name for field in first.all_fields]
    for name, value in fields.items():
        at = name if name == "note" else f"f{names.index(name)}"
        data[f"t{first.template_id}-{at}"] = value
    return data


def url_of(document: Document, *rest: str) -> str:
    return address(document.session, "agent", "documents", str(document.public_id), *rest)


# Of customers --------------------------------------------------------------------------------------------------------


def where(document: Document, *rest: str) -> str:
    return address(document.session, "customer", "documents", str(document.public_id), *rest)


def save(browser: Client, document: Document, **texts: Any) -> Any:
    said = {name: it if isinstance(it, list) else [it, LATER] for name, it in texts.items()}
    return browser.post(where(document, "values"), {"values": json.dumps(said)}, **AS_SCRIPT)


def submit(browser: Client, document: Document, values: dict[str, str], **more: Any) -> Any:
    said = {name: [text, LATER] for name, text in values.items()}
    given = {"values": json.dumps(said), "consent": AGREED, "key": str(uuid4())}
    return browser.post(where(document, "submit"), given | more, **AS_SCRIPT)


def again(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def at_level(session: LiveSession, level: str) -> None:
    """End the session so that the customer is left with this."""
    settings: dict[str, dict[str, Any]] = {
        "full": {"access": AccessSetting.FULL_UNLIMITED},
        "limited": {"access": AccessSetting.LIMITED, "access_for": 3650 * DAY},
        "none": {},
    }
    if level != "open":
        set_policy(now=LONG_AGO, **settings[level])
        end(session.pk, EndReason.ENDED_BY_AGENT, actor=Actor.AGENT, now=STARTED)


# Of administrators ---------------------------------------------------------------------------------------------------


def upload(content: bytes | None = None, name: str = "order.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sealed.a_pdf() if content is None else content)


def change(template: DocumentTemplate) -> str:
    return f"{LIST}{template.pk}/change/"


def editor(template: DocumentTemplate) -> str:
    return f"{LIST}{template.pk}/fields/"


def page(version: TemplateVersion, name: str = "") -> str:
    return f"{LIST}version/{version.pk}/{name}"


def version_with_picture(**more: Any) -> TemplateVersion:
    """A version whose file and picture are stored."""
    version = sealed.stored_version(**more)
    default_storage.save(version.picture(0), ContentFile(b"a picture"))
    return version


def lay(browser: Client, base: TemplateVersion, *fields: dict[str, Any], newest: int | None = None) -> Any:
    """Save fields in the editor, as its script does."""
    known = base.number if newest is None else newest
    posted = {"base": base.pk, "newest": known, "layout": json.dumps(fields)}
    return browser.post(editor(base.template), posted)
