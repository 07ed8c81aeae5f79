"""ETags, so that of two people who change the same settings nobody's change is lost."""

from rest_framework.request import Request

from sessions_app.api.problems import Changed, SayWhich


def etag(version: object) -> str:
    """The ETag of a version of something."""
    return f'"{version}"'


def check_unchanged(request: Request, version: object) -> None:
    """Raise unless the request's If-Match names this version: SayWhich without one, Changed if it names another."""
    named = request.headers.get("If-Match", "")
    if not named:
        raise SayWhich
    given = {one.strip().removeprefix("W/") for one in named.split(",")}
    if etag(version) not in given and "*" not in given:
        raise Changed
