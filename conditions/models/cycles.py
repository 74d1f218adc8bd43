"""Review cycles: half-open spans of legal days, each due on the day it ends."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from conditions.models.programs import Program
from conditions.rules.authority import OWN_PERMISSIONS


class ReviewCycleQuerySet(models.QuerySet["ReviewCycle"]):
    def containing(self, day: date) -> Self:
        """Cycles whose span [starts_on, due_on) covers ``day``."""
        return self.filter(starts_on__lte=day, due_on__gt=day)

    def begun_by(self, day: date) -> Self:
        """Cycles that started on or before ``day``."""
        return self.filter(starts_on__lte=day)


class ReviewCycle(models.Model):
    """One review period of a program; closed once, with date and signature."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="cycles")
    number = models.PositiveIntegerField()
    starts_on = models.DateField()
    scheduled_due_on = models.DateField(help_text="Due date by the calendar, before any extension.")
    due_on = models.DateField(help_text="Due date in force.")
    opened_at = models.DateTimeField(null=True, blank=True)
    fell_due_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closing_note = models.TextField(blank=True)
    is_skipped = models.BooleanField(
        default=False, help_text="Closed without a review; the closing note says why."
    )
    is_demonstration = models.BooleanField(default=False)

    objects = ReviewCycleQuerySet.as_manager()

    class Meta:
        ordering = ("program", "number")
        permissions = OWN_PERMISSIONS["reviewcycle"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on"],
                condition=Q(closed_at__isnull=True),
                name="reviewcycle_still_open",
            ),
            models.Index(fields=["program", "starts_on", "due_on"], name="reviewcycle_by_day"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "number"], name="reviewcycle_numbered_once"),
            models.UniqueConstraint(
                fields=["program", "starts_on"], name="reviewcycle_starts_once"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("starts_on")),
                name="reviewcycle_due_after_start",
                violation_error_message="A cycle is due after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_on__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_on__isnull=False, closed_by__isnull=False),
                name="reviewcycle_closed_dated_and_signed",
                violation_error_message="A closed cycle names its day, moment and signatory.",
            ),
            models.CheckConstraint(
                condition=Q(is_skipped=False) | (Q(closed_at__isnull=False) & ~Q(closing_note="")),
                name="reviewcycle_skipped_for_a_reason",
                violation_error_message="A skipped cycle is closed and says why.",
            ),
        ]

    def __str__(self) -> str:
        return f"Cycle {self.number}"


class CycleRevision(models.Model):
    """One change of a cycle's dates: what they were, what they became, why. Append-only."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.PROTECT, related_name="revisions")
    starts_on_before = models.DateField()
    scheduled_due_on_before = models.DateField()
    due_on_before = models.DateField()
    starts_on = models.DateField()
    scheduled_due_on = models.DateField()
    due_on = models.DateField()
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("cycle", "recorded_at", "id")

    def __str__(self) -> str:
        return f"{self.cycle}: {self.due_on_before} to {self.due_on}"
