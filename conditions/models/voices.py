"""Voices: documents that may be copies of one wire, as suggested and as a person decides."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from conditions.models.evidence import Evidence
from conditions.models.leases import free_at


class TextComparisonQuerySet(models.QuerySet["TextComparison"]):
    def due_by(self, moment: datetime) -> Self:
        """Comparisons that are owed and that nobody holds at ``moment``."""
        return self.filter(free_at(moment), owed_since__isnull=False)


class TextComparison(models.Model):
    """That a document's text is to be compared with those on file, or when it was."""

    evidence = models.OneToOneField(
        Evidence, primary_key=True, on_delete=models.PROTECT, related_name="comparison"
    )
    owed_since = models.DateTimeField(null=True, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = TextComparisonQuerySet.as_manager()

    class Meta:
        ordering = ("evidence",)
        indexes: ClassVar = [
            models.Index(
                fields=["owed_since", "evidence"],
                condition=Q(owed_since__isnull=False),
                name="textcomparison_owed",
            ),
        ]

    def __str__(self) -> str:
        return f"Comparison of {self.evidence_id}"


class VoiceSuggestion(models.Model):
    """Two documents that may carry one voice; a person says so, or says not. Final once decided."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CONFIRMED = "confirmed", "One voice"
        DISMISSED = "dismissed", "Independent of each other"

    first = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    same_event = models.BooleanField(default=False)
    likeness = models.PositiveSmallIntegerField(
        help_text="The share of the shorter text that stands in the longer, of 100."
    )
    passage = models.TextField(blank=True, help_text="Words that both have.")
    suggested_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    voice = models.SlugField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-likeness", "-id")
        indexes: ClassVar = [
            models.Index(fields=["state", "-likeness", "-id"], name="voicesuggestion_by_state"),
            models.Index(fields=["second"], name="voicesuggestion_by_second"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="voicesuggestion_once",
                violation_error_message="These two were compared before.",
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")),
                name="voicesuggestion_in_order",
                violation_error_message="The document filed first stands first.",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | (Q(state="confirmed", decided_at__isnull=False) & ~Q(voice=""))
                | (Q(state="dismissed", decided_at__isnull=False) & ~Q(reason="")),
                name="voicesuggestion_decided_in_full",
                violation_error_message="One voice has a name; independence has a reason.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.get_state_display()}"
