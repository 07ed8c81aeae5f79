"""What people do with documents. Each decides on the locked session at `now` and, if it changes a state, records a row.

Agents ask (`asking`), customers complete (`completing`), workers say what became of it (`recording`).
"""

from sessions_app.documents.asking import MOST_OPEN, ask_for_files, recall, send_form
from sessions_app.documents.completing import Consent, add_file, complete, files_done, note_opened, save
from sessions_app.documents.recording import record_failure, record_result
from sessions_app.documents.shared import Incomplete, entered, named

__all__ = [
    "MOST_OPEN",
    "Consent",
    "Incomplete",
    "add_file",
    "ask_for_files",
    "complete",
    "entered",
    "files_done",
    "named",
    "note_opened",
    "recall",
    "record_failure",
    "record_result",
    "save",
    "send_form",
]
