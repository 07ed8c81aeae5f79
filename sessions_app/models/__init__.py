from sessions_app.models.attachment import Attachment
from sessions_app.models.draft import Draft
from sessions_app.models.link import AccessLink
from sessions_app.models.people import Agent, Customer
from sessions_app.models.session import LiveSession
from sessions_app.models.timeline import TimelineEntry

__all__ = ["AccessLink", "Agent", "Attachment", "Customer", "Draft", "LiveSession", "TimelineEntry"]
