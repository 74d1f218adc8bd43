"""The parts of an assessment: who wrote it, its findings, and what it cites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from django.conf import settings
from django.db import models

from conditions.models.assessments import Assessment
from conditions.models.conditions import ChecklistItem
from conditions.models.evidence import Evidence, EvidenceVersion


class AssessmentAuthor(models.Model):
    """One person who wrote in an assessment, and so may not approve it. Append-only."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="authors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        ordering = ("assessment", "since", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "user"], name="assessmentauthor_once")
        ]

    def __str__(self) -> str:
        return str(self.user)


class Finding(models.Model):
    """The judgement on one checklist item inside an assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="findings")
    checklist_item = models.ForeignKey(
        ChecklistItem, on_delete=models.PROTECT, related_name="findings"
    )
    status = models.CharField(max_length=4, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("assessment", "checklist_item__position")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assessment", "checklist_item"], name="finding_once_per_item"
            )
        ]

    def __str__(self) -> str:
        return f"{self.checklist_item.code}: {self.status}"


class CitationQuerySet(models.QuerySet["Citation"]):
    def of(self, assessments: Iterable[Assessment]) -> Self:
        """Citations of these assessments, with the evidence they name."""
        return self.filter(assessment__in=list(assessments)).select_related("evidence__source")


class Citation(models.Model):
    """Evidence an assessment rests on, as it read and was graded when it was cited."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="citations")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="citations")
    evidence_version = models.ForeignKey(
        EvidenceVersion, on_delete=models.PROTECT, related_name="citations"
    )
    grade = models.CharField(max_length=2, help_text="Admiralty grade when cited, e.g. B2.")
    stance = models.CharField(
        max_length=11, blank=True, help_text="Its stance on the condition when cited, if linked."
    )

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ("assessment", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "evidence"], name="citation_once")
        ]

    def __str__(self) -> str:
        return f"{self.evidence} ({self.grade})"

    @property
    def voice(self) -> str:
        """Whose words the document carried when it was cited; empty for its source's own."""
        return str(self.evidence_version.content.get("voice", self.evidence.voice))
