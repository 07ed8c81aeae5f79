"""What sealed files say of their seal, to whoever reads them, in the language in force."""

from django.conf import settings
from django.utils.translation import gettext as _


def about_seal() -> str:
    """What the seal is good for."""
    return _(
        "This file is sealed with a digital signature: programs that read PDF files tell whether anything in it was "
        "changed since, and Parley tells whether it still agrees with what is stored."
    )


def self_made_mark() -> str:
    """A sentence for files that are sealed with a key that Parley made itself; empty for others."""
    if not settings.SEAL.is_self_made:
        return ""
    return _(
        "The key of this seal is self-made (“Parley, self-made key (not trusted)”): nobody vouches for who holds it. "
        "The seal shows that nothing was changed, but proves to nobody else who made the file."
    )
