"""What applying a policy to ended sessions would do, in sentences that an administrator can decide by (rules.md 6)."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext_lazy, ngettext

from policies_app.kinds import AccessLevel
from sessions_app.ended_policies import Effect

FULL, LIMITED, NONE = AccessLevel.FULL, AccessLevel.LIMITED, AccessLevel.NONE

GAIN, LOSS, SAME = "gain", "loss", "same"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, and whether it tells of a gain, a loss, or of neither."""

    text: str
    kind: str


def in_words(effects: Counter[Effect]) -> list[Sentence]:
    """All that happens, losses of access first. Empty if there is no session to change."""
    moves = Counter[tuple[AccessLevel, AccessLevel]]()
    for effect, number in effects.items():
        moves[effect.before, effect.after] += number
    said = [_sentence(_move(before, after, number), before, after) for (before, after), number in moves.items()]
    said += [sentence for level in (FULL, LIMITED) for sentence in _kept(level, effects)]
    said += _toggles(effects)
    return sorted((one for one in said if one.text), key=lambda one: [LOSS, GAIN, SAME].index(one.kind))


_RANK = [NONE, LIMITED, FULL]


def _sentence(text: str, before: AccessLevel, after: AccessLevel) -> Sentence:
    if before is after:
        return Sentence(text, SAME)
    return Sentence(text, GAIN if _RANK.index(after) > _RANK.index(before) else LOSS)


def _move(before: AccessLevel, after: AccessLevel, number: int) -> str:
    match before, after:
        case AccessLevel.NONE, AccessLevel.FULL:
            text = ngettext(
                "%d customer who has no access any more gets full access.",
                "%d customers who have no access any more get full access.",
                number,
            )
        case AccessLevel.NONE, AccessLevel.LIMITED:
            text = ngettext(
                "%d customer who has no access any more gets limited access.",
                "%d customers who have no access any more get limited access.",
                number,
            )
        case AccessLevel.LIMITED, AccessLevel.FULL:
            text = ngettext(
                "%d customer with limited access gets full access.",
                "%d customers with limited access get full access.",
                number,
            )
        case AccessLevel.FULL, AccessLevel.LIMITED:
            text = ngettext(
                "%d customer loses full access at once and keeps limited access.",
                "%d customers lose full access at once and keep limited access.",
                number,
            )
        case AccessLevel.FULL, AccessLevel.NONE:
            text = ngettext(
                "%d customer with full access loses all access at once.",
                "%d customers with full access lose all access at once.",
                number,
            )
        case AccessLevel.LIMITED, AccessLevel.NONE:
            text = ngettext(
                "%d customer with limited access loses all access at once.",
                "%d customers with limited access lose all access at once.",
                number,
            )
        case AccessLevel.NONE, AccessLevel.NONE:
            text = ngettext(
                "%d customer has no access, and gets none.", "%d customers have no access, and get none.", number
            )
        case _same:
            return ""
    return text % number


def _kept(level: AccessLevel, effects: Counter[Effect]) -> list[Sentence]:
    """Customers who keep their level now, and what becomes of its end, or of the end of what comes after it."""
    kept = {one: number for one, number in effects.items() if one.before is one.after is level}
    if not kept:
        return []
    moves = Counter[str]()
    for one, number in kept.items():
        moves[_ending(one)] += number
    total = sum(kept.values())
    parts = [_keep(level, total)]
    for move, (for_all, for_some) in _ENDINGS.items():
        if number := moves[move]:
            parts.append(str(for_all) if number == total else str(for_some) % {"number": number})
    is_loss, is_gain = any("earlier" in move for move in moves), any("later" in move for move in moves)
    return [Sentence(f"{'; '.join(parts)}.", LOSS if is_loss else GAIN if is_gain else SAME)]


_ENDINGS = {
    "level earlier": (gettext_lazy("it ends earlier"), gettext_lazy("for %(number)d of them it ends earlier")),
    "level later": (gettext_lazy("it ends later"), gettext_lazy("for %(number)d of them it ends later")),
    "all earlier": (
        gettext_lazy("the limited access after it ends earlier"),
        gettext_lazy("for %(number)d of them the limited access after it ends earlier"),
    ),
    "all later": (
        gettext_lazy("the limited access after it ends later"),
        gettext_lazy("for %(number)d of them the limited access after it ends later"),
    ),
}
"""What is said of those whose access ends at another moment: when that is all of them, and when it is some."""


def _ending(effect: Effect) -> str:
    if effect.level_ends != "same":
        return f"level {effect.level_ends}"
    return f"all {effect.all_ends}"


def _keep(level: AccessLevel, number: int) -> str:
    if level is FULL:
        return ngettext("%d customer keeps full access", "%d customers keep full access", number) % number
    return ngettext("%d customer keeps limited access", "%d customers keep limited access", number) % number


def _toggles(effects: Counter[Effect]) -> list[Sentence]:
    """What customers may do now beside it. Those who lose or get full access lose or get it with that."""
    said = []
    for text, kind, number in (
        (_lose_chat, LOSS, sum(count for one, count in effects.items() if one.chat < 0)),
        (_get_chat, GAIN, sum(count for one, count in effects.items() if one.chat > 0)),
        (_lose_files, LOSS, sum(count for one, count in effects.items() if one.attachments < 0)),
        (_get_files, GAIN, sum(count for one, count in effects.items() if one.attachments > 0)),
    ):
        if number:
            said.append(Sentence(text(number) % number, kind))
    return said


def _lose_chat(number: int) -> str:
    return ngettext("%d customer can no longer chat.", "%d customers can no longer chat.", number)


def _get_chat(number: int) -> str:
    return ngettext("%d customer can chat who could not.", "%d customers can chat who could not.", number)


def _lose_files(number: int) -> str:
    return ngettext("%d customer can no longer add attachments.", "%d customers can no longer add attachments.", number)


def _get_files(number: int) -> str:
    return ngettext(
        "%d customer can add attachments who could not.", "%d customers can add attachments who could not.", number
    )
