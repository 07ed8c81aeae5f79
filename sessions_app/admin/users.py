"""Users and roles in Django admin: who may give what to whom (`sessions_app.roles`)."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from policies_app.admin.history import HistoryMixin
from sessions_app.roles import may_give, outranks
from sessions_app.signing_in.requirement import has_one
from sessions_app.signing_in.resetting import reset_second_steps

admin.site.unregister(User)
admin.site.unregister(Group)


class UserForm(UserChangeForm):
    """Keeps the roles that whoever saves it may not take, however it was posted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if password := self.fields.get("password"):
            link = '<a href="../password/" class="text-link">{}</a>'
            password.help_text = format_html(link, _("Set another password"))

    def clean_groups(self) -> QuerySet[Group]:
        chosen: QuerySet[Group] = self.cleaned_data["groups"]
        offered = cast("ModelMultipleChoiceField", self.fields["groups"]).queryset
        kept = self.instance.groups.exclude(pk__in=offered)
        return Group.objects.filter(pk__in=[group.pk for group in (*chosen, *kept)])


@admin.register(User)
class ParleyUserAdmin(HistoryMixin, UserAdmin, ModelAdmin):
    """Accounts and their roles. What goes beyond roles is for superusers only."""

    restorable = False
    form = UserForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "full_name", "roles", "is_active", "is_superuser")
    list_filter = ("groups", "is_active")
    filter_horizontal = ("user_permissions",)
    fieldsets = (
        (None, {"fields": ("username", "groups", "password", "second_step", "is_active")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    beyond_roles = (
        _("Beyond roles"),
        {"fields": ("is_superuser", "is_staff", "user_permissions"), "classes": ["collapse"]},
    )
    readonly_fields = ("last_login", "date_joined", "second_step")

    def get_urls(self) -> list[URLPattern]:
        reset = self.admin_site.admin_view(self.reset_view)
        return [path("<path:object_id>/second-step/", reset, name="auth_user_second_step"), *super().get_urls()]

    def reset_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and then take all second steps from somebody who lost them. Nobody does so for themselves: whoever has
        got hold of their session could. Raises PermissionDenied, or Http404 where there is no such account."""
        user = self.get_object(request, unquote(object_id))
        if user is None:
            raise Http404
        if not self.has_change_permission(request, user) or user.pk == request.user.pk:
            raise PermissionDenied(_("Another administrator has to do this."))
        if request.method != "POST":
            title = _("Reset the second step")
            context = {**self.admin_site.each_context(request), "title": title, "account": user, "opts": self.opts}
            return render(request, "sessions_app/reset_second_step.html", context)
        reset_second_steps(user, timezone.now())
        messages.success(request, _("%s has no second step any more, and is signed out.") % user)
        return redirect("admin:auth_user_change", user.pk)

    @admin.display(description=_("Second step"))
    def second_step(self, user: User) -> SafeString | str:
        if not has_one(user):
            return str(_("not set up"))
        address = reverse("admin:auth_user_second_step", args=[user.pk])
        return format_html('{} · <a class="text-link" href="{}">{}</a>', _("set up"), address, _("Reset"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Fields that are not here are not in the form either, whatever is posted."""
        fieldsets = super().get_fieldsets(request, obj)
        return (*fieldsets, self.beyond_roles) if obj and request.user.is_superuser else fieldsets

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Roles are chosen here, and made on their own page."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "groups":
            field.widget = getattr(field.widget, "widget", field.widget)
        return field

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "groups":
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        assert isinstance(request.user, User)
        kwargs |= {"queryset": may_give(request.user), "widget": UnfoldAdminCheckboxSelectMultipleWidget}
        told = {"label": _("Roles"), "help_text": _("What they may do. Agents also need an entry under Agents.")}
        return super().formfield_for_manytomany(db_field, request, **kwargs | told)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody edits, or sets the password of, somebody who may do more than they."""
        assert isinstance(request.user, User)
        return super().has_change_permission(request, obj) and not (obj and outranks(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are deactivated instead: histories and sessions name them."""
        return False

    @admin.display(description=_("Name"))
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("Roles"))
    def roles(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all()))


@admin.register(Group)
class ParleyGroupAdmin(HistoryMixin, GroupAdmin, ModelAdmin):
    restorable = False
