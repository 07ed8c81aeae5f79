"""Roles: groups of permissions, made by the migration `0002_roles`, and who may do what to whom."""

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db.models import Q, QuerySet

ADMINISTRATOR = "Administrator"
SUPERVISOR = "Supervisor"
AGENT = "Agent"


def may_open_settings(user: User | AnonymousUser) -> bool:
    """Whether Django admin is open to somebody: the role is enough, nobody need be made staff too."""
    return user.is_active and (user.is_staff or user.has_module_perms("policies_app"))


def give_role(user: User, role: str) -> None:
    """Add somebody to a role. Nothing happens if they have it, or if this installation has no such role any more."""
    if group := Group.objects.filter(name=role).first():
        user.groups.add(group)


def may_give(user: User) -> QuerySet[Group]:
    """The roles that somebody may give and take: those that can nothing that they cannot themselves."""
    if user.is_superuser:
        return Group.objects.all()
    return Group.objects.exclude(permissions__in=Permission.objects.exclude(pk__in=_held_by(user)))


def outranks(user: User, other: User) -> bool:
    """Whether somebody holds a right that the other does not. Whoever could change their password would get it."""
    if user.is_superuser or other.is_superuser:
        return user.is_superuser and not other.is_superuser
    return _held_by(user).exclude(pk__in=_held_by(other)).exists()


def _held_by(user: User) -> QuerySet[Permission]:
    """The permissions given to somebody, by roles or singly, whether or not the account is active."""
    return Permission.objects.filter(Q(user=user) | Q(group__user=user))
