"""What browsers post from the form of End session behavior."""

from typing import Any

from hypothesis import strategies as st

from policies_app.forms import EndSessionBehaviorForm
from policies_app.models import EndSessionBehavior
from policies_app.selectors import end_session_behavior

ALL_OFF = {"redirect_agent": "welcome", "activity_counts": "anywhere", "access": ""}
INACTIVE = {"end_when_inactive": "on", "inactive_after_number": "10", "inactive_after_unit": "minutes"}
WAITS = {"wait_for_customer": "on", "wait_at_most_number": "15", "wait_at_most_unit": "minutes"}
WARNED = {"warn_before_number": "60", "warn_before_unit": "seconds"}
FULL_UNLIMITED = {"access_on": "on", "access": "full_unlimited"}
FULL_RESTRICTED = {"access_on": "on", "access": "full_restricted", "access_for_number": "2", "access_for_unit": "hours"}
LIMITED = {"access_on": "on", "access": "limited", "access_for_number": "3", "access_for_unit": "days"}
BOTH_TOGGLES = {"attachments": "on", "chat": "on"}
THEN_LIMITED = {"then_limited": "on", "then_limited_for_number": "1", "then_limited_for_unit": "days"}
REDIRECT = {"redirect_customer_on": "on", "redirect_customer": "https://portal.example.com/bye?why={reason}"}

_PARTS = [INACTIVE, WARNED, WAITS, FULL_UNLIMITED, FULL_RESTRICTED, LIMITED, BOTH_TOGGLES, THEN_LIMITED, REDIRECT]
_FIELDS = sorted({name for part in (ALL_OFF, *_PARTS) for name in part})
_NUMBERS = ["0", "1", "90", "4000", "", "-1", "1.5", "9" * 30, "ten"]
_NONSENSE: dict[str, list[str]] = {
    "redirect_agent": ["stay", "nowhere"],
    "activity_counts": ["session", "sometimes", ""],
    "access": ["full_unlimited", "full_restricted", "limited", "", "none"],
    "redirect_customer": ["portal", "http://[", "", "http://localhost:8000/", "https://portal.example.com/{who}"],
}
for _name in ("inactive_after", "warn_before", "wait_at_most", "access_for", "then_limited_for"):
    _NONSENSE[f"{_name}_number"] = _NUMBERS
    _NONSENSE[f"{_name}_unit"] = ["seconds", "minutes", "hours", "days", "weeks", ""]


@st.composite
def posts(draw: st.DrawFn) -> dict[str, str]:
    """Any post, from a browser or not: fields that do not apply, a few left out, a few of nonsense."""
    post = dict(ALL_OFF)
    for part in draw(st.lists(st.sampled_from(_PARTS), max_size=6)):
        post |= part
    for name in draw(st.lists(st.sampled_from(sorted(_NONSENSE)), max_size=2)):
        post[name] = draw(st.sampled_from(_NONSENSE[name]))
    for name in draw(st.lists(st.sampled_from(_FIELDS), max_size=3)):
        post.pop(name, None)
    return post


def form_with(*parts: dict[str, str], row: EndSessionBehavior | None = None) -> EndSessionBehaviorForm:
    """The form for the row that is stored, as these parts together post it."""
    posted: dict[str, Any] = dict(ALL_OFF)
    for part in parts:
        posted |= part
    return EndSessionBehaviorForm(posted, instance=row or end_session_behavior())


WORKSTREAM = {
    "assignment": "automatic",
    "answer_within_number": "1",
    "answer_within_unit": "minutes",
    "auto_close_after_number": "10",
    "auto_close_after_unit": "minutes",
    "returning_customer": "ask",
    "device_access": "any",
    "file_groups": ["pictures", "documents", "media", "text"],
}
"""What the form of a workstream posts of the settings that nobody touched."""
