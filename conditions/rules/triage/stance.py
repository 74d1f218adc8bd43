"""Stance: to which side the cues about a condition point, and which cues these are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from conditions.rules.evidence import Stance
from conditions.rules.triage.matching import STANCE, Found
from conditions.rules.triage.scoring import ReadSentence
from conditions.rules.triage.tokens import Token

# Said just before a cue, these turn it: what is denied, asked for or possible has not happened.
_NOT = {
    *("not", "no", "never", "without", "neither", "nor", "cannot", "nobody", "hardly", "barely"),
    *("fail", "failed", "fails", "refuse", "refused", "refuses", "yet"),
    *("لم", "لا", "لن", "ليس", "دون", "بدون", "رفض", "رفضت"),
}
_DENIED = {
    *("deny", "denied", "denies", "denying", "denial", "reject", "rejected", "rejects"),
    *("نفي", "نفت", "ينفي", "تنفي", "كذب", "كذبت"),
}
_ASKED = {
    *("want", "wants", "calls", "calling", "seek", "seeks", "appeals", "appealed", "needs"),
    *("must", "should", "ought", "urge", "urged", "urges", "urging", "ask", "asks", "asked"),
    *("demand", "demands", "demanded", "require", "requires", "required", "insist", "insists"),
    *("يجب", "دعا", "دعت", "يدعو", "تدعو", "طالب", "طالبت", "يطالب", "تطالب", "حث", "حثت"),
}
_POSSIBLE = {
    *("could", "might", "whether", "unless", "if", "hypothetically", "weighs", "considers"),
    *("ربما", "هل", "اذا", "احتمال", "يدرس", "تدرس"),
}
# These say so on either side of a cue.
_UNTRUE = {
    *("unfounded", "baseless", "untrue", "false", "fabricated", "rumour", "rumours", "rumoured"),
    *("rumor", "rumors", "rumored", "hoax", "happen"),
    *("شائعات", "اشاعات", "ملفقه", "مفبركه", "عاريه"),
}
# What is over after it was said no longer holds.
_OVER = {
    *("ended", "ends", "lapsed", "collapsed", "collapses", "halted", "suspended", "revoked"),
    *("withdrawn", "stalled", "stalls", "shelved", "scrapped", "abandoned", "unravelled"),
    *("انتهت", "انهارت", "انهار", "توقفت", "علقت", "تعثرت", "تعثر"),
}
_OVER_WITHIN = 4
_NOT_WITHIN, _DENIED_WITHIN, _ASKED_WITHIN, _POSSIBLE_WITHIN, _UNTRUE_WITHIN = 3, 6, 8, 5, 6
_TURNED = {Stance.SUPPORTS.value: Stance.CONTRADICTS.value}
_NEUTRAL = Stance.NEUTRAL.value
_SIDES = {
    Stance.SUPPORTS.value: "for",
    Stance.CONTRADICTS.value: "against",
    _NEUTRAL: "without a side",
}
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class StanceReading:
    """A stance with the reason for it in one sentence."""

    stance: str
    reason: str


def read_stance(read: Sequence[ReadSentence], code: str, *, neutral_share: float) -> StanceReading:
    """The side that outweighs the other and the cues without a side, or neutral.

    A cue without a side counts ``neutral_share`` of one that takes a side.
    """
    points: Counter[str] = Counter()
    said: dict[str, list[str]] = {side: [] for side in _SIDES}
    for one in read:
        # A question states nothing.
        cues = [] if one.sentence.asks else one.of(code, STANCE)
        sides = [(_turned(cue, one.sentence.tokens), cue) for cue in cues]
        # Cues overlap: a sentence takes a side once, however many of them it has.
        for side in {side for side, _ in sides}:
            points[side] += one.counts
        for side, cue in sides:
            said[side].append(_wording(cue, one.sentence.tokens))
    return StanceReading(_decided(points, neutral_share), _reason(points, said))


def _decided(points: Counter[str], neutral_share: float) -> str:
    supports, contradicts = points[Stance.SUPPORTS.value], points[Stance.CONTRADICTS.value]
    if supports == contradicts or max(supports, contradicts) <= points[_NEUTRAL] * neutral_share:
        return _NEUTRAL
    return Stance.SUPPORTS.value if supports > contradicts else Stance.CONTRADICTS.value


def _turned(cue: Found, tokens: Sequence[Token]) -> str:
    """The side of a cue as it stands in its sentence: not, denied, asked for and could turn it."""
    side = cue.entry.detail
    if side == _NEUTRAL:
        return side
    unsure = (
        _said(cue, tokens, _DENIED, before=_DENIED_WITHIN)
        or _said(cue, tokens, _POSSIBLE, before=_POSSIBLE_WITHIN)
        or _said(cue, tokens, _UNTRUE, before=_UNTRUE_WITHIN, after=_UNTRUE_WITHIN)
    )
    if unsure:
        return _NEUTRAL
    if _said(cue, tokens, _NOT, before=_NOT_WITHIN) or _said(
        cue, tokens, _OVER, before=0, after=_OVER_WITHIN
    ):
        return _TURNED.get(side, _NEUTRAL)
    asked = side == Stance.SUPPORTS and _said(cue, tokens, _ASKED, before=_ASKED_WITHIN)
    return _NEUTRAL if asked else side


def _said(
    cue: Found, tokens: Sequence[Token], words: set[str], *, before: int, after: int = 0
) -> bool:
    """Whether one of the words stands so near to a part of the cue and is not part of it."""
    own = {at for start, end in cue.places for at in range(start, end)}
    return any(
        at not in own and not words.isdisjoint(tokens[at].forms)
        for start, end in cue.places
        for at in range(max(0, start - before), min(len(tokens), end + after))
    )


def _wording(cue: Found, tokens: Sequence[Token]) -> str:
    return " … ".join(
        " ".join(token.forms[0] for token in tokens[start:end]) for start, end in sorted(cue.places)
    )


def _reason(points: Counter[str], said: dict[str, list[str]]) -> str:
    parts = []
    for side, name in _SIDES.items():
        if points[side]:
            shown = ", ".join(f"“{words}”" for words in dict.fromkeys(said[side][:_SHOWN]))
            parts.append(f"{points[side]} {name} ({shown})")
    return f"Cues: {'; '.join(parts)}." if parts else "No cue to either side."
