"""Judgements in force that no longer stand on the same ground, or come from an earlier cycle."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef

from conditions.models import Assessment, Citation, ConditionVersion, SourceGrade
from conditions.models.assessments import AssessmentQuerySet
from conditions.rules.days import legal_day


def in_force_now(as_of: datetime) -> AssessmentQuerySet:
    """The judgement in force of every condition at ``as_of``."""
    # No judgement may hold from a day to come, so the latest legal day on earth serves all zones.
    return Assessment.objects.in_force(
        valid_at=legal_day(as_of, "Pacific/Kiritimati"), known_at=as_of
    )


def stale(as_of: datetime) -> AssessmentQuerySet:
    """Those in force under which the wording, a cited document or its source's grade changed."""
    cited = Citation.objects.filter(assessment=OuterRef("pk"))
    rewritten = cited.filter(evidence__revision__gt=F("evidence_version__number"))
    regraded = cited.filter(
        Exists(
            SourceGrade.objects.filter(
                source=OuterRef("evidence__source"),
                recorded_at__gt=OuterRef("assessment__approved_at"),
                recorded_at__lte=as_of,
            )
        )
    )
    reworded = ConditionVersion.objects.filter(
        condition=OuterRef("condition"),
        number__gt=OuterRef("condition_version__number"),
        recorded_at__lte=as_of,
    )
    return in_force_now(as_of).filter(Exists(rewritten) | Exists(regraded) | Exists(reworded))


def carried_over(as_of: datetime) -> AssessmentQuerySet:
    """Those in force that were judged in a cycle whose span has ended."""
    earliest = legal_day(as_of, "Pacific/Pago_Pago")
    return in_force_now(as_of).filter(cycle__due_on__lte=earliest)
