"""What customers keep after the end, said to the customer (rules.md 4)."""

from django.utils.translation import gettext as _

from policies_app.durations import in_words
from policies_app.kinds import AccessSetting
from policies_app.snapshot import EndPolicy


def afterwards(policy: EndPolicy) -> str:
    """What a customer can do after the end of a session by this policy, in the language in force."""
    words = {
        "long": in_words(policy.access_for) if policy.access_for else "",
        "then": in_words(policy.then_limited_for) if policy.then_limited_for else "",
    }
    match policy.access:
        case None:
            text = _("When the session ends, it closes here: save what you want to keep before.")
        case AccessSetting.LIMITED:
            text = _("After the end you can read and download for %(long)s.")
        case AccessSetting.FULL_UNLIMITED:
            text = _without_limit(policy)
        case AccessSetting.FULL_RESTRICTED:
            text = _for_a_time(policy)
            if policy.then_limited_for:
                text += " " + _("From then on you can read and download for another %(then)s.")
    return text % words


def _without_limit(policy: EndPolicy) -> str:
    return {
        (True, True): _("After the end you can go on reading, writing and adding files."),
        (True, False): _("After the end you can go on reading and writing."),
        (False, True): _("After the end you can go on reading and adding files."),
        (False, False): _("After the end you can go on reading and downloading."),
    }[policy.chat, policy.attachments]


def _for_a_time(policy: EndPolicy) -> str:
    return {
        (True, True): _("After the end you can go on reading, writing and adding files for %(long)s."),
        (True, False): _("After the end you can go on reading and writing for %(long)s."),
        (False, True): _("After the end you can go on reading and adding files for %(long)s."),
        (False, False): _("After the end you can read and download for %(long)s."),
    }[policy.chat, policy.attachments]
