"""Where Django keeps what belongs to a browser (`SESSION_ENGINE`): in the database, with who is signed in there.

The database holds a hash of the key that the browser has, so that nobody can go on with what they read there.
"""

import hashlib
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from sessions_app.signing_in.models import BrowserSession


def kept_as(session_key: str) -> str:
    """Under which key the database has the session of a browser with this key."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: Any) -> BrowserSession:
        key = self._get_or_create_session_key()  # type: ignore[attr-defined] # the stubs leave it out
        row = BrowserSession(
            session_key=kept_as(key),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
        )
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row

    def exists(self, session_key: str | None) -> bool:
        return BrowserSession.objects.filter(session_key=kept_as(session_key or "")).exists()

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            BrowserSession.objects.filter(session_key=kept_as(key)).delete()

    def _get_session_from_db(self) -> Any:
        kept = kept_as(self.session_key or "")
        found = BrowserSession.objects.filter(session_key=kept, expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found
