"""Agents in Django admin."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from sessions_app.models import Agent


@admin.register(Agent)
class AgentAdmin(ModelAdmin):
    """Makes a user an agent, and sets the name that customers see."""

    list_display = ("name", "user")
    search_fields = ("name", "user__username")
    autocomplete_fields = ("user",)

    def has_delete_permission(self, request: HttpRequest, obj: Agent | None = None) -> bool:
        return False
