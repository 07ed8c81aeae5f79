"""Whether a file and the database agree (product.md D7): what `manage.py verify_transcript` and the page in admin say.

1. The seal: is it intact, and is its key one of ours?
2. What the file says of rows: does it agree with itself?
3. The database: do its rows agree with themselves?
4. Both: which is the first row that differs, what differs there, and which rows came since?

A completed document is looked at in the same way, by the row that says that it was completed.
"""

import hashlib
from collections.abc import Iterator
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app import chain
from sessions_app.documents.evidence import (
    IN_DOCUMENT,
    IN_TRANSCRIPT,
    DocumentFacts,
    NoEvidence,
    RowList,
    chain_break,
    first_difference,
)
from sessions_app.documents.findings import Finding, Verdict, agrees, broken_at, differs, moment, note
from sessions_app.documents.inspecting import Inspected, SealFound, Unreadable, inspect
from sessions_app.documents.seal_keys import SELF_MADE
from sessions_app.documents.sealing import is_known
from sessions_app.documents.stored_rows import erased, listed, stored_break
from sessions_app.kinds import EntryKind
from sessions_app.models import Document, LiveSession, TimelineEntry


def verify(content: bytes) -> Verdict:
    """Look at a file that somebody brings: a transcript or a completed document. Never raises for what is in it."""
    try:
        inspected = inspect(content)
    except Unreadable:
        return Verdict([differs(_("This file cannot be read as a PDF. Nothing can be said of it."))])
    verdict = Verdict(list(_of_seal(inspected)))
    try:
        if said := inspected.carried.get(IN_TRANSCRIPT):
            _transcript(verdict, RowList.from_json(said))
        elif said := inspected.carried.get(IN_DOCUMENT):
            _document(verdict, DocumentFacts.from_json(said), content)
        else:
            raise NoEvidence
    except NoEvidence:
        text = _("The file does not carry what Parley puts into transcripts and completed documents.")
        verdict.findings.append(differs(text))
    return verdict


# The seal ------------------------------------------------------------------------------------------------------------


def _of_seal(inspected: Inspected) -> Iterator[Finding]:
    seal = inspected.seal
    if seal is None:
        yield differs(_("The file has no seal: anybody could have made or changed it."))
        return
    if not seal.is_intact:
        yield differs(_("The seal is broken: the file was changed after it was sealed."))
    elif not (seal.covers_all and seal.allows_nothing and inspected.signatures == 1):
        yield differs(_("Something was added to the file after it was sealed."))
    else:
        yield agrees(_("The seal is intact: nothing was changed since %s.") % _sealed_at(seal))
    yield from _of_key(seal)


def _of_key(seal: SealFound) -> Iterator[Finding]:
    about = {"subject": seal.subject, "issuer": seal.issuer}
    if is_known(seal.fingerprint):
        text = _("It was made with a key of this installation: “%(subject)s”, issued by “%(issuer)s”.")
        yield agrees(text % about)
    else:
        text = _("It was made with a key that this installation does not know: “%(subject)s”.")
        yield differs(text % about)
    yield note(_("The certificate of that key has the SHA-256 fingerprint %s.") % seal.fingerprint)
    if seal.subject == SELF_MADE:
        yield note(_("That key is self-made: nobody vouches for it outside this installation."))


def _sealed_at(seal: SealFound) -> str:
    if seal.stamped_at:
        return _("%s, as a timestamp service says") % moment(seal.stamped_at)
    return moment(seal.signed_at) if seal.signed_at else _("it was sealed")


# A transcript --------------------------------------------------------------------------------------------------------


def _transcript(verdict: Verdict, file: RowList) -> None:
    if broken := chain_break(file.session, file.rows):
        verdict.findings.append(differs(_("The list of rows in the file is broken. %s") % broken_at(broken)))
    else:
        verdict.findings.append(agrees(_listed(file)))
    if not (session := _session(verdict, file.session)):
        return
    _of_database(verdict, session)
    if apart := first_difference(file.rows, listed(session)):
        text = _("File and database do not agree. %s")
        verdict.findings.append(differs(text % broken_at(apart)))
    else:
        verdict.findings.append(agrees(_("File and database agree about each of these rows.")))
    if (since := session.last_number - file.last[0]) > 0:
        one, several = "%d row was recorded since.", "%d rows were recorded since."
        verdict.findings.append(note(ngettext(one, several, since) % since))


def _listed(file: RowList) -> str:
    text = _("The file lists %d rows, which agree with each other.") % len(file.rows)
    if hidden := sum(row.facts is None for row in file.rows):
        text += " " + _("Of %d of them it has the number and the hash only.") % hidden
    return text


def _session(verdict: Verdict, public_id: str) -> LiveSession | None:
    try:
        session = LiveSession.objects.select_related("customer").filter(public_id=UUID(public_id)).first()
    except ValueError:
        session = None
    if session is None:
        verdict.findings.append(differs(_("There is no session “%s” here.") % public_id[:100]))
    verdict.session = session
    return session


def _of_database(verdict: Verdict, session: LiveSession) -> None:
    if broken := stored_break(session):
        verdict.findings.append(differs(_("The database does not agree with itself. %s") % broken_at(broken)))
    else:
        text = _("The database agrees with itself about all %d rows of the session.")
        verdict.findings.append(agrees(text % session.last_number))
    _of_erased(verdict, session)


def _of_erased(verdict: Verdict, session: LiveSession) -> None:
    """Rows whose content is gone are still vouched for, by its digest; and a later row says who erased it."""
    rows, untold = erased(session)
    if untold:
        text = _("What row %d said was removed, and no later row says who erased it.")
        verdict.findings.append(differs(text % untold))
    elif rows:
        one = "The customer was erased since: of %d row only the digest of what it said is left, and it fits."
        several = "The customer was erased since: of %d rows only the digests of what they said are left, and they fit."
        verdict.findings.append(note(ngettext(one, several, rows) % rows))


# A completed document ------------------------------------------------------------------------------------------------


def _document(verdict: Verdict, file: DocumentFacts, content: bytes) -> None:
    if not (session := _session(verdict, file.session)):
        return
    _of_database(verdict, session)
    document = next((one for one in session.documents.all() if str(one.public_id) == file.document), None)
    if document is None:
        verdict.findings.append(differs(_("There is no such document in the session.")))
        return
    _of_rows(verdict, document, file)
    _of_result(verdict, document, hashlib.sha256(content).hexdigest())


def _of_rows(verdict: Verdict, document: Document, file: DocumentFacts) -> None:
    """What the row says that the customer made, the file says, and what is stored of the document."""
    row = _row(document, EntryKind.DOCUMENT_COMPLETED)
    vouched = row.payload if row else {}
    in_file = {name: getattr(file, name) for name in ("values_sha256", "consent_sha256", "template_sha256")}
    if row is None or (row.number, row.hash) != (file.number, file.hash) or not in_file.items() <= vouched.items():
        text = _("Row %d, which says that the document was completed, does not say what the file says.")
        verdict.findings.append(differs(text % file.number))
        return
    verdict.findings.append(agrees(_("Row %d says that the document was completed, as the file does.") % row.number))
    if _was_erased(document.session):
        text = _("What was entered and agreed to was erased with the customer. The row still vouches for its digest.")
        verdict.findings.append(note(text))
        return
    kept = {name: value for name, value in document.values.values_list("name", "value") if value}
    for name, now_there, what in (
        ("values_sha256", kept, _("what was entered")),
        ("consent_sha256", document.consent, _("what was agreed to")),
    ):
        if chain.digest(now_there) == vouched.get(name):
            verdict.findings.append(agrees(_("It fits the database, too: %s.") % what))
        else:
            verdict.findings.append(differs(_("The database now has something else: %s.") % what))


def _of_result(verdict: Verdict, document: Document, sha256: str) -> None:
    row = _row(document, EntryKind.DOCUMENT_READY)
    recorded = row.payload.get("sha256") if row else None
    if sha256 == recorded == document.result_sha256:
        verdict.findings.append(agrees(_("The file is, byte for byte, the one that was recorded as the result.")))
    else:
        verdict.findings.append(differs(_("The file is not the one that was recorded as the result.")))
    if recorded and _was_erased(document.session):
        verdict.findings.append(note(_("The result that was stored here was erased with the customer.")))
    elif recorded and _stored_sha256(document) != recorded:
        verdict.findings.append(differs(_("What is stored as the result is not what was recorded.")))


def _was_erased(session: LiveSession) -> bool:
    return session.timeline.filter(kind=EntryKind.CUSTOMER_ERASED).exists()


def _row(document: Document, kind: EntryKind) -> TimelineEntry | None:
    rows = document.session.timeline.filter(kind=kind, payload__document=str(document.public_id))
    return rows.order_by("number").first()


def _stored_sha256(document: Document) -> str:
    try:
        with default_storage.open(str(document.result)) as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
