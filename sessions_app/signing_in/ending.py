"""Sign-ins that end although nobody signed out: the password is another one, or the account may do less than before.

It is heard of wherever that is done: on a page, in Django admin, by a provider, on the command line. What was open in
another browser is over at its next request; its pages ask for something at once, because they are told that the agent
is offline, and what they may listen to is over within three minutes.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models.signals import m2m_changed, post_save, pre_save
from django.utils import timezone

from policies_app.kinds import AgentStatus
from sessions_app import availability
from sessions_app.models import Agent
from sessions_app.signing_in.models import BrowserSession
from sessions_app.signing_in.sessions import kept_as

ENDS = "_ends_sign_ins"
KEEPS = "keeps_session"
"""Set on a user before they are saved: the key of the session that goes on, where they changed their own password."""

_LESS = {"post_remove", "pre_clear"}


def end_sign_ins(user_id: int, now: datetime, *, keep: str = "") -> int:
    """Sign somebody out of all browsers, but for the one whose session has the key `keep`. Returns how many there were.

    Without one that goes on, the agent is offline at once.
    """
    others = BrowserSession.objects.filter(user=user_id)
    count, _by_model = (others.exclude(session_key=kept_as(keep)) if keep else others).delete()
    agent = None if keep else Agent.objects.filter(user=user_id).exclude(status=AgentStatus.OFFLINE).first()
    if agent:
        availability.choose(agent, AgentStatus.OFFLINE, now)
    return count


def connect() -> None:
    pre_save.connect(_about_to_save, sender=User, dispatch_uid="sign-ins about to end")
    post_save.connect(_saved, sender=User, dispatch_uid="sign-ins end")
    for field in (User.groups, User.user_permissions):
        m2m_changed.connect(_members_changed, sender=field.through, dispatch_uid=f"sign-ins end {field.field.name}")


def _about_to_save(instance: User, update_fields: frozenset[str] | None = None, **_signal: Any) -> None:
    """Notice what is taken away. A save that touches nothing of it asks nothing."""
    watched = {"password", "is_active", "is_staff", "is_superuser"}
    if instance.pk and (update_fields is None or watched & update_fields):
        was = User.objects.filter(pk=instance.pk).only(*watched).first()
        vars(instance)[ENDS] = bool(was and _can_less(was, instance))


def _can_less(was: User, now: User) -> bool:
    lost = any(getattr(was, name) and not getattr(now, name) for name in ("is_active", "is_staff", "is_superuser"))
    return lost or was.password != now.password


def _saved(instance: User, **_signal: Any) -> None:
    if vars(instance).pop(ENDS, False):
        end_sign_ins(instance.pk, timezone.now(), keep=vars(instance).pop(KEEPS, ""))


def _members_changed(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_signal: Any) -> None:
    """A role or a right was taken from somebody. Seen from the role's side (`reverse`), `pk_set` are the people."""
    if action not in _LESS:
        return
    people = {instance.pk}
    if reverse:
        people = pk_set if pk_set is not None else set(instance.user_set.values_list("pk", flat=True))
    for one in people:
        end_sign_ins(one, timezone.now())
