"""Events: the append-only record of every write."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from conditions.models.conditions import Condition
from conditions.models.cycles import ReviewCycle
from conditions.models.programs import Program


class Event(models.Model):
    """One write: who, what, before, after, when and why. Append-only."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="events",
        help_text="Nobody means the scheduler.",
    )
    verb = models.CharField(max_length=40, help_text="For example assessment.approved.")
    subject_type = models.CharField(max_length=30, help_text="Model name in lower case.")
    subject_id = models.CharField(max_length=40)
    program = models.ForeignKey(Program, null=True, on_delete=models.PROTECT, related_name="events")
    condition = models.ForeignKey(
        Condition, null=True, on_delete=models.PROTECT, related_name="events"
    )
    cycle = models.ForeignKey(
        ReviewCycle, null=True, on_delete=models.PROTECT, related_name="events"
    )
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="event_of_subject"),
            models.Index(fields=["program", "-id"], name="event_of_program"),
            models.Index(fields=["at"], name="event_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} at {self.at:%Y-%m-%d %H:%M} UTC"
