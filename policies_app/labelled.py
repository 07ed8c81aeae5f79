"""The settings of a version one by one, labelled as in the form, and what became of them since another version."""

from policies_app.differences import FIELDS, applies, in_plain_words, label
from policies_app.models import EndSessionBehavior
from policies_app.snapshot import EndPolicy


def settings_of(policy: EndPolicy) -> list[tuple[str, str]]:
    """Label and value of every setting that applies, in the order of the form."""
    row = _as_form(policy)
    return [(label(name), in_plain_words(row, name)) for name in FIELDS if applies(row, name)]


def changed(before: EndPolicy, after: EndPolicy) -> list[tuple[str, str, str]]:
    """The settings that are not the same: label, old value, new value."""
    old, new = _as_form(before), _as_form(after)
    words = [(label(name), in_plain_words(old, name), in_plain_words(new, name)) for name in FIELDS]
    return [(name, was, is_now) for name, was, is_now in words if was != is_now]


def _as_form(policy: EndPolicy) -> EndSessionBehavior:
    """The policy as an administrator would have entered it; the inverse of `EndSessionBehavior.draft`."""
    return EndSessionBehavior(
        redirect_agent=policy.redirect_agent,
        end_when_inactive=policy.inactive_after is not None,
        inactive_after=policy.inactive_after,
        activity_counts=policy.activity_counts,
        warn_before=policy.warn_before or None,
        wait_for_customer=policy.wait_at_most is not None,
        wait_at_most=policy.wait_at_most,
        access_on=policy.access is not None,
        access=policy.access or "",
        access_for=policy.access_for,
        attachments=policy.attachments,
        chat=policy.chat,
        then_limited=policy.then_limited_for is not None,
        then_limited_for=policy.then_limited_for,
        redirect_customer_on=policy.redirect_customer is not None,
        redirect_customer=policy.redirect_customer or "",
    )
