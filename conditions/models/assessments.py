"""Assessments: dated judgements on a condition, with findings and cited evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from conditions.models.choices import from_enum
from conditions.models.conditions import Condition, ConditionVersion
from conditions.models.cycles import ReviewCycle
from conditions.rules.authority import OWN_PERMISSIONS
from conditions.rules.status import Confidence, Trend
from conditions.rules.workflow import WorkState

OPEN_STATES = (WorkState.DRAFT.value, WorkState.SUBMITTED.value, WorkState.RETURNED.value)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def approved(self) -> Self:
        """Judgements that passed four eyes."""
        return self.filter(state=WorkState.APPROVED.value)

    def still_open(self) -> Self:
        """Drafts, submitted and returned assessments."""
        return self.filter(state__in=OPEN_STATES)

    def known_at(self, known_at: datetime) -> Self:
        """Judgements approved by ``known_at`` and not corrected by one approved by then."""
        correction = Assessment.objects.filter(
            corrects=OuterRef("pk"), state=WorkState.APPROVED.value, approved_at__lte=known_at
        )
        return self.approved().filter(~Exists(correction), approved_at__lte=known_at)

    def latest_first(self) -> Self:
        """In the order that decides which judgement is in force."""
        return self.order_by("-valid_from", "-approved_at", "-id")

    def in_force(self, *, valid_at: date, known_at: datetime) -> Self:
        """The judgement of each condition that holds on ``valid_at``, as known at ``known_at``."""
        holding = (
            Assessment.objects.known_at(known_at)
            .filter(condition=OuterRef("condition"), valid_from__lte=valid_at)
            .latest_first()
        )
        return self.approved().filter(pk=Subquery(holding.values("pk")[:1]))


class Assessment(models.Model):
    """A dated judgement on a condition in a cycle: once approved, never changed."""

    class Limb(models.TextChoices):
        NONE = "", "No limb named"
        OUTCOME = "outcome", "Outcome"
        EFFORT = "effort", "Effort"

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="assessments")
    cycle = models.ForeignKey(ReviewCycle, on_delete=models.PROTECT, related_name="assessments")
    condition_version = models.ForeignKey(
        ConditionVersion, on_delete=models.PROTECT, related_name="assessments"
    )
    status = models.CharField(max_length=4, blank=True)
    trend = models.CharField(max_length=13, choices=from_enum(Trend), blank=True)
    confidence = models.CharField(max_length=8, choices=from_enum(Confidence), blank=True)
    confidence_reason = models.TextField(blank=True)
    rationale = models.TextField(blank=True)
    limb = models.CharField(max_length=7, choices=Limb, blank=True, default="")
    dissent = models.TextField(blank=True)
    authority = models.CharField(
        max_length=200,
        blank=True,
        help_text="Who waived the condition, by which act; only where it is judged waived.",
    )
    valid_from = models.DateField()
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    correction_note = models.TextField(blank=True)
    is_demonstration = models.BooleanField(default=False)

    state = models.CharField(
        max_length=9, choices=from_enum(WorkState), default=WorkState.DRAFT.value
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assessments"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    return_reason = models.TextField(blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approval_note = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawal_reason = models.TextField(blank=True)
    sha256 = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Fingerprint of all that was submitted and is approved.",
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ("condition", "-valid_from", "-approved_at", "-id")
        permissions = OWN_PERMISSIONS["assessment"]
        indexes: ClassVar = [
            models.Index(
                fields=["condition", "-valid_from", "-approved_at", "-id"],
                condition=Q(state="approved"),
                name="assessment_in_force",
            ),
            models.Index(
                fields=["cycle", "condition", "-approved_at"],
                condition=Q(state="approved"),
                name="assessment_of_cycle",
            ),
            models.Index(
                fields=["corrects"],
                condition=Q(corrects__isnull=False),
                name="assessment_corrections",
            ),
            models.Index(
                fields=["state", "updated_at"],
                condition=Q(state__in=OPEN_STATES),
                name="assessment_waiting",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["condition", "cycle"],
                condition=Q(state__in=OPEN_STATES),
                name="assessment_one_open_per_condition_and_cycle",
                violation_error_message=(
                    "This condition already has an open assessment in this cycle. Continue it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in WorkState]),
                name="assessment_state_known",
                violation_error_message="This state is not one of the five.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "returned", "withdrawn"])
                | (
                    ~Q(status="")
                    & ~Q(rationale="")
                    & ~Q(confidence="")
                    & ~Q(confidence_reason="")
                    & ~Q(sha256="")
                    & Q(submitted_at__isnull=False, submitted_by__isnull=False)
                ),
                name="assessment_submitted_complete",
                violation_error_message=(
                    "A submitted assessment has a status, a rationale and a reasoned confidence."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False, approved_by__isnull=False)
                | (~Q(state="approved") & Q(approved_at__isnull=True, approved_by__isnull=True)),
                name="assessment_approval_dated_and_signed",
                violation_error_message="An approval names its moment and its reviewer.",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False
                )
                & ~Q(withdrawal_reason="")
                | (
                    ~Q(state="withdrawn")
                    & Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                ),
                name="assessment_withdrawal_dated_signed_and_reasoned",
                violation_error_message="A withdrawal names its moment, its person and its reason.",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(state="approved"),
                name="assessment_corrected_once",
                violation_error_message="This judgement was corrected already. Correct the newest.",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(correction_note=""),
                name="assessment_correction_says_why",
                violation_error_message="A correction says why.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition.code}, cycle {self.cycle.number}"
