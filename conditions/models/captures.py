"""Captures: stored copies of what evidence was published at, and who handled them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Substr

from conditions.models.evidence import Evidence
from conditions.models.leases import free_at
from conditions.rules.authority import OWN_PERMISSIONS


class CaptureBody(models.Model):
    """The bytes of a copy, unchanged, kept once however often they were found. Append-only."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    body = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256


class CaptureQuerySet(models.QuerySet["Capture"]):
    def stored(self) -> Self:
        """Attempts that brought a copy."""
        return self.filter(outcome=Capture.Outcome.STORED)

    def newest_of(self, evidence: OuterRef, by: datetime | OuterRef | None = None) -> Self:
        """The copies of one document, captured by then where that is said, the newest first."""
        rows = self.stored().filter(evidence=evidence).order_by("-captured_at", "-id")
        return rows if by is None else rows.filter(captured_at__lte=by)

    def newest_text(self, most: int) -> Subquery:
        """For a query of evidence: the first ``most`` characters of each newest copy's text."""
        rows = self.newest_of(OuterRef("pk"))
        return Subquery(rows.values(cut=Substr("text", 1, most))[:1])


class Capture(models.Model):
    """One attempt to copy a document at one time: what came, or why nothing did. Append-only."""

    class Origin(models.TextChoices):
        FETCHED = "fetched", "Fetched from its address"
        UPLOADED = "uploaded", "Uploaded as a file"

    class Outcome(models.TextChoices):
        STORED = "stored", "Stored"
        BLOCKED = "blocked", "Blocked by the site"
        GONE = "gone", "Gone"
        REFUSED = "refused", "Refused by the tracker"
        FAILED = "failed", "Failed"

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="captures")
    origin = models.CharField(max_length=8, choices=Origin)
    outcome = models.CharField(max_length=7, choices=Outcome)
    reason = models.TextField(blank=True, help_text="Why there is no copy.")
    url = models.URLField(max_length=2000, blank=True)
    final_url = models.URLField(max_length=2000, blank=True)
    hops = models.JSONField(default=list, help_text="Each redirect: address and status.")
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=list, help_text="Header lines of the last answer.")
    content_type = models.CharField(max_length=120, blank=True)
    filename = models.CharField(max_length=200, blank=True)
    body = models.ForeignKey(
        CaptureBody, null=True, blank=True, on_delete=models.PROTECT, related_name="captures"
    )
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    text = models.TextField(blank=True, help_text="The text found in the copy.")
    text_tool = models.CharField(max_length=80, blank=True)
    tool = models.CharField(max_length=80, help_text="What made the copy, with its version.")
    captured_at = models.DateTimeField()
    captured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaptureQuerySet.as_manager()

    class Meta:
        ordering = ("evidence", "-captured_at", "-id")
        permissions = OWN_PERMISSIONS["capture"]
        indexes: ClassVar = [
            models.Index(fields=["outcome", "-captured_at"], name="capture_by_outcome"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(outcome="stored", body__isnull=False) & ~Q(sha256=""))
                | (~Q(outcome="stored") & Q(body__isnull=True) & ~Q(reason="")),
                name="capture_stored_or_says_why",
                violation_error_message="A capture holds a copy or says why it has none.",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["fetched", "uploaded"]), name="capture_origin_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence.key} at {self.captured_at:%Y-%m-%d %H:%M} UTC"


class CaptureOrderQuerySet(models.QuerySet["CaptureOrder"]):
    def due_by(self, moment: datetime) -> Self:
        """Owed captures whose next attempt is due and that nobody holds at ``moment``."""
        return self.filter(
            free_at(moment), state=CaptureOrder.State.OWED, next_attempt_at__lte=moment
        )


class CaptureOrder(models.Model):
    """A capture that is owed: the worker makes it, tries again after a failure, or gives up."""

    class State(models.TextChoices):
        OWED = "owed", "Owed"
        DONE = "done", "Done"
        GIVEN_UP = "given_up", "Given up"

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="capture_orders")
    state = models.CharField(max_length=8, choices=State, default=State.OWED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CaptureOrderQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state="owed"),
                name="captureorder_owed",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["evidence"],
                condition=Q(state="owed"),
                name="captureorder_owed_once",
                violation_error_message="A capture of this document is owed already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence.key}: {self.get_state_display()}"


class CustodyEntry(models.Model):
    """Who handled a stored copy, when and how: the chain of custody. Append-only."""

    class Act(models.TextChoices):
        CAPTURED = "captured", "Captured"
        OPENED = "opened", "Opened"
        EXPORTED = "exported", "Exported"
        VERIFIED = "verified", "Verified"

    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="custody")
    act = models.CharField(max_length=8, choices=Act)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("capture", "at", "id")
        verbose_name_plural = "custody entries"

    def __str__(self) -> str:
        return f"{self.get_act_display()} at {self.at:%Y-%m-%d %H:%M} UTC"
