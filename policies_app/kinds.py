"""The kinds that rules, database and screens share. Labels are English source texts, translated when shown."""

from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """A choice that carries how it is called and coloured (Tabler's colour names)."""

    label: str
    colour: str

    def __new__(cls, value: str, label: str = "", colour: str = "secondary") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.colour = colour
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.label) for member in cls]


class AgentRedirect(Kind):
    """Which page an agent sees when a session has ended (rules.md 3)."""

    WELCOME = "welcome", "Back to Welcome page"
    STAY = "stay", "Stay in room"


class ActivityCounts(Kind):
    """Which activity of the agent keeps a session open (rules.md 3)."""

    ANYWHERE = "anywhere", "Anywhere in Parley"
    SESSION = "session", "In this session"


class AccessSetting(Kind):
    """What customers keep after the end (rules.md 4)."""

    FULL_UNLIMITED = "full_unlimited", "Full access (unlimited)"
    FULL_RESTRICTED = "full_restricted", "Full access (time restricted)"
    LIMITED = "limited", "Limited access"


class AccessLevel(Kind):
    """What a customer may do in a session at one moment (rules.md 4)."""

    OPEN = "open", "Open", "green"
    FULL = "full", "Full access", "blue"
    LIMITED = "limited", "Limited access", "yellow"
    NONE = "none", "No access", "secondary"


class Permission(Kind):
    """What a customer may be allowed to do (the rows of the second table of rules.md 4)."""

    READ = "read", "Read the conversation and open its files"
    COMPLETE = "complete", "Fill in, sign and complete documents"
    REVIEW = "review", "Review incomplete documents"
    DOWNLOAD = "download", "Download completed documents"
    ATTACH = "attach", "Add attachments"
    CHAT = "chat", "Chat"


class Channel(Kind):
    """How a session comes about (product.md, Words)."""

    INVITATION = "invitation", "Invitation session"
    WIDGET = "widget", "Widget session"


class SessionState(Kind):
    """The states of a session (rules.md 2)."""

    QUEUED = "queued", "Waiting", "azure"
    ACTIVE = "active", "Open", "green"
    DISCONNECTED = "disconnected", "Customer disconnected", "orange"
    ENDED = "ended", "Ended", "secondary"


class Assignment(Kind):
    """How a waiting session comes to an agent of its workstream (rules.md 2)."""

    AUTOMATIC = "automatic", "Given to the agent with most free capacity"
    PICK = "pick", "Picked from the queue by agents"


class ReturningCustomer(Kind):
    """What happens when a session is started for a customer who has one already."""

    ASK = "ask", "Ask the agent"
    CONTINUE = "continue", "Continue the previous session"
    NEW = "new", "Start a new session"


class DeviceAccess(Kind):
    """On which devices a customer's link lets them in."""

    ANY = "any", "Any device"
    FIRST = "first", "First device only"
    CODE = "code", "First device, others after a one-time code"


class SignIn(Kind):
    """Whether customers of a chat widget are known to its portal."""

    NONE = "none", "Nobody signs in"
    OPTIONAL = "optional", "Customers may be signed in"
    REQUIRED = "required", "Only customers who are signed in"


class Ask(Kind):
    """Whether a chat widget asks for something before the chat."""

    NO = "no", "Do not ask"
    OPTIONAL = "optional", "Ask"
    REQUIRED = "required", "Ask, and require an answer"


class Corner(Kind):
    """Where the launcher of a chat widget is."""

    RIGHT = "right", "Bottom right"
    LEFT = "left", "Bottom left"


class Algorithm(Kind):
    """How a portal signs who its customer is."""

    RS256 = "RS256", "RS256 (RSA key)"
    ES256 = "ES256", "ES256 (elliptic curve key)"
    HS256 = "HS256", "HS256 (shared secret)"


class FileGroup(Kind):
    """The kinds of files that customers and agents may add."""

    PICTURES = "pictures", "Pictures"
    DOCUMENTS = "documents", "PDF and office documents"
    MEDIA = "media", "Video and audio"
    TEXT = "text", "Plain text"


class AgentStatus(Kind):
    """Whether an agent takes new sessions: what they chose, and what it comes to (`capacity.presence_of`)."""

    AVAILABLE = "available", "Available", "green"
    AWAY = "away", "Away", "yellow"
    OFFLINE = "offline", "Offline", "secondary"


class EndReason(Kind):
    """Why a session ended (rules.md 2)."""

    ABANDONED = "abandoned", "Ended because the customer left the queue"
    ENDED_BY_AGENT = "ended_by_agent", "Ended by the agent"
    AGENT_INACTIVE = "agent_inactive", "Ended because the agent was inactive"
    ENDED_BY_CUSTOMER = "ended_by_customer", "Ended by the customer"
    RECONNECT_TIMEOUT = "reconnect_timeout", "Ended because the customer did not come back in time"
    SUPERSEDED = "superseded", "Ended because the customer started a new session"
    ENDED_BY_API = "ended_by_api", "Ended by an integration"
    ENDED_BY_ADMIN = "ended_by_admin", "Ended by an administrator"


class Return(Kind):
    """What a disconnected session becomes when its customer is back (rules.md 5)."""

    SAME_AGENT = "same_agent", "Goes on with the same agent"
    ANY_AGENT = "any_agent", "Goes on with the previous agent if they have room, else waits in the queue"
    OVER = "over", "Is over; a new chat is offered"


class DueKind(Kind):
    """What the passing of time will do next to a session."""

    WARN = "warn", "Warn that the session is about to close"
    END_INACTIVE = "end_inactive", "End because the agent is inactive"
    RETURN = "return", "Return to the queue because the agent does not answer"
    DISCONNECT = "disconnect", "Count the customer as disconnected"
    ABANDON = "abandon", "End because the customer left the queue"
    END_HOLD = "end_hold", "Release the seat that is held for the customer"
    END_AWAY = "end_away", "End because the customer did not come back in time"
    LIMIT_ACCESS = "limit_access", "Change to limited access"
    CLOSE_ACCESS = "close_access", "End the customer's access"
