"""Warnings that stand beside a judgement: reversed, stale, one-sided, single-source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from conditions.models import Assessment, Citation, ConditionVersion, EvidenceVersion, SourceGrade
from conditions.queries.asof import AsOf
from conditions.rules.evidence import Exhibit, is_one_sided, is_single_source
from conditions.rules.scale import Scale


@dataclass(frozen=True, slots=True)
class Flags:
    """What a reader should know before relying on a judgement; false is the calm state.

    ``reversed``: an earlier judgement was Largely met or Met and this one is lower. ``stale``: the
    wording, a cited document or its source's grade changed after approval.
    """

    reversed: bool = False
    stale: bool = False
    one_sided: bool = False
    single_source: bool = False

    def names(self) -> tuple[str, ...]:
        """The raised flags, by name."""
        return tuple(name for name in self.__slots__ if getattr(self, name))


def flags_of(assessment_ids: Collection[int], scale: Scale, as_of: AsOf) -> Mapping[int, Flags]:
    """The flags of each judgement as known at ``as_of.known_at``. Two queries."""
    if not assessment_ids:
        return {}
    exhibits = _exhibits(assessment_ids)
    return {
        pk: Flags(
            reversed=reversed_,
            stale=rewritten or regraded or reworded,
            one_sided=bool(exhibits.get(pk)) and is_one_sided(exhibits[pk]),
            single_source=bool(exhibits.get(pk)) and is_single_source(exhibits[pk]),
        )
        for pk, reversed_, rewritten, regraded, reworded in _changes(assessment_ids, scale, as_of)
    }


def _changes(
    assessment_ids: Collection[int], scale: Scale, as_of: AsOf
) -> list[tuple[int, bool, bool, bool, bool]]:
    earlier = Assessment.objects.known_at(as_of.known_at).filter(
        condition=OuterRef("condition"),
        valid_from__lt=OuterRef("valid_from"),
        status__in=scale.strong_codes(),
    )
    cited = Citation.objects.filter(assessment=OuterRef("pk"))
    rewritten = cited.filter(
        Exists(
            EvidenceVersion.objects.filter(
                evidence=OuterRef("evidence"),
                number__gt=OuterRef("evidence_version__number"),
                recorded_at__lte=as_of.known_at,
            )
        )
    )
    regraded = cited.filter(
        Exists(
            SourceGrade.objects.filter(
                source=OuterRef("evidence__source"),
                recorded_at__gt=OuterRef("assessment__approved_at"),
                recorded_at__lte=as_of.known_at,
            )
        )
    )
    reworded = ConditionVersion.objects.filter(
        condition=OuterRef("condition"),
        number__gt=OuterRef("condition_version__number"),
        recorded_at__lte=as_of.known_at,
    )
    return list(
        Assessment.objects.filter(pk__in=assessment_ids)
        .annotate(
            fell=Exists(earlier.filter(~Q(pk=OuterRef("pk")))),
            rewritten=Exists(rewritten),
            regraded=Exists(regraded),
            reworded=Exists(reworded),
            weak=Q(status__in=scale.weak_codes()),
        )
        .annotate(reversal=Q(fell=True, weak=True))
        .values_list("pk", "reversal", "rewritten", "regraded", "reworded")
        .order_by("pk")
    )


def _exhibits(assessment_ids: Collection[int]) -> dict[int, list[Exhibit]]:
    rows = Citation.objects.filter(assessment__in=assessment_ids).values_list(
        "assessment_id",
        "evidence__source_id",
        "evidence__voice",
        "grade",
        "stance",
        "evidence__is_primary",
    )
    found: dict[int, list[Exhibit]] = {}
    for pk, source_id, voice, grade, stance, is_primary in rows.order_by("id"):
        found.setdefault(pk, []).append(
            Exhibit(
                source_id=source_id,
                voice=voice or None,
                reliability=grade[0],
                credibility=int(grade[1]),
                stance=stance,
                is_primary=is_primary,
            )
        )
    return found
