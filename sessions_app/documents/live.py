"""What open pages are told of documents. Only hints, without numbers: pages ask for the rest."""

import json

from sessions_app.kinds import Audience
from sessions_app.live import room_topic
from sessions_app.models import Document, LiveSession
from sessions_app.push.announce import Message, announce


def announce_progress(session: LiveSession, document: Document) -> None:
    """Tell the rooms of both sides how far the customer has come, never what they entered.

    Of files that were asked for: how many there are, and how many there can be. One query for those.
    """
    filled, asked = document.filled, document.asked
    if not document.is_form:
        filled, asked = document.files.count(), document.most_files
    said = {"s": str(session.public_id), "d": str(document.public_id), "filled": filled, "asked": asked}
    data = json.dumps(said)
    announce([Message(room_topic(session.public_id, side), "document", data) for side in Audience])
