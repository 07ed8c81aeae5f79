"""The process in which files from outside are opened: `python -m sessions_app.documents.pdf.worker`.

It loads the libraries once and then waits for tasks, a line of JSON each on its standard input. For every task it
forks: the child limits itself, does this one task, writes what came out of it into the task's folder and is gone. So a
task costs no start-up, and nothing that a file does to a process reaches another file. Answers are lines, too: how the
child ended. It ends when its standard input does. No Django, no settings, no database, nothing in its environment.
"""

import gc
import json
import logging
import os
import shutil
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fpdf import FPDF
from pypdf.errors import PyPdfError
from pypdfium2 import PdfiumError

from sessions_app.documents import fields
from sessions_app.documents.fields import Field, Place
from sessions_app.documents.kinds import FieldKind
from sessions_app.documents.pdf import bad, limits
from sessions_app.documents.pdf.bad import BadFile
from sessions_app.documents.pdf.filling import filled
from sessions_app.documents.pdf.overlay import prepare
from sessions_app.documents.pdf.reading import read
from sessions_app.documents.pdf.rendering import picture

ANSWER, RESULT = "answer.json", "result"
"""Files in a task's folder: what is said, and the bytes that were made, if any."""


def main() -> None:
    """Serve tasks until nobody can send any more."""
    logging.disable(logging.CRITICAL)  # libraries have much to say about what is not as it should be
    _warm_up()
    gc.freeze()  # what is loaded stays as it is in every child
    gc.disable()  # which is gone before it would pay
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        _say(_ended(task), task)


def _say(ended: tuple[int, int], task: dict[str, Any]) -> None:
    """Whoever was killed while waiting cannot remove the folder, in which is what people entered."""
    try:
        print(json.dumps(ended), flush=True)
    except BrokenPipeError:
        shutil.rmtree(task["folder"], ignore_errors=True)
        raise


def _warm_up() -> None:
    """Do everything once with a form of our own: libraries load a good part of themselves only when it is needed."""
    everything = [Field(name=kind, kind=kind, label=kind, places=(Place(0, 9, 9, 99, 99),)) for kind in FieldKind]
    with TemporaryDirectory(prefix="parley-pdf-") as folder:
        source = Path(folder) / "blank.pdf"
        paper = FPDF(unit="pt", format=(200, 200))
        paper.add_page()
        paper.output(str(source))
        read(source)
        filled(source, everything, {field.name: "1" for field in everything})
        picture(source, 0, 100)
    prepare()


def _ended(task: dict[str, Any]) -> tuple[int, int]:
    """The exit code of the child that did it, negative if a signal ended it; and the most memory that it had, in kB."""
    child = os.fork()
    if not child:
        _be_the_child(task)
    _child, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss


def _be_the_child(task: dict[str, Any]) -> None:
    """Do the task and be gone, whatever happens."""
    try:
        limits.apply()
        os.closerange(0, 2)
        _write(task, _answer(task))
    finally:
        os._exit(0)


def _answer(task: dict[str, Any]) -> dict[str, Any]:
    """What came out of it: `found` or a file, or `bad` (a sentence), with `bug` where it may be our own mistake."""
    try:
        return {"found": _DO[task["do"]](task)}
    except BadFile as why:
        return {"bad": str(why)}
    except MemoryError:
        return {"bad": bad.MEMORY}
    except (PdfiumError, PyPdfError):
        return {"bad": bad.DAMAGED}
    except RecursionError:
        return {"bad": bad.TANGLED}
    except Exception:  # noqa: BLE001 - a file from outside may bring any library to raise anything
        return {"bad": bad.WEIRD, "bug": traceback.format_exc()[-4000:]}


def _read(task: dict[str, Any]) -> dict[str, Any]:
    return read(Path(task["source"])).to_json()


def _picture(task: dict[str, Any]) -> None:
    made = picture(Path(task["source"]), task["page"], task["width"])
    (Path(task["folder"]) / RESULT).write_bytes(made)


def _fill(task: dict[str, Any]) -> None:
    given = json.loads((Path(task["folder"]) / "entered.json").read_text())
    made = filled(Path(task["source"]), fields.from_json(given["fields"]), given["values"])
    (Path(task["folder"]) / RESULT).write_bytes(made)


_DO = {"read": _read, "picture": _picture, "fill": _fill}


def _write(task: dict[str, Any], answer: dict[str, Any]) -> None:
    (Path(task["folder"]) / ANSWER).write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
