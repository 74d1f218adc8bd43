"""Roll-up: from findings to a proposed status, from statuses to a certification; never a sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from conditions.rules.status import Affirmative, Scale


class ConditionTest(StrEnum):
    """What a condition asks for: a result, a try, either, or that something is not done."""

    OUTCOME = "outcome"
    EFFORT = "effort"
    OUTCOME_OR_EFFORT = "outcome_or_effort"
    ABSENCE_OF_CONDUCT = "absence_of_conduct"


class CertificationRule(StrEnum):
    """Whether conditions are certified together (all, any) or each by itself."""

    ALL = "all"
    ANY = "any"
    PER_CONDITION = "per_condition"


class Answer(StrEnum):
    """What our judgements would let an assessor certify; undetermined is not a no."""

    AFFIRMATIVE = "affirmative"
    NOT_AFFIRMATIVE = "not_affirmative"
    UNDETERMINED = "undetermined"
    NOT_REQUIRED = "not_required"


@dataclass(frozen=True, slots=True)
class ItemFinding:
    """The status of one checklist item; None is not yet assessed. A hard hurdle caps the whole."""

    status: str | None
    hard_hurdle: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """The status to propose for a condition, why, and what was counted and left out."""

    status: str | None
    reason: str
    judged: int
    cannot_be_assessed: int
    waived: int
    not_yet_assessed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one condition stands; ``limb`` names the limb a judgement rests on, if it names one."""

    condition: str
    status: str | None
    test: str
    limb: str = ""


@dataclass(frozen=True, slots=True)
class Certification:
    """The answer over all conditions (None where each is certified by itself) and its reason."""

    answer: Answer | None
    by_condition: tuple[tuple[str, Answer], ...]
    reason: str


def propose(findings: Sequence[ItemFinding], test: str, scale: Scale) -> Proposal:
    """The status that the findings of a condition suggest, for a person to accept or overrule.

    The minimum where conduct must be absent; else the lower median, capped by the lowest hard
    hurdle (domain 4.2). What has no rank or no finding is left out and counted.
    """
    ranks = sorted(_ranks(findings, scale))
    outside = [
        scale.grade(finding.status).affirmative
        for finding in findings
        if finding.status is not None and scale.rank(finding.status) is None
    ]
    waived = outside.count(Affirmative.NOT_APPLICABLE)
    unclear = len(outside) - waived
    missing = sum(finding.status is None for finding in findings)
    if ranks:
        status, reason = _from_ranks(ranks, findings, ConditionTest(test), scale)
        reason += _left_out(unclear, waived, missing)
        return Proposal(status, reason, len(ranks), unclear, waived, missing)
    none, reason = _without_ranks(unclear, waived, missing, scale)
    return Proposal(none, reason, 0, unclear, waived, missing)


def certify(rule: str, standings: Sequence[Standing], scale: Scale) -> Certification:
    """What the judgements would let an assessor certify under the program's rule (domain 1.3).

    A waived condition does not stand in the way; an unassessed one leaves the answer open.
    """
    answers = tuple((standing.condition, answer_of(standing, scale)) for standing in standings)
    required = [pair for pair in answers if pair[1] is not Answer.NOT_REQUIRED]
    match CertificationRule(rule):
        case CertificationRule.PER_CONDITION:
            yes = [code for code, answer in required if answer is Answer.AFFIRMATIVE]
            reason = f"Each condition by itself: {len(yes)} of {len(required)} affirmative."
            return Certification(None, answers, reason)
        case CertificationRule.ALL:
            order = (Answer.NOT_AFFIRMATIVE, Answer.UNDETERMINED, Answer.AFFIRMATIVE)
        case CertificationRule.ANY:
            order = (Answer.AFFIRMATIVE, Answer.UNDETERMINED, Answer.NOT_AFFIRMATIVE)
    for decisive in order:
        codes = [code for code, answer in required if answer is decisive]
        if codes:
            words = decisive.value.replace("_", " ")
            return Certification(decisive, answers, f"{words.capitalize()}: {', '.join(codes)}.")
    return Certification(Answer.NOT_REQUIRED, answers, "No condition is left to certify.")


def answer_of(standing: Standing, scale: Scale) -> Answer:
    """What one condition's status lets an assessor certify; effort counts where the test allows."""
    if standing.status is None:
        return Answer.UNDETERMINED
    grade = scale.grade(standing.status)
    test = ConditionTest(standing.test)
    match grade.affirmative:
        case Affirmative.YES:
            return Answer.AFFIRMATIVE
        case Affirmative.NOT_APPLICABLE:
            return Answer.NOT_REQUIRED
        case Affirmative.ON_EFFORT:
            named = test is ConditionTest.OUTCOME_OR_EFFORT and standing.limb == "effort"
            if test is ConditionTest.EFFORT or named:
                return Answer.AFFIRMATIVE
    return Answer.UNDETERMINED if grade.rank is None else Answer.NOT_AFFIRMATIVE


def _ranks(findings: Sequence[ItemFinding], scale: Scale) -> list[int]:
    ranks = (scale.rank(finding.status) for finding in findings)
    return [rank for rank in ranks if rank is not None]


def _from_ranks(
    ranks: list[int], findings: Sequence[ItemFinding], test: ConditionTest, scale: Scale
) -> tuple[str, str]:
    of = f"{len(ranks)} judged item{'' if len(ranks) == 1 else 's'}"
    if test is ConditionTest.ABSENCE_OF_CONDUCT:
        return _code(ranks[0], scale), f"Lowest of {of}, as conduct must be absent."
    median = ranks[(len(ranks) - 1) // 2]
    hurdles = _ranks([finding for finding in findings if finding.hard_hurdle], scale)
    if hurdles and min(hurdles) < median:
        return _code(min(hurdles), scale), f"Median of {of}, capped by a hard hurdle."
    return _code(median, scale), f"Median of {of}."


def _without_ranks(unclear: int, waived: int, missing: int, scale: Scale) -> tuple[str | None, str]:
    if missing or not (unclear or waived):
        return None, "No checklist item is judged yet."
    outside = [grade for grade in scale.grades if grade.rank is None]
    for grade in outside:
        if (grade.affirmative is Affirmative.NOT_APPLICABLE) is not bool(unclear):
            return grade.code, "No item can be assessed." if unclear else "Every item is waived."
    return None, "No checklist item is judged yet."


def _left_out(unclear: int, waived: int, missing: int) -> str:
    counts = (
        (unclear, "cannot be assessed"),
        (waived, "waived"),
        (missing, "not yet assessed"),
    )
    told = [f"{number} {words}" for number, words in counts if number]
    return f" Left out: {', '.join(told)}." if told else ""


def _code(rank: int, scale: Scale) -> str:
    return next(grade.code for grade in scale.grades if grade.rank == rank)
