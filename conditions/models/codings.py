"""Double coding: two people judge one condition blind, before it is judged together."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from conditions.models.assessments import Assessment
from conditions.models.choices import from_enum
from conditions.models.conditions import Condition
from conditions.models.cycles import ReviewCycle
from conditions.rules.status import Confidence


class DoubleCodingQuerySet(models.QuerySet["DoubleCoding"]):
    def standing(self) -> Self:
        """Those that were not called off."""
        return self.filter(called_off_at__isnull=True)


class DoubleCoding(models.Model):
    """A condition that two named people are to code blind in a cycle."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.PROTECT, related_name="double_codings")
    condition = models.ForeignKey(
        Condition, on_delete=models.PROTECT, related_name="double_codings"
    )
    first_coder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    second_coder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_reason = models.TextField(blank=True)

    objects = DoubleCodingQuerySet.as_manager()

    class Meta:
        ordering = ("cycle", "condition__position")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cycle", "condition"],
                condition=Q(called_off_at__isnull=True),
                name="doublecoding_once_per_condition_and_cycle",
                violation_error_message="This condition is double-coded in this cycle already.",
            ),
            models.CheckConstraint(
                condition=~Q(first_coder=F("second_coder")),
                name="doublecoding_takes_two",
                violation_error_message="Double coding takes two different people.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition.code}, cycle {self.cycle.number}, coded twice"


class Coding(models.Model):
    """What one coder says on a condition without seeing the other. Append-only."""

    double_coding = models.ForeignKey(
        DoubleCoding, on_delete=models.PROTECT, related_name="codings"
    )
    coder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="codings"
    )
    status = models.CharField(max_length=4)
    limb = models.CharField(max_length=7, choices=Assessment.Limb, blank=True, default="")
    confidence = models.CharField(max_length=8, choices=from_enum(Confidence))
    rationale = models.TextField()
    findings = models.JSONField(help_text="For each checklist item: item, status, note.")
    sealed_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("double_coding", "sealed_at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["double_coding", "coder"],
                name="coding_once_per_coder",
                violation_error_message="You coded this condition already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.double_coding} by {self.coder}"
