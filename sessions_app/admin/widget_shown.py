"""What the form of a chat widget only shows: what goes into the portal's pages, and lists in words."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from policies_app.hours_wording import hours_in_words
from policies_app.models import ChatWidget


def snippet_of(key: str, base_url: str) -> str:
    """The line that shows a widget on a page."""
    return f'<script async src="{base_url}/widget.js" data-widget="{key}"></script>'


def csp_of_portal(base_url: str) -> str:
    """What the content security policy of such a page has to allow."""
    return f"script-src {base_url}; frame-src {base_url}; connect-src {base_url};"


def to_copy(text: str) -> str:
    """A text with a button that copies it, where the page's script runs."""
    return format_html(
        '<div class="widget-copy"><code tabindex="0">{}</code>'
        '<button type="button" class="behavior-button" data-copy data-copied="{}" hidden>{}</button>'
        '<span class="preview-hidden" role="status"></span></div>',
        text,
        _("Copied"),
        _("Copy"),
    )


def origins_shown(widget: ChatWidget) -> str:
    """The allowed origins, one a line."""
    return format_html_join(mark_safe("<br>"), "{}", ((one,) for one in widget.allowed_origins)) or _("None")


def hours_shown(widget: ChatWidget) -> str:
    """The business hours in words."""
    return hours_in_words(widget.hours) or _("Always open")
