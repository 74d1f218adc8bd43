"""Imports: spreadsheets of evidence on their way in, checked row by row before any is filed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from conditions.models.leases import free_at
from conditions.models.programs import Program


class EvidenceImportQuerySet(models.QuerySet["EvidenceImport"]):
    def due_by(self, moment: datetime) -> Self:
        """Imports with work left that nobody holds at ``moment``."""
        return self.filter(free_at(moment), state__in=EvidenceImport.WORKING)


class EvidenceImport(models.Model):
    """One spreadsheet: uploaded, its columns mapped, checked in full, then filed or discarded."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Columns to be matched"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked"
        LOADING = "loading", "Being filed"
        LOADED = "loaded", "Filed"
        DISCARDED = "discarded", "Discarded"
        FAILED = "failed", "Failed"

    WORKING: ClassVar = (State.CHECKING.value, State.LOADING.value)

    program = models.ForeignKey(
        Program,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose conditions the codes in the sheet name.",
    )
    filename = models.CharField(max_length=200)
    format = models.CharField(max_length=4, choices=[("csv", "CSV"), ("xlsx", "Excel workbook")])
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    body = models.BinaryField(
        help_text="The file as it was uploaded; empty once it is filed or discarded."
    )
    sheet = models.CharField(max_length=100, blank=True)
    headers = models.JSONField(default=list, help_text="The columns found, in order.")
    mapping = models.JSONField(default=dict, help_text="Field to column.")
    state = models.CharField(max_length=9, choices=State, default=State.UPLOADED)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_good = models.PositiveIntegerField(default=0)
    faults = models.JSONField(
        default=list, help_text="Each: row, column, cell, field, value, message, remedy."
    )
    faults_total = models.PositiveIntegerField(default=0)
    only_good_rows = models.BooleanField(default=False)
    outcome = models.JSONField(default=dict, help_text="What was filed, known, linked.")
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = EvidenceImportQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ("-created_at", "-id")
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["checking", "loading"]),
                name="evidenceimport_working",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(format__in=["csv", "xlsx"]), name="evidenceimport_format_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *("uploaded", "checking", "checked"),
                        *("loading", "loaded", "discarded", "failed"),
                    ]
                ),
                name="evidenceimport_state_known",
                violation_error_message="This state of an import is not one of the seven.",
            ),
        ]

    def __str__(self) -> str:
        return self.filename
