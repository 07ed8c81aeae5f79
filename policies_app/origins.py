"""Where a chat widget may be shown: origins, as browsers compare them. Pure."""

from policies_app.redirects import plain_host, split_address

_USUAL = {"https": "443", "http": "80"}
_HERE = frozenset({"localhost", "127.0.0.1"})


class OriginProblem(ValueError):
    """Why an origin cannot be allowed; the text is for the person who typed it."""


def origin_in(text: str) -> str:
    """An origin as an administrator types it, as browsers send it: "https://www.example.com", and a port if it has one.

    Raises OriginProblem for what is more or less than scheme, host and port, and for http other than on this computer.
    """
    origin = origin_of(text.strip())
    parts = split_address(text.strip())
    if origin is None or parts is None or "*" in origin or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise OriginProblem(
            f"“{text}” is not an origin. Write https://www.example.com, with a port if it has one, and nothing else."
        )
    if "@" in parts.netloc:
        raise OriginProblem(f"“{text}” must not contain a user name or a password.")
    if parts.scheme == "http" and plain_host(parts.hostname or "") not in _HERE:
        raise OriginProblem(f"“{text}” is not secure. Write https://; http:// is for localhost only.")
    return origin


def origin_of(address: str) -> str | None:
    """The origin of an address, as browsers send it; None if it is no whole http(s) address."""
    parts = split_address(address)
    if parts is None or parts.scheme not in _USUAL or not parts.hostname:
        return None
    host = plain_host(parts.hostname)
    name = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port and str(parts.port) != _USUAL[parts.scheme] else ""
    return f"{parts.scheme}://{name}{port}"
