"""The history of an object in Django admin, from which a version is restored."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from policies_app.admin.keys import key_of
from policies_app.history import ACTION_COLOURS, Change, action_word, changes_of, who

MAY_SEE = "auditlog.view_logentry"
PER_PAGE = 50


def address_of(name: str, *args: Any) -> str:
    """The address of an admin page, or nothing where there is no such page."""
    try:
        return reverse(f"admin:{name}", args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Row:
    """One change as both lists show it: of one object, and of all. Addresses are empty where there is no such page."""

    entry: LogEntry
    who: str
    action: str
    colour: str
    changes: list[Change]
    version: int | None
    version_page: str
    restore: str = ""
    what: str = ""
    page: str = ""


def row(entry: LogEntry, **more: str) -> Row:
    """An entry in words."""
    version = _version_of(entry)
    return Row(
        entry=entry,
        who=who(entry),
        action=action_word(entry),
        colour=ACTION_COLOURS[entry.action],
        changes=changes_of(entry),
        version=version,
        version_page=address_of("policies_app_policyversion_change", version) if version else "",
        **more,
    )


def _version_of(entry: LogEntry) -> int | None:
    """The policy version that a change made, if it made one."""
    made = entry.action != LogEntry.Action.DELETE and entry.serialized_data
    return entry.serialized_data["fields"].get("version") if made else None


class HistoryMixin(admin.ModelAdmin):
    """Gives a settings page its history, and fills its form with an earlier version on request (`?restore=<entry>`).

    Restoring stores nothing: the administrator looks at the form and saves it, as any edit. To stand before ModelAdmin.
    """

    restorable = True
    history_key: tuple[str, ...] = ()
    """What makes an object the same one after it was deleted and made again, such as an override's workstream."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All changes of one object, newest first; of one that was deleted too."""
        found = self.get_object(request, unquote(object_id))
        if not (request.user.has_perm(MAY_SEE) and self.has_view_or_change_permission(request, found)):
            raise PermissionDenied
        if key_of(unquote(object_id)) is None:
            raise Http404
        entries = self.history_of(unquote(object_id))
        if found is None and not entries.exists():
            raise Http404
        page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
        target, newest = found or self._made_again(entries), entries.first()
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %s") % (found or entries[0].object_repr),
            "page": page,
            "rows": [row(entry, restore=self._restore_address(request, entry, target, newest)) for entry in page],
            "object": found,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return render(request, "policies_app/history/object.html", context)

    def history_of(self, object_id: str) -> QuerySet[LogEntry]:
        """Everything that is recorded of an object, newest first."""
        entries = _in_order(LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(self.model)))
        mine = entries.filter(object_pk=object_id)
        newest = mine.exclude(serialized_data=None).first() if self.history_key else None
        return entries.filter(**_key(newest, self.history_key)) if newest else mine

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        entry = self._restored(request, obj)
        return _filled(form, self.values_of(entry)) if entry else form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form, with the button History for those who may see it, and a word about what is being restored."""
        context = {"show_history": request.user.has_perm(MAY_SEE)} | (extra_context or {})
        obj = self.get_object(request, unquote(object_id)) if object_id else None
        if entry := self._restored(request, obj):
            self.message_user(request, _being_restored(entry), messages.WARNING)
        return super().changeform_view(request, object_id, form_url, context)

    def values_of(self, entry: LogEntry) -> dict[str, Any]:
        """The values of a version as a form takes them. Fields that there are no more are left out."""
        stored = entry.serialized_data["fields"]
        return {name: _value(self.model, name, stored[name]) for name in stored if _has(self.model, name)}

    def _restored(self, request: HttpRequest, obj: Model | None) -> LogEntry | None:
        """The entry that a request asks to fill the form with, if it is a version of this object."""
        asked = key_of(request.GET.get("restore", ""))
        if request.method != "GET" or asked is None or not (self.restorable and request.user.has_perm(MAY_SEE)):
            return None
        mine = ContentType.objects.get_for_model(self.model)
        entries = self.history_of(str(obj.pk)) if obj else _in_order(LogEntry.objects.filter(content_type=mine))
        return entries.exclude(serialized_data=None).filter(pk=asked).first()

    def _made_again(self, entries: QuerySet[LogEntry]) -> Model | None:
        """What stands in the place of an object that was deleted, if anything does."""
        newest = entries.exclude(serialized_data=None).first()
        if not (newest and self.history_key):
            return None
        values = self.values_of(newest)
        objects: QuerySet[Model] = self.model._default_manager.filter(
            **{name: values[name] for name in self.history_key}
        )
        return objects.first()

    def _restore_address(
        self, request: HttpRequest, entry: LogEntry, target: Model | None, newest: LogEntry | None
    ) -> str:
        """Where the form is that takes this version; empty if there is none, or not for this administrator."""
        as_it_is_now = target and entry == newest
        if as_it_is_now or not (self.restorable and entry.serialized_data):
            return ""
        page = f"{self.opts.app_label}_{self.opts.model_name}"
        query = {"restore": entry.pk}
        if target:
            allowed, place = self.has_change_permission(request, target), address_of(f"{page}_change", target.pk)
        else:
            allowed, place = self.has_add_permission(request), address_of(f"{page}_add")
            values = self.values_of(entry)
            query |= {name: values[name] for name in self.history_key if values[name] is not None}
        return f"{place}?{urlencode(query)}" if allowed and place else ""


def _in_order(entries: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
    return entries.select_related("actor", "content_type").order_by("-pk")


def _key(entry: LogEntry, names: tuple[str, ...]) -> dict[str, Any]:
    stored = entry.serialized_data["fields"]
    return {f"serialized_data__fields__{name}": stored[name] for name in names}


def _has(model: type[Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name))
    except FieldDoesNotExist:
        return False


def _value(model: type[Model], name: str, stored: Any) -> Any:
    field: Any = model._meta.get_field(name)
    return stored if field.is_relation else field.to_python(stored)


def _filled(form: Any, values: dict[str, Any]) -> Any:
    """The form with other initial values than those that are stored."""

    class Filled(form):  # which form it is, is known only when it is asked for
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["initial"] = {**(kwargs.get("initial") or {}), **values}
            super().__init__(*args, **kwargs)

    return Filled


def _being_restored(entry: LogEntry) -> str:
    when = date_format(entry.timestamp, "j M Y H:i") + " UTC"
    return _("You are restoring the version of %s. Nothing is stored until you press Save.") % when
