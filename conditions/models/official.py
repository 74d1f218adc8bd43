"""What the assessor of record sent and said; it stands beside our judgement, never instead."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from conditions.models.conditions import Condition
from conditions.models.cycles import ReviewCycle
from conditions.models.evidence import Evidence


class OfficialFindingQuerySet(models.QuerySet["OfficialFinding"]):
    def known_at(self, known_at: datetime) -> Self:
        """Findings recorded by ``known_at`` and not corrected by then."""
        correction = OfficialFinding.objects.filter(
            corrects=OuterRef("pk"), recorded_at__lte=known_at
        )
        return self.filter(~Exists(correction), recorded_at__lte=known_at)


class OfficialFinding(models.Model):
    """What the assessor of record said on one condition in one cycle. Append-only."""

    class Outcome(models.TextChoices):
        AFFIRMED = "affirmed", "Affirmed"
        NOT_AFFIRMED = "not_affirmed", "Not affirmed"
        SILENT = "silent", "Silent on this condition"
        NOT_SUBMITTED = "not_submitted", "No official report submitted"

    condition = models.ForeignKey(
        Condition, on_delete=models.PROTECT, related_name="official_findings"
    )
    cycle = models.ForeignKey(
        ReviewCycle, on_delete=models.PROTECT, related_name="official_findings"
    )
    finding = models.CharField(max_length=13, choices=Outcome)
    found_on = models.DateField(help_text="Date of the report, or of the search that found none.")
    document = models.ForeignKey(
        Evidence, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfficialFindingQuerySet.as_manager()

    class Meta:
        ordering = ("condition", "-found_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(finding__in=["affirmed", "not_affirmed", "silent", "not_submitted"]),
                name="officialfinding_outcome_known",
                violation_error_message="This official finding is not one of the four.",
            ),
            models.UniqueConstraint(
                fields=["condition", "cycle"],
                condition=Q(corrects__isnull=True),
                name="officialfinding_first_once",
                violation_error_message="This finding is on file already. Correct it instead.",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(corrects__isnull=False),
                name="officialfinding_corrected_once",
                violation_error_message="This finding was corrected already. Correct the newest.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition.code}: {self.get_finding_display()}"


class OfficialReportQuerySet(models.QuerySet["OfficialReport"]):
    def known_at(self, known_at: datetime) -> Self:
        """Records made by ``known_at`` and not replaced by then."""
        newer = OfficialReport.objects.filter(replaces=OuterRef("pk"), recorded_at__lte=known_at)
        return self.filter(~Exists(newer), recorded_at__lte=known_at)


class OfficialReport(models.Model):
    """That the assessor of record sent its report on a cycle, and when it was public. Append-only.

    A report that came out, or a wrong date, is a new record that replaces the one before it.
    """

    cycle = models.ForeignKey(
        ReviewCycle, on_delete=models.PROTECT, related_name="official_reports"
    )
    submitted_on = models.DateField(help_text="Day it went to the recipients the law names.")
    released_on = models.DateField(
        null=True, blank=True, help_text="Day its text became public; empty while it is not."
    )
    document = models.ForeignKey(
        Evidence, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfficialReportQuerySet.as_manager()

    class Meta:
        ordering = ("cycle", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(replaces__isnull=True),
                name="officialreport_first_once",
                violation_error_message="A report on this cycle is on file. Replace that record.",
            ),
            models.CheckConstraint(
                condition=Q(released_on__isnull=True) | Q(released_on__gte=F("submitted_on")),
                name="officialreport_released_after_submission",
                violation_error_message="A report becomes public on or after its submission.",
            ),
        ]

    def __str__(self) -> str:
        return f"Official report on {self.cycle}, sent {self.submitted_on}"
