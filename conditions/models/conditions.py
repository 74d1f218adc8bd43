"""Conditions, their checklist items and wordings, and the crosswalk between programs."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from conditions.models.choices import from_enum
from conditions.models.programs import Program
from conditions.models.versions import Version
from conditions.rules.authority import OWN_PERMISSIONS
from conditions.rules.rollup import ConditionTest


class ConditionQuerySet(models.QuerySet["Condition"]):
    def in_force_on(self, day: date) -> Self:
        """Conditions whose half-open span of force covers ``day``."""
        return self.filter(in_force_from__lte=day).filter(
            Q(in_force_until__isnull=True) | Q(in_force_until__gt=day)
        )


class Condition(models.Model):
    """One thing the target must do, as the instrument words it now."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="conditions")
    code = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    provision = models.TextField(help_text="The provision in our own words.")
    citation = models.CharField(max_length=300)
    marks = models.JSONField(default=dict, blank=True)
    test = models.CharField(max_length=20, choices=from_enum(ConditionTest))
    in_force_from = models.DateField()
    in_force_until = models.DateField(
        null=True, blank=True, help_text="First day no longer in force."
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="led_conditions",
    )

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ("program", "position")
        permissions = OWN_PERMISSIONS["condition"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "code"],
                name="condition_code_once_per_program",
                violation_error_message="This program already has a condition with that code.",
            ),
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True) | Q(in_force_until__gt=F("in_force_from")),
                name="condition_force_ends_after_it_begins",
                violation_error_message="A condition's force ends after it begins.",
            ),
            models.CheckConstraint(
                condition=Q(test__in=[test.value for test in ConditionTest]),
                name="condition_test_known",
                violation_error_message="This test type is not one of the four.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ConditionVersion(Version):
    """The wording of a condition and its checklist as it stood from one moment on. Append-only."""

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="versions")

    class Meta(Version.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["condition", "number"], name="conditionversion_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.content['code']} version {self.number}"


class ChecklistItem(models.Model):
    """One checkable benchmark under a condition, with the evidence it takes."""

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="checklist")
    code = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    statement = models.TextField()
    evidence_rule = models.JSONField()
    where_to_look = models.TextField(blank=True)
    baseline = models.TextField(blank=True)
    hard_hurdle = models.BooleanField(default=False)
    marks = models.JSONField(default=dict, blank=True)
    retired_on = models.DateField(null=True, blank=True, help_text="First day no longer asked.")

    class Meta:
        ordering = ("condition", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["condition", "code"],
                name="checklistitem_code_once_per_condition",
                violation_error_message="This condition already has an item with that code.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.statement}"


class Crosswalk(models.Model):
    """How a condition of one program answers to a condition of another."""

    class Relation(models.TextChoices):
        SAME = "same", "Same in substance"
        REWORDED = "reworded", "Reworded"
        NARROWER = "narrower", "Narrower"
        BROADER = "broader", "Broader"
        SPLIT = "split", "Split"

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="crosswalks")
    counterpart = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=10, choices=Relation)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("condition", "counterpart")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["condition", "counterpart"], name="crosswalk_pair_once"
            ),
            models.CheckConstraint(
                condition=~Q(condition=F("counterpart")),
                name="crosswalk_leads_elsewhere",
                violation_error_message="A condition is not its own counterpart.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition} / {self.counterpart}"
