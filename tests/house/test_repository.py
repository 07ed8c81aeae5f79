"""Conventions about the files of this repository themselves."""

import re
import subprocess

import pytest

from config.environment import BASE_DIR

# Written so that this file does not find itself.
PRIVATE = re.compile(r"/(?:root|work|home/\w+)" + r"/|(?:pypi|pythonhosted|npmjs|debian)" + r"\.(?:org|com)\b")


def text_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=BASE_DIR, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.fail("this needs a git checkout")
    return [name for name in listed.stdout.splitlines() if not name.startswith("static/vendor/")]


def test_no_file_names_a_path_of_one_computer_or_a_host_of_a_registry() -> None:
    named = []
    for name in text_files():
        path = BASE_DIR / name
        if path.is_file():
            found = PRIVATE.search(path.read_bytes().decode("utf-8", "ignore"))
            named += [f"{name}: {found.group()}"] if found else []
    assert named == []
