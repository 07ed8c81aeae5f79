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
    QUEUED = "queued", "Waits in the queue", "azure"
    ASSIGNED = "assigned", "Assigned", "green"
    ACCEPTED = "accepted", "Opened by the agent", "green"
    RETURNED = "returned", "Back in the queue", "orange"
    TRANSFERRED = "transferred", "Transferred", "blue"
    TAKEN_OVER = "taken_over", "Taken over", "blue"
    SEAT_RELEASED = "seat_released", "Seat released", "orange"
    MESSAGE = "message", "Message"
    NOTE = "note", "Note", "yellow"
    CUSTOMER_CHANGED = "customer_changed", "Customer's details changed", "blue"
    CUSTOMER_ERASED = "customer_erased", "Customer erased", "red"
    LINK_REVOKED = "link_revoked", "Link revoked", "orange"
    LINK_ASKED = "link_asked", "Customer asked for a new link", "blue"
    DEVICE_ADDED = "device_added", "Customer came in on another device", "blue"
    DEVICE_REFUSED = "device_refused", "Another device was refused", "orange"
    DEVICE_SWITCHED = "device_switched", "Customer continues in another browser", "blue"
    LINK_INSERTED = "link_inserted", "Reconnect link inserted", "blue"
    CODE_SENT = "code_sent", "One-time code sent", "blue"
    ATTACHED = "attached", "File added"
    DISCONNECTED = "disconnected", "Customer disconnected", "orange"
    RECONNECTED = "reconnected", "Customer is back", "green"
    CLOSED = "closed", "Closed by the agent while the customer was away", "orange"
    HOLD_OVER = "hold_over", "Seat no longer held for the customer", "secondary"
    WARNED = "warned", "About to close because the agent is inactive", "orange"
    KEPT_OPEN = "kept_open", "Kept open", "green"
    ENDED = "ended", "Session ended", "red"
    FOLLOW_UP_DONE = "follow_up_done", "Follow-up done", "green"
    ASKED_FOR_TIME = "asked_for_time", "Customer asked for more time", "orange"
    EXTENDED = "extended", "More time given", "green"
    POLICY_APPLIED = "policy_applied", "Another policy applied by an administrator", "blue"
    DOCUMENT_SENT = "document_sent", "Document sent", "blue"
    DOCUMENT_OPENED = "document_opened", "Document opened by the customer", "blue"
    DOCUMENT_COMPLETED = "document_completed", "Document completed", "green"
    DOCUMENT_READY = "document_ready", "Completed document ready", "green"
    DOCUMENT_FAILED = "document_failed", "Completed document could not be prepared", "red"
    DOCUMENT_RECALLED = "document_recalled", "Document recalled", "orange"
    ACCESS_LIMITED = "access_limited", "Customer's access is now limited", "yellow"
    ACCESS_CLOSED = "access_closed", "Customer's access is over", "secondary"


class Audience(Kind):
    """Who looks at a session."""

    AGENT = "agent", "Agent"
    CUSTOMER = "customer", "Customer"


class ReturnReason(Kind):
    """Why a session went back to the queue."""

    DECLINED = "declined", "The agent declined"
    UNANSWERED = "unanswered", "The agent did not answer in time"
    SIGNED_OUT = "signed_out", "The agent signed out"
    RELEASED = "released", "A supervisor released the seat"
    TRANSFERRED = "transferred", "Transferred to this workstream"
    CUSTOMER_BACK = "customer_back", "The customer came back, and the previous agent has no room"


class LinkKind(Kind):
    """How a customer came by a link."""

    INVITATION = "invitation", "Invitation"
    SHOWN = "shown", "Shown to the agent"
    ASKED = "asked", "Asked for by the customer"
    MORE_TIME = "more_time", "Sent with more time"
    HANDOVER = "handover", "To continue on another device"
    RECONNECT = "reconnect", "To reconnect to a chat"


class LinkOutcome(Kind):
    """What became of somebody's attempt to come in by a link (product.md D5)."""

    USED = "used", "Let in", "green"
    OVER = "over", "Refused: the session is over", "secondary"
    REVOKED = "revoked", "Refused: the link was revoked", "orange"
    UNKNOWN = "unknown", "Refused: there is no such link", "red"
    WRONG_PERSON = "wrong_person", "Refused: somebody else, or nobody, is signed in", "red"
    OTHER_DEVICE = "other_device", "Refused: on another device", "orange"
    TOO_MANY = "too_many", "Refused: too many attempts", "red"


class LinkState(Kind):
    """Whether a link still leads anywhere (product.md D5)."""

    IN_FORCE = "in_force", "In force", "green"
    REVOKED = "revoked", "Revoked", "orange"
    OVER = "over", "Session over", "secondary"
    EXPIRED = "expired", "Expired", "secondary"
    USED_UP = "used_up", "Used up", "blue"


class Way(Kind):
    """How a letter reaches a customer."""

    EMAIL = "email", "E-mail"
    SMS = "sms", "SMS"


class RolloutKind(Kind):
    """What a change of policy does on its way through many sessions (rules.md 6)."""

    FOLLOW = "follow", "Open sessions follow an edit"
    APPLY = "apply", "Ended sessions get a policy"


HIDDEN_FROM_CUSTOMERS = frozenset(
    {
        EntryKind.INVITED,
        EntryKind.INVITATION_FAILED,
        EntryKind.LINK_SHOWN,
        EntryKind.WARNED,
        EntryKind.KEPT_OPEN,
        EntryKind.FOLLOW_UP_DONE,
        EntryKind.ACCEPTED,
        EntryKind.SEAT_RELEASED,
        EntryKind.CLOSED,
        EntryKind.HOLD_OVER,
        EntryKind.NOTE,
        EntryKind.CUSTOMER_CHANGED,
        EntryKind.CUSTOMER_ERASED,
        EntryKind.LINK_REVOKED,
        EntryKind.LINK_ASKED,
        EntryKind.DEVICE_REFUSED,
        EntryKind.CODE_SENT,
        EntryKind.LINK_INSERTED,
        EntryKind.DOCUMENT_OPENED,
        EntryKind.DOCUMENT_FAILED,
    }
)
"""Rows whose number a customer's page counts, but whose content it does not get."""

ABOUT_DOCUMENTS = frozenset(
    {
        EntryKind.DOCUMENT_SENT,
        EntryKind.DOCUMENT_OPENED,
        EntryKind.DOCUMENT_COMPLETED,
        EntryKind.DOCUMENT_READY,
        EntryKind.DOCUMENT_FAILED,
        EntryKind.DOCUMENT_RECALLED,
    }
)
"""Rows whose content names a document, its kind, and what it is called."""

TURNS = (EntryKind.MESSAGE, EntryKind.ATTACHED, EntryKind.DOCUMENT_SENT, EntryKind.DOCUMENT_COMPLETED)
"""Rows by which one side turns to the other, who is then expected to look, and to answer."""

CHANGES_THE_ROOM = frozenset(
    {
        EntryKind.JOINED,
        EntryKind.INVITED,
        EntryKind.QUEUED,
        EntryKind.ASSIGNED,
        EntryKind.ACCEPTED,
        EntryKind.RETURNED,
        EntryKind.TRANSFERRED,
        EntryKind.TAKEN_OVER,
        EntryKind.SEAT_RELEASED,
        EntryKind.DISCONNECTED,
        EntryKind.RECONNECTED,
        EntryKind.DEVICE_SWITCHED,
        EntryKind.CLOSED,
        EntryKind.HOLD_OVER,
        EntryKind.CUSTOMER_CHANGED,
        EntryKind.CUSTOMER_ERASED,
        EntryKind.LINK_REVOKED,
        EntryKind.WARNED,
        EntryKind.KEPT_OPEN,
        EntryKind.ENDED,
        EntryKind.FOLLOW_UP_DONE,
        EntryKind.ASKED_FOR_TIME,
        EntryKind.EXTENDED,
        EntryKind.POLICY_APPLIED,
        EntryKind.ACCESS_LIMITED,
        EntryKind.ACCESS_CLOSED,
        *ABOUT_DOCUMENTS,
    }
)
"""Rows after which more than the list of rows looks different: pages then ask for the state of the room."""
