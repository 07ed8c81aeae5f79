"""Small pieces that templates are made of; in force in every template."""

from datetime import UTC, datetime

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import Urlizer, format_html
from django.utils.safestring import SafeString, mark_safe

from sessions_app import roles

register = template.Library()


@register.simple_tag
def moment(at: datetime, style: str = "moment") -> SafeString:
    """A moment, in UTC until the page's script says it in the viewer's zone.

    Styles: `clock` (14:05), `moment` (16:40 today), `until` (16:40 today, in 2 h), `countdown` (1:59, ticking),
    `elapsed` (1:59 since then, ticking).
    """
    shown = date_format(at.astimezone(UTC), "j M Y H:i")
    return format_html('<time datetime="{}" data-time="{}">{} UTC</time>', at.isoformat(), style, shown)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon beside words; screen readers pass over it."""
    sprite = static("vendor/tabler-icons/sprite.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


register.filter("may_open_settings", roles.may_open_settings)


@register.simple_tag
def mailbox_address() -> str:
    """Where the mailbox page is; empty where letters are really sent."""
    return reverse("mailbox") if settings.HAS_MAILBOX else ""


class _Links(Urlizer):
    """Makes addresses clickable: of the web (http and https) and of mail, never of anything else."""

    url_template = '<a href="{href}" target="_blank" rel="noopener noreferrer nofollow">{url}</a>'


_with_links = _Links()


@register.filter
def linked(text: str) -> SafeString:
    """Text as somebody typed it, escaped, with clickable addresses."""
    return mark_safe(_with_links(text, autoescape=True))  # noqa: S308 (escaped word by word)
