"""What a form begins with when it is sent."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sessions_app.customers import given_name
from sessions_app.documents.fields import Field
from sessions_app.documents.kinds import Prefill
from sessions_app.documents.values import BadValue, cleaned
from sessions_app.models import LiveSession

_TAKEN_FROM: dict[Prefill, Callable[[LiveSession, datetime], str]] = {
    Prefill.CUSTOMER_NAME: lambda session, now: given_name(session.customer),
    Prefill.CUSTOMER_EMAIL: lambda session, now: session.customer.email,
    Prefill.CUSTOMER_PHONE: lambda session, now: session.customer.phone,
    Prefill.AGENT_NAME: lambda session, now: session.agent.name if session.agent else "",
    Prefill.TODAY: lambda session, now: now.astimezone(UTC).date().isoformat(),
}


def prefilled(fields: Iterable[Field], session: LiveSession, now: datetime) -> dict[str, str]:
    """The values that the form begins with, by field; what would not be allowed there is left out. Dates are in UTC."""
    begins = {}
    for field in fields:
        take = _TAKEN_FROM.get(field.prefill)
        try:
            begins[field.name] = cleaned(field, (take(session, now) if take else "") or field.default)
        except BadValue:
            begins[field.name] = ""
    return begins
