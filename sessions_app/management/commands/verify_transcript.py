"""`manage.py verify_transcript FILE`: whether a file that Parley has sealed and the database agree (product.md D7)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app.documents.findings import Outcome
from sessions_app.documents.verifying import verify

SIGNS = {Outcome.AGREES: "ok  ", Outcome.DIFFERS: "NO  ", Outcome.NOTE: "    "}


class Command(BaseCommand):
    help = "Says whether a sealed transcript or completed document and the database agree, and which row does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the PDF")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 1 if anything differs."""
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        verdict = verify(content)
        for finding in verdict.findings:
            self.stdout.write(SIGNS[finding.outcome] + finding.text)
        if not verdict.agrees:
            raise CommandError("File and database do not vouch for each other.")
        self.stdout.write("File and database agree.")
