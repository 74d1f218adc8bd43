"""Divergence: our own answer beside the official finding, neither of which corrects the other."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from conditions.rules.rollup import Answer
from conditions.rules.values import require_one_of


class OfficialWord(StrEnum):
    """What the assessor of record can have said on a condition, or that nothing was sent."""

    AFFIRMED = "affirmed"
    NOT_AFFIRMED = "not_affirmed"
    SILENT = "silent"
    NOT_SUBMITTED = "not_submitted"


class Divergence(StrEnum):
    """How our answer and the official finding on one condition stand to each other."""

    AGREE = "agree"
    WE_SAY_NO = "we_say_no"
    WE_SAY_YES = "we_say_yes"
    OURS_OPEN = "ours_open"
    OFFICIAL_SILENT = "official_silent"
    NOT_SUBMITTED = "not_submitted"
    NOT_RECORDED = "not_recorded"
    NOT_REQUIRED = "not_required"


SENTENCES: Final[Mapping[Divergence, str]] = MappingProxyType(
    {
        Divergence.AGREE: "The official report and our judgement come to the same answer.",
        Divergence.WE_SAY_NO: "The official report affirms this condition; our judgement says no.",
        Divergence.WE_SAY_YES: "Our judgement affirms this condition; the official report says no.",
        Divergence.OURS_OPEN: "The official report answers; our own judgement leaves it open.",
        Divergence.OFFICIAL_SILENT: "The official report says nothing on this condition.",
        Divergence.NOT_SUBMITTED: "No official report was submitted, which is not a no.",
        Divergence.NOT_RECORDED: "Nobody has recorded yet whether there is an official report.",
        Divergence.NOT_REQUIRED: "This condition is waived, so there is no answer to compare.",
    }
)
_UNSAID = {
    OfficialWord.SILENT: Divergence.OFFICIAL_SILENT,
    OfficialWord.NOT_SUBMITTED: Divergence.NOT_SUBMITTED,
}


def diverge(answer: str, finding: str | None) -> Divergence:
    """How our answer on a condition stands to the official finding; None is nothing recorded.

    Silence is not failure: a report that says nothing, none sent, and none recorded are three
    things, and none of them differs from us. Raises BadValue for a word that is not in use.
    """
    ours = Answer(require_one_of("answer", answer, list(Answer)))
    if finding is not None:
        finding = require_one_of("finding", finding, list(OfficialWord))
    if ours is Answer.NOT_REQUIRED:
        return Divergence.NOT_REQUIRED
    if finding is None:
        return Divergence.NOT_RECORDED
    word = OfficialWord(finding)
    return _UNSAID[word] if word in _UNSAID else _between(ours, word)


def is_divergent(kind: str) -> bool:
    """Whether the two contradict each other: one affirms the condition and the other does not."""
    return Divergence(kind) in (Divergence.WE_SAY_NO, Divergence.WE_SAY_YES)


def _between(ours: Answer, word: OfficialWord) -> Divergence:
    match ours, word:
        case Answer.UNDETERMINED, _:
            return Divergence.OURS_OPEN
        case Answer.NOT_AFFIRMATIVE, OfficialWord.AFFIRMED:
            return Divergence.WE_SAY_NO
        case Answer.AFFIRMATIVE, OfficialWord.NOT_AFFIRMED:
            return Divergence.WE_SAY_YES
    return Divergence.AGREE
