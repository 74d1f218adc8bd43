"""Link health: whether what evidence was published at still stands there."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from conditions.models.evidence import Evidence
from conditions.models.leases import free_at


class LinkHealthQuerySet(models.QuerySet["LinkHealth"]):
    def due_by(self, moment: datetime) -> Self:
        """Addresses whose next look is due and that nobody holds at ``moment``."""
        return self.filter(free_at(moment), next_check_at__lte=moment)

    def lost(self) -> Self:
        """Addresses at which the document was not found twice in a row, or more often."""
        return self.filter(lost_at__isnull=False)


class LinkHealth(models.Model):
    """What the last look at a document's address found; every change of state is an event."""

    CHANGED: ClassVar = "linkhealth.changed"

    class State(models.TextChoices):
        UNKNOWN = "unknown", "Not looked at yet"
        OK = "ok", "Found"
        MOVED = "moved", "Moved"
        BLOCKED = "blocked", "Blocked by the site"
        GONE = "gone", "Gone"
        FAILED = "failed", "Not reached"

    evidence = models.OneToOneField(
        Evidence, primary_key=True, on_delete=models.PROTECT, related_name="link_health"
    )
    url = models.URLField(max_length=2000, help_text="The address that was looked at.")
    host = models.CharField(max_length=255, help_text="Looked at with a pause between two looks.")
    state = models.CharField(max_length=7, choices=State, default=State.UNKNOWN)
    since = models.DateTimeField(null=True, blank=True, help_text="When this state was first seen.")
    checked_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(
        default=0, help_text="Looks in a row that did not find the document, a day apart at least."
    )
    missed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last of them was made."
    )
    lost_at = models.DateTimeField(
        null=True, blank=True, help_text="When two looks in a row had not found it."
    )
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    final_url = models.URLField(max_length=2000, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was not found, or not looked at.")
    next_check_at = models.DateTimeField()
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = LinkHealthQuerySet.as_manager()

    class Meta:
        ordering = ("evidence",)
        verbose_name_plural = "link health"
        indexes: ClassVar = [
            models.Index(fields=["next_check_at", "evidence"], name="linkhealth_due"),
            models.Index(fields=["host", "checked_at"], name="linkhealth_by_host"),
            models.Index(
                fields=["lost_at"], condition=Q(lost_at__isnull=False), name="linkhealth_lost"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["unknown", "ok", "moved", "blocked", "gone", "failed"]),
                name="linkhealth_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="unknown") | Q(since__isnull=False, checked_at__isnull=False),
                name="linkhealth_dated",
                violation_error_message="A state that was seen says when.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.url}: {self.get_state_display()}"
