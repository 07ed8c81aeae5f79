"""For an operator whose provider calls people by other subjects than before: each is found by the address once more."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.signing_in.models import ProviderAccount


class Command(BaseCommand):
    help = (
        "Forgets whom the provider of single sign-on means by which subject: of one account, or of all. The next "
        "sign-in finds the account by its verified e-mail address again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("username", nargs="?")
        whose.add_argument("--all", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.OIDC is None:
            raise CommandError("There is no single sign-on: PARLEY_OIDC_ISSUER is not set.")
        links = ProviderAccount.objects.filter(issuer=settings.OIDC.issuer)
        if not options["all"]:
            links = links.filter(user__username=options["username"])
        count, _by_model = links.delete()
        if not count:
            raise CommandError("There is nothing to forget: nobody of that name came from this provider.")
        self.stdout.write(f"{count} of them will be found by their address again.")
