"""The script on a portal's page, as it is served: small, the same for everybody, asked for again now and then."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags, quote_etag

LASTS = 300
"""Seconds for which browsers keep it: so soon is a new version everywhere, though its address stays."""

SOURCE = "parley/widget/loader.js"

_NOT_SENT = re.compile(r"^\s+(?://.*\n)?", re.MULTILINE)
"""Indentation, and lines that are only a comment: for whoever reads the source."""


@dataclass(frozen=True, slots=True)
class Loader:
    """The script, as it is and packed, and what names this version of it."""

    plain: bytes
    packed: bytes
    etag: str

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The script, packed for whoever reads that; nothing for whoever has it."""
        packs = "gzip" in request.headers.get("Accept-Encoding", "")
        known = self.etag in parse_etags(request.headers.get("If-None-Match", ""))
        response = HttpResponseNotModified() if known else HttpResponse(self.packed if packs else self.plain)
        if not known:
            response["Content-Type"] = "text/javascript; charset=utf-8"
            if packs:
                response["Content-Encoding"] = "gzip"
        response["ETag"] = self.etag
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        patch_cache_control(response, public=True, max_age=LASTS)
        patch_vary_headers(response, ("Accept-Encoding",))
        return response


@cache
def loader() -> Loader:
    """Read once: it changes with a new version of Parley only."""
    path = finders.find(SOURCE)
    assert isinstance(path, str), "the loader is one of our own files"
    plain = _NOT_SENT.sub("", Path(path).read_text(encoding="utf-8")).encode()
    digest = hashlib.sha256(plain).hexdigest()[:32]
    return Loader(plain, gzip.compress(plain, 9, mtime=0), quote_etag(digest))
