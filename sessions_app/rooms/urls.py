"""The pages of agents and customers."""

from django.urls import URLPattern, include, path

from sessions_app.documents import agent_urls as documents_of_agents
from sessions_app.documents.customer_urls import customer_documents
from sessions_app.rooms import (
    agent,
    attendance,
    coming_in,
    conversation,
    customer,
    customer_card,
    files,
    hand_over,
    handing_over,
    installed,
    keeping,
    links,
    mailbox,
    quick_replies,
    reading,
    reconnect_link,
    search,
    starting,
    supervise,
    typed,
)
from sessions_app.rooms.seats import Seating, View, agent_seat, customer_seat


def room_urls(seat: Seating, **own: View) -> list[URLPattern]:
    """The addresses of one side's room: what both sides have, and what only this side has."""
    views: dict[str, View] = {
        "message": conversation.message,
        "file": files.file,
        "half_typed": typed.half_typed,
        "updates": conversation.updates,
        "earlier": conversation.earlier,
        "seen": reading.seen,
        "transcript": keeping.transcript,
        "transcript_pdf": keeping.transcript_pdf,
    }
    views |= own
    return [
        path("<uuid:session_id>/", seat(conversation.page), name="room"),
        path("<uuid:session_id>/files/<uuid:file_id>/", seat(files.download), name="download"),
        path("<uuid:session_id>/files/<uuid:file_id>/thumbnail/", seat(files.thumbnail), name="thumbnail"),
        *(path(f"<uuid:session_id>/{name.replace('_', '-')}/", seat(view), name=name) for name, view in views.items()),
    ]


agent_room = room_urls(
    agent_seat,
    end=agent.end,
    close=agent.close,
    keep_open=agent.keep_open,
    link=links.show,
    links=links.links_of_room,
    reconnect_link=reconnect_link.insert,
    invite=links.invite,
    revoke=links.revoke,
    done=agent.done,
    more_time=agent.more_time,
    pick=handing_over.pick,
    decline=handing_over.decline,
    transfer=handing_over.transfer,
    take_over=handing_over.take_over,
    release=handing_over.release,
    note=customer_card.note,
    details=customer_card.details,
    earlier_sessions=customer_card.earlier_list,
    quick_replies=quick_replies.offer,
)
agent_room += documents_of_agents.agent_room
customer_room = [
    *room_urls(
        customer_seat,
        end=customer.end,
        more_time=customer.more_time,
        busy=customer.busy,
        back=customer.back,
        hand_over=hand_over.hand_over,
    ),
    path("<uuid:session_id>/new-link/", coming_in.new_link_into_room, name="new_link"),
    path("<uuid:session_id>/manifest.webmanifest", installed.manifest, name="manifest"),
    *customer_documents,
]

urlpatterns = [
    path("", agent.welcome, name="welcome"),
    path("sessions/", agent.session_list, name="session-list"),
    path("sessions/start/", starting.start, name="start"),
    path("activity/", attendance.activity, name="activity"),
    path("presence/", attendance.presence, name="presence"),
    path("supervise/", supervise.supervise, name="supervise"),
    path("supervise/lists/", supervise.lists, name="supervise-lists"),
    path("search/", search.search, name="search"),
    path("quick-replies/", quick_replies.own_replies, name="quick-replies"),
    path("quick-replies/<int:pk>/", quick_replies.own_reply, name="quick-reply"),
    path("quick-replies/<int:pk>/remove/", quick_replies.remove_reply, name="remove-quick-reply"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("room/", include((agent_room, "agent"))),
    path("join/<str:token>/", coming_in.join, name="join"),
    path("join/<str:token>/code/", coming_in.code, name="code"),
    path("join/<str:token>/new-link/", coming_in.new_link, name="new-link"),
    path("c/", include((customer_room, "customer"))),
]
