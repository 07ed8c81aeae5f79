"""Invitations: how a customer gets the link into an invitation session."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from sessions_app import links
from sessions_app.actions import record
from sessions_app.kinds import Actor, EntryKind
from sessions_app.models import Agent, LiveSession
from sessions_app.timeline import Row


def send(session_id: int, *, now: datetime) -> None:
    """E-mail the customer a new link and record it. Raises OSError when the mail server cannot be reached.

    A link that could not be sent is not kept.

    The link is made here, in the worker, so that its token never waits in the queue.
    """
    session = LiveSession.objects.select_related("agent", "customer").get(pk=session_id)
    if not session.is_open or not session.customer.email:
        return
    context = {"session": session, "link": links.mint(session, by=session.agent, now=now)}
    letter = EmailMultiAlternatives(
        subject=_("%(agent)s invites you to a conversation") % {"agent": session.agent},
        body=render_to_string("mail/invitation.txt", context),
        to=[session.customer.email],
    )
    letter.attach_alternative(render_to_string("mail/invitation.html", context), "text/html")
    try:
        letter.send()
    except OSError:
        session.links.filter(created_at=now).delete()
        raise
    row = Row(kind=EntryKind.INVITED, actor=Actor.SYSTEM, payload={"to": session.customer.email})
    record(session_id, row, now=now)


def give_up(session_id: int, *, now: datetime) -> None:
    """Record that the invitation could not be sent, so that the agent finds another way."""
    record(session_id, Row(kind=EntryKind.INVITATION_FAILED, actor=Actor.SYSTEM), now=now)


def show_link(session: LiveSession, agent: Agent, *, now: datetime) -> str:
    """Make a link for the agent to pass on by other means, and record that they had it."""
    link = links.mint(session, by=agent, now=now)
    record(session.pk, Row(kind=EntryKind.LINK_SHOWN, actor=Actor.AGENT, agent=agent), now=now)
    return link
