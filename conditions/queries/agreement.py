"""How far the two coders agreed, over all double codings of some cycles that both have sealed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from conditions.models import Coding
from conditions.queries.double_coding import findings_said
from conditions.rules.agreement import Agreement, agreement_between
from conditions.rules.scale import DEFAULT_SCALE

CLUSTERED = (
    "Items of one condition were judged by the same two people from the same evidence, "
    "so the interval is narrower than that of as many unrelated items."
)


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Agreement on checklist items, which are the unit that counts, and on whole conditions.

    ``double_codings`` is how many conditions both coders have sealed.
    """

    double_codings: int
    items: Agreement
    conditions: Agreement

    @property
    def sentences(self) -> tuple[str, ...]:
        """The report in words, one thought to a sentence."""
        if not self.double_codings:
            return ("No condition was coded by two people.",)
        told = [
            *_told(self.items, "checklist item"),
            *([CLUSTERED] if self.items.low else []),
            *_told(self.conditions, "condition"),
        ]
        return tuple(dict.fromkeys(told))


def agreement_of(cycle_ids: Collection[int], known_at: datetime) -> AgreementReport:
    """The agreement in these cycles of one program, as it stood at ``known_at``. One query.

    A double coding counts once both have sealed their codings; one called off by then does not.
    """
    standing = Q(double_coding__called_off_at__isnull=True) | Q(
        double_coding__called_off_at__gt=known_at
    )
    rows = (
        Coding.objects.filter(standing, double_coding__cycle__in=cycle_ids, sealed_at__lte=known_at)
        .select_related("double_coding__cycle__program")
        .order_by("double_coding", "id")
    )
    found: dict[int, dict[int, Coding]] = {}
    scale = DEFAULT_SCALE
    for row in rows:
        found.setdefault(row.double_coding_id, {})[row.coder_id] = row
        scale = row.double_coding.cycle.program.scale
    items, conditions = [], []
    both = [pair for pair in found.values() if len(pair) == 2]
    for pair in both:
        chosen = next(iter(pair.values())).double_coding
        first, second = pair[chosen.first_coder_id], pair[chosen.second_coder_id]
        conditions.append((first.status, second.status))
        one, other = findings_said(first), findings_said(second)
        items += [(one[code].status, other[code].status) for code in one if code in other]
    return AgreementReport(
        double_codings=len(both),
        items=agreement_between(items, scale),
        conditions=agreement_between(conditions, scale),
    )


def _told(found: Agreement, unit: str) -> list[str]:
    told = []
    if found.n:
        told.append(f"The coders gave the same grade on {found.agreed} of {_many(found.n, unit)}.")
    if found.kappa and found.low:
        told.append(
            f"Quadratic-weighted kappa is {found.kappa} "
            f"(95 % interval {found.low} to {found.high}, n = {found.n})."
        )
    elif found.kappa:
        told.append(f"Quadratic-weighted kappa is {found.kappa} (n = {found.n}).")
    if found.reason and found.n:
        told.append(found.reason)
    if found.outside_n:
        told.append(
            f"{_many(found.outside_n, unit).capitalize()} counted apart, as a coder chose a status "
            f"outside the order, such as cannot be assessed; on {found.outside_agreed} both chose "
            "the same one."
        )
    return told


def _many(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
