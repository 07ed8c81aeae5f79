"""The addresses of documents within an agent's room."""

from django.urls import path

from sessions_app.documents import agent_looking, agent_views
from sessions_app.rooms.seats import agent_seat

_ONE = "<uuid:session_id>/documents/<uuid:document_id>/"

agent_room = [
    path("<uuid:session_id>/documents/send/", agent_seat(agent_views.send), name="send_document"),
    path("<uuid:session_id>/documents/ask-for-files/", agent_seat(agent_views.ask_files), name="ask_for_files"),
    path(_ONE, agent_seat(agent_looking.document), name="document"),
    path(f"{_ONE}pages/<int:page>/", agent_seat(agent_looking.picture), name="document_page"),
    path(f"{_ONE}pdf/", agent_seat(agent_looking.pdf), name="document_pdf"),
    path(f"{_ONE}recall/", agent_seat(agent_views.recall), name="recall_document"),
    path(f"{_ONE}try-again/", agent_seat(agent_views.prepare), name="prepare_document"),
]
