"""Scales: the grades a program judges by, in order, and those that stand outside the order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from conditions.rules.refusals import Invalid
from conditions.rules.values import BadValue, require_keys, require_one_of, require_text

NOT_YET_ASSESSED_LABEL = "Not yet assessed"
_KEYS = ("code", "label", "rank", "meaning", "affirmative")
_LONGEST_CODE = 4


class Affirmative(StrEnum):
    """Whether a grade lets a condition be certified."""

    YES = "yes"
    NO = "no"
    ON_EFFORT = "on_effort"
    NOT_APPLICABLE = "not_applicable"


class UnknownStatus(Invalid):
    """A status code that is not on the program's scale."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One status on a scale; ``rank`` orders it and is None for what stands outside the order."""

    code: str
    label: str
    rank: int | None
    meaning: str
    affirmative: Affirmative

    @classmethod
    def from_mapping(cls, row: Mapping[str, object]) -> Self:
        """The grade a program pack or row describes."""
        require_keys(row, _KEYS, what="A status")
        rank = row.get("rank")
        if isinstance(rank, bool) or not isinstance(rank, int | None):
            raise BadValue(
                f"{rank!r} cannot be the rank of a status.",
                field="rank",
                value=rank,
                remedy="Give a whole number, or null for a status outside the order.",
            )
        return cls(
            code=require_text("code", row.get("code")),
            label=require_text("label", row.get("label")),
            rank=rank,
            meaning=require_text("meaning", row.get("meaning")),
            affirmative=Affirmative(
                require_one_of("affirmative", row.get("affirmative"), list(Affirmative))
            ),
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """The grades of a program, ranked ones numbered 0, 1, 2 ... from worst to best."""

    grades: tuple[Grade, ...]

    def __post_init__(self) -> None:
        codes = [grade.code for grade in self.grades]
        ranks = [grade.rank for grade in self.grades if grade.rank is not None]
        if len(set(codes)) < len(codes) or max(map(len, codes), default=0) > _LONGEST_CODE:
            raise BadValue(
                f"The status codes {', '.join(codes)} cannot be told apart.",
                field="code",
                value=codes,
                remedy=f"Give each status its own code of 1 to {_LONGEST_CODE} characters.",
            )
        if len(ranks) < 2 or ranks != list(range(len(ranks))):
            raise BadValue(
                f"The ranks {ranks} make no order.",
                field="rank",
                value=ranks,
                remedy="Rank at least two statuses 0, 1, 2 and so on, the worst first.",
            )

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, object]]) -> Self:
        """The scale a program pack or row describes."""
        return cls(tuple(Grade.from_mapping(row) for row in rows))

    def grade(self, code: str) -> Grade:
        """The grade of a code; raises UnknownStatus naming the codes that would be accepted."""
        for grade in self.grades:
            if grade.code == code:
                return grade
        accepted = ", ".join(grade.code for grade in self.grades)
        raise UnknownStatus(
            f"{code!r} is not a status of this program.",
            field="status",
            value=code,
            remedy=f"Give one of {accepted}.",
        )

    def rank(self, code: str | None) -> int | None:
        """Where a code stands in the order; None for one outside it and for not yet assessed."""
        return None if code is None else self.grade(code).rank

    def label(self, code: str | None) -> str:
        """The words for a code, those for not yet assessed included."""
        return NOT_YET_ASSESSED_LABEL if code is None else self.grade(code).label

    def strong_codes(self) -> tuple[str, ...]:
        """The codes that let a condition be affirmed outright: 3 and 4 on the default scale."""
        return tuple(grade.code for grade in self.grades if grade.affirmative is Affirmative.YES)

    def waived_codes(self) -> tuple[str, ...]:
        """The codes that say a condition was lifted by an authority: W on the default scale."""
        return tuple(
            grade.code for grade in self.grades if grade.affirmative is Affirmative.NOT_APPLICABLE
        )

    def unclear_codes(self) -> tuple[str, ...]:
        """The codes that say nothing could be judged: U on the default scale."""
        return tuple(
            grade.code
            for grade in self.grades
            if grade.rank is None and grade.affirmative is not Affirmative.NOT_APPLICABLE
        )

    def weak_codes(self) -> tuple[str, ...]:
        """The ranked codes that do not: 0, 1 and 2 on the default scale."""
        ranked = (grade for grade in self.grades if grade.rank is not None)
        return tuple(grade.code for grade in ranked if grade.affirmative is not Affirmative.YES)


# Recommended scale, domain 4.2; a program may bring its own.
DEFAULT_SCALE = Scale(
    (
        Grade(
            "0",
            "Not met",
            0,
            "No qualifying action in the period, or conduct contrary to the condition.",
            Affirmative.NO,
        ),
        Grade(
            "1",
            "Initial steps",
            1,
            "Announced or begun; nothing yet that changes conduct on the ground.",
            Affirmative.ON_EFFORT,
        ),
        Grade(
            "2",
            "Partially met",
            2,
            "Real implementation with clear gaps; some benchmarks satisfied.",
            Affirmative.ON_EFFORT,
        ),
        Grade(
            "3",
            "Largely met",
            3,
            "Nearly all benchmarks satisfied; gaps minor and shrinking.",
            Affirmative.YES,
        ),
        Grade(
            "4",
            "Met",
            4,
            "All benchmarks satisfied and held through the whole period.",
            Affirmative.YES,
        ),
        Grade(
            "U",
            "Cannot be assessed",
            None,
            "Evidence too thin or access denied. This is not the same as not met.",
            Affirmative.NO,
        ),
        Grade(
            "W",
            "Waived",
            None,
            "Lifted, or declared not applicable, by the competent authority.",
            Affirmative.NOT_APPLICABLE,
        ),
    )
)
