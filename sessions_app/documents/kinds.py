"""The kinds of documents, of their fields, and of what becomes of them."""

from policies_app.kinds import Kind


class FieldKind(Kind):
    """What is entered into a field."""

    TEXT = "text", "Text"
    MULTILINE = "multiline", "Text of several lines"
    NUMBER = "number", "Number"
    DATE = "date", "Date"
    CHECKBOX = "checkbox", "Check box"
    RADIO = "radio", "One of several, each with a box"
    CHOICE = "choice", "One of a list"
    SIGNATURE = "signature", "Signature"


class FilledBy(Kind):
    """Who fills a field in. What the agent fills in is there before the customer sees the document."""

    CUSTOMER = "customer", "Customer"
    AGENT = "agent", "Agent"


class Prefill(Kind):
    """What a field begins with, taken from the session when the document is sent."""

    NOTHING = "", "Nothing"
    CUSTOMER_NAME = "customer.name", "Customer's name"
    CUSTOMER_EMAIL = "customer.email", "Customer's e-mail"
    CUSTOMER_PHONE = "customer.phone", "Customer's phone"
    AGENT_NAME = "agent.name", "Agent's name"
    TODAY = "today", "Date of sending"


class DocumentKind(Kind):
    """What is asked of the customer."""

    FORM = "form", "Document to complete"
    FILES = "files", "Files to add"


class DocumentState(Kind):
    """What has become of a document. The colour is that of its badge."""

    OPEN = "open", "To complete", "azure"
    COMPLETED = "completed", "Being prepared", "yellow"
    READY = "ready", "Completed", "green"
    RECALLED = "recalled", "Recalled", "secondary"


MOST_FAILURES = 5
"""After so many failed attempts to prepare a completed document nobody tries again by themselves."""


class VersionState(Kind):
    """How far an uploaded template has come. Only one that is ready can be sent."""

    READING = "reading", "Being read", "yellow"
    READY = "ready", "Ready", "green"
    REFUSED = "refused", "Cannot be used", "red"
