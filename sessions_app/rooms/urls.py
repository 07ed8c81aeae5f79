"""The pages of agents and customers."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, include, path

from sessions_app.rooms import agent, conversation, customer, mailbox
from sessions_app.rooms.seats import Seating, View, agent_seat, customer_seat


def room_urls(seat: Seating, **own: View) -> list[URLPattern]:
    """The addresses of one side's room: what both sides have, and what only this side has."""
    views: dict[str, View] = {
        "message": conversation.message,
        "file": conversation.file,
        "updates": conversation.updates,
        "earlier": conversation.earlier,
    }
    views |= own
    return [
        path("<uuid:session_id>/", seat(conversation.page), name="room"),
        path("<uuid:session_id>/files/<uuid:file_id>/", seat(conversation.download), name="download"),
        *(path(f"<uuid:session_id>/{name.replace('_', '-')}/", seat(view), name=name) for name, view in views.items()),
    ]


agent_room = room_urls(agent_seat, end=agent.end, keep_open=agent.keep_open, link=agent.link, done=agent.done)
customer_room = room_urls(customer_seat, end=customer.end)

urlpatterns = [
    path("", agent.welcome, name="welcome"),
    path("sign-in/", LoginView.as_view(template_name="agent/sign_in.html"), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("sessions/", agent.session_list, name="session-list"),
    path("sessions/start/", agent.start, name="start"),
    path("activity/", agent.activity, name="activity"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("room/", include((agent_room, "agent"))),
    path("join/<str:token>/", customer.join, name="join"),
    path("c/", include((customer_room, "customer"))),
]
