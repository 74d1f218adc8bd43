"""What this installation's decisions teach: how often suggestions held, and words to propose.

Only the newest decision on an item that is still decided counts. Nothing learned here is used by
itself: words are proposed to whoever keeps the field terms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, QuerySet
from django.db.models.functions import Substr

from conditions.models import Program, TriageDecision
from conditions.rules.triage import Example, Lesson, TermLists, proposals

MOST_EXAMPLES: Final = 1_000
_LONGEST_TEXT: Final = 20_000


@dataclass(frozen=True, slots=True)
class ConditionFigures:
    """How suggestions of one condition fared, in items; ``f1`` is None where it never came up."""

    code: str
    right: int
    too_many: int
    missed: int
    f1: float | None


@dataclass(frozen=True, slots=True)
class ProgramLessons:
    """What the decisions on one program's suggestions say, of the newest thousand.

    ``taken`` were decided as suggested. ``micro_f1`` counts every condition of every item, and
    ``macro_f1`` every condition alike; ``stances`` of the conditions that were right had ``same``
    stance. ``not_about`` items were suggested to be about nothing, ``not_about_right`` rightly.
    """

    program: str
    short_title: str
    decided: int
    taken: int
    micro_f1: float | None
    macro_f1: float | None
    stances: int
    same_stance: int
    not_about: int
    not_about_right: int
    conditions: tuple[ConditionFigures, ...]
    proposals: tuple[Lesson, ...]


def triage_lessons(terms: Mapping[str, TermLists]) -> tuple[ProgramLessons, ...]:
    """The lessons of every program in ``terms``, by slug. One query, and one for each program."""
    programs = Program.objects.filter(slug__in=list(terms)).order_by("-is_default", "slug")
    return tuple(_lessons(program, terms[program.slug]) for program in programs)


def standing_decisions(program: Program) -> QuerySet[TriageDecision]:
    """The newest decision on each item that has not been put back since."""
    rows = TriageDecision.objects.filter(program=program, decided_at=F("item__decided_at"))
    return rows.order_by("-decided_at", "-id")


def _lessons(program: Program, lists: TermLists) -> ProgramLessons:
    rows = list(
        standing_decisions(program)
        .annotate(opening=Substr("item__text", 1, _LONGEST_TEXT))
        .values_list("suggested", "decided", "agrees", "item__title", "opening")[:MOST_EXAMPLES]
    )
    figures = _figures((suggested, decided) for suggested, decided, *_ in rows)
    compared = [
        (suggested["conditions"][code], stance)
        for suggested, decided, *_ in rows
        for code, stance in decided["conditions"].items()
        if code in suggested["conditions"]
    ]
    not_about = [decided for suggested, decided, *_ in rows if not suggested["about"]]
    examples = [
        Example(f"{title}\n{text}", frozenset(decided["conditions"]))
        for _, decided, _, title, text in rows
    ]
    return ProgramLessons(
        program=program.slug,
        short_title=program.short_title,
        decided=len(rows),
        taken=sum(agrees for _, _, agrees, *_ in rows),
        micro_f1=_f1(
            sum(one.right for one in figures),
            sum(one.too_many for one in figures),
            sum(one.missed for one in figures),
        ),
        macro_f1=_mean([one.f1 for one in figures if one.f1 is not None]),
        stances=len(compared),
        same_stance=sum(was == now for was, now in compared),
        not_about=len(not_about),
        not_about_right=sum(not decided["about"] for decided in not_about),
        conditions=figures,
        proposals=proposals(lists, examples),
    )


def _figures(
    pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> tuple[ConditionFigures, ...]:
    right: Counter[str] = Counter()
    too_many: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for suggested, decided in pairs:
        was, now = set(suggested["conditions"]), set(decided["conditions"])
        right.update(was & now)
        too_many.update(was - now)
        missed.update(now - was)
    return tuple(
        ConditionFigures(
            code,
            right[code],
            too_many[code],
            missed[code],
            _f1(right[code], too_many[code], missed[code]),
        )
        for code in sorted({*right, *too_many, *missed})
    )


def _f1(right: int, too_many: int, missed: int) -> float | None:
    all_of_it = 2 * right + too_many + missed
    return 2 * right / all_of_it if all_of_it else None


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
