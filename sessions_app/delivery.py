"""Brings letters to customers, by e-mail or as a short message, in the language that they read."""

from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

from sessions_app import sms
from sessions_app.kinds import Way
from sessions_app.models import Customer
from sessions_app.sms import NotSent


def has_sms() -> bool:
    """Whether this installation can send short messages."""
    return bool(settings.SMS_URL)


def ways_to(customer: Customer) -> tuple[Way, ...]:
    """The ways in which a letter can reach somebody here, the first choice first."""
    return tuple(way for way in Way if address_of(customer, way))


def address_of(customer: Customer, way: Way) -> str:
    """Where a letter goes that is sent this way; empty if it cannot be."""
    if way is Way.SMS:
        return customer.phone if has_sms() else ""
    return customer.email


def way_of(address: str) -> Way:
    """By which way this address is reached."""
    return Way.EMAIL if "@" in address else Way.SMS


def deliver(to: str, subject: str | Promise, template: str, context: dict[str, Any], *, language: str) -> None:
    """Send what the templates `mail/<template>` say to an e-mail address or a phone.

    The words of the subject are filled in from `context`. Raises OSError if it is worth trying again later, NotSent if
    it is not.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        if way_of(to) is Way.SMS:
            _send_short(to, render_to_string(f"mail/{template}.sms.txt", context).strip())
        else:
            _send_letter(to, str(subject) % context, template, context)


def _send_short(to: str, text: str) -> None:
    gateway = sms.gateway_at(settings.SMS_URL, settings.MAILBOX_DIR)
    if gateway is None:
        raise NotSent("no SMS gateway is set up")
    gateway.send(to, text)


def _send_letter(to: str, subject: str, template: str, context: dict[str, Any]) -> None:
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()), body=render_to_string(f"mail/{template}.txt", context), to=[to]
    )
    message.attach_alternative(render_to_string(f"mail/{template}.html", context), "text/html")
    try:
        message.send()
    except SMTPRecipientsRefused as refused:
        raise _judged(refused) from refused


def _judged(refused: SMTPRecipientsRefused) -> Exception:
    """A mail server that refuses the address for good says so with a number from 500."""
    code, said = next(iter(refused.recipients.values()), (0, b""))
    if code < 500:
        return OSError(f"the mail server answered {code}")
    return NotSent(bytes(said).decode("utf-8", "replace")[:300])
