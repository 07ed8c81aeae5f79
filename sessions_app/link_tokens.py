"""The tokens in the addresses of customers' links: whoever reads along must not be able to use them."""

import re

_TOKEN = re.compile(r"(/join/|/f/|\b(?:parley\.reconnect|oc\.reconnectid)=)[^/\s?&#]+")


def without_tokens(text: str) -> str:
    """The text, with an ellipsis where an address in it had a token."""
    return _TOKEN.sub(r"\1…", text)
