"""For an operator whose only administrator has lost the phone."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sessions_app.signing_in.resetting import reset_second_steps


class Command(BaseCommand):
    help = "Takes authenticator app, passkeys and recovery codes from an account, and signs it out of all browsers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']!r}.")
        reset_second_steps(user, timezone.now())
        self.stdout.write(f"{user} has no second step any more, and is signed out.")
