"""A Python that runs inside of a stack and stays: it does what each line of its input says, as `manage.py shell -c`
would, without starting Django each time.

A line is code, as a string of JSON. It is answered by a line of JSON: what it printed, and the traceback if it failed.
"""

import io
import json
import os
import sys
import traceback
from contextlib import redirect_stdout

import django
from django.db import connections


def run(code: str) -> dict[str, str]:
    """Do it, with names of its own, and leave no connection behind: the database may be stopped before the next one."""
    printed, failure = io.StringIO(), ""
    try:
        with redirect_stdout(printed):
            exec(compile(code, "<inside>", "exec"), {"__name__": "__main__"})
    except Exception:  # noqa: BLE001 - whatever it is, the test that asked is told
        failure = traceback.format_exc()
    finally:
        connections.close_all()
    return {"printed": printed.getvalue(), "failure": failure}


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what other programs print in here is no answer
    django.setup()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=answers, flush=True)
