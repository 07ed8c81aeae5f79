"""The kinds of rows in a session's timeline, and who acts in them."""

from policies_app.kinds import Kind


class Actor(Kind):
    """Who did something."""

    AGENT = "agent", "Agent"
    CUSTOMER = "customer", "Customer"
    SYSTEM = "system", "Parley"
    ADMIN = "admin", "Administrator"
    API = "api", "Integration"


class EntryKind(Kind):
    """What a row of a timeline records. The colour is that of its mark in the agent's room."""

    STARTED = "started", "Session started", "green"
    INVITED = "invited", "Invitation sent", "blue"
    INVITATION_FAILED = "invitation_failed", "Invitation could not be sent", "red"
    LINK_SHOWN = "link_shown", "Link shown to the agent", "blue"
    JOINED = "joined", "Customer joined", "green"
    MESSAGE = "message", "Message"
    ATTACHED = "attached", "File added"
    WARNED = "warned", "About to close because the agent is inactive", "orange"
    KEPT_OPEN = "kept_open", "Kept open", "green"
    ENDED = "ended", "Session ended", "red"
    FOLLOW_UP_DONE = "follow_up_done", "Follow-up done", "green"
    ACCESS_LIMITED = "access_limited", "Customer's access is now limited", "yellow"
    ACCESS_CLOSED = "access_closed", "Customer's access is over", "secondary"


class Audience(Kind):
    """Who looks at a session."""

    AGENT = "agent", "Agent"
    CUSTOMER = "customer", "Customer"


HIDDEN_FROM_CUSTOMERS = frozenset(
    {
        EntryKind.INVITED,
        EntryKind.INVITATION_FAILED,
        EntryKind.LINK_SHOWN,
        EntryKind.WARNED,
        EntryKind.KEPT_OPEN,
        EntryKind.FOLLOW_UP_DONE,
    }
)
"""Rows whose number a customer's page counts, but whose content it does not get."""

CHANGES_THE_ROOM = frozenset(
    {
        EntryKind.JOINED,
        EntryKind.WARNED,
        EntryKind.KEPT_OPEN,
        EntryKind.ENDED,
        EntryKind.FOLLOW_UP_DONE,
        EntryKind.ACCESS_LIMITED,
        EntryKind.ACCESS_CLOSED,
    }
)
"""Rows after which more than the list of rows looks different: pages then ask for the state of the room."""
