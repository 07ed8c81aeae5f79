"""Quick replies: what a room offers when an agent types a slash, and the page where agents keep their own."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.models import Agent, QuickReply
from sessions_app.quick_replies import around_link, check_placeholders, offered, values_of
from sessions_app.rooms.forms import TypedText
from sessions_app.rooms.seats import Seat, agent_of

LONGEST = 5_000


@require_safe
def offer(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What the agent can insert in this room, ready to be sent; but for the reconnect link, which is made only when it
    is inserted: it belongs between the pieces of `around`."""
    agent = seat.author.agent
    assert agent
    values = values_of(seat.session, agent)
    return JsonResponse({"replies": [_offered(one, values) for one in offered(agent, seat.session)]})


def _offered(reply: QuickReply, values: Mapping[str, str]) -> dict[str, Any]:
    around = around_link(reply.text, values)
    shown = {"shortcut": reply.shortcut, "text": str(_("(reconnect link)")).join(around)}
    return shown | {"around": around} if len(around) > 1 else shown


class QuickReplyForm(forms.ModelForm):
    """A quick reply of one agent's own."""

    text = TypedText(label=_("Text"), max_length=LONGEST, error_messages={"required": _("Write the text.")})

    class Meta:
        model = QuickReply
        fields = ("shortcut", "text")
        labels = {"shortcut": _("Shortcut")}
        help_texts = {"shortcut": _("What you type after a slash, such as hello: letters, digits, hyphens.")}
        error_messages = {
            "shortcut": {
                "required": _("Enter a shortcut."),
                "invalid": _("Use letters, digits, hyphens and underscores only, without spaces."),
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget = forms.Textarea({"rows": 5})
        self.fields["text"].help_text = _(
            "{customer}, {agent} and {workstream} are filled in. {ReconnectURL} becomes a link to come back to a chat."
        )
        for field in self.visible_fields():
            field.field.widget.attrs |= {"class": "form-control", "autocomplete": "off"}

    def clean_text(self) -> str:
        return check_placeholders(self.cleaned_data["text"])

    def clean_shortcut(self) -> str:
        shortcut: str = self.cleaned_data["shortcut"].removeprefix("/").lower()
        own = QuickReply.objects.filter(agent=self.instance.agent, shortcut__iexact=shortcut)
        if own.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("You have a quick reply with this shortcut already."))
        return shortcut


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_replies(request: HttpRequest) -> HttpResponse:
    """The agent's own quick replies, and a new one."""
    agent = agent_of(request)
    return _kept(request, agent, QuickReply(agent=agent))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one of the agent's own quick replies."""
    agent = agent_of(request)
    return _kept(request, agent, get_object_or_404(QuickReply, pk=pk, agent=agent))


@login_required
@require_POST
def remove_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one of the agent's own quick replies."""
    QuickReply.objects.filter(pk=pk, agent=agent_of(request)).delete()
    return redirect("quick-replies")


def _kept(request: HttpRequest, agent: Agent, reply: QuickReply) -> HttpResponse:
    form = QuickReplyForm(request.POST or None, instance=reply)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("quick-replies")
    shared = QuickReply.objects.filter(Q(workstream=None) | Q(workstream__agents=agent), agent=None)
    context = {
        "form": form,
        "edited": reply.pk,
        "own": QuickReply.objects.filter(agent=agent),
        "shared": shared.select_related("workstream"),
    }
    return render(request, "agent/quick_replies.html", context, status=422 if form.errors else 200)
