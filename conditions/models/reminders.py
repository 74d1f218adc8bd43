"""Reminders: what is owed to whom, before it is a message."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from conditions.models.choices import from_enum
from conditions.models.conditions import Condition
from conditions.models.cycles import ReviewCycle
from conditions.models.events import Event
from conditions.models.leases import free_at
from conditions.rules.ladder import RungKind


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def due_by(self, moment: datetime) -> Self:
        """Owed reminders whose next attempt is due and that nobody holds at ``moment``."""
        return self.filter(free_at(moment), state=Reminder.State.OWED, next_attempt_at__lte=moment)


class Reminder(models.Model):
    """One message owed to one person about one cycle, one condition in it, or one event in it."""

    class State(models.TextChoices):
        OWED = "owed", "Owed"
        SENT = "sent", "Sent"
        SUPERSEDED = "superseded", "Superseded by a more urgent one"
        OBSOLETE = "obsolete", "No longer needed when its time came"

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.PROTECT, related_name="reminders")
    condition = models.ForeignKey(
        Condition, null=True, blank=True, on_delete=models.PROTECT, related_name="reminders"
    )
    event = models.ForeignKey(
        Event,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reminders",
        help_text="What happened, where the message tells of that.",
    )
    kind = models.CharField(max_length=8, choices=from_enum(RungKind))
    offset = models.SmallIntegerField(help_text="Days from the due date; 0 for opened and due.")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reminders"
    )
    falls_on = models.DateField(help_text="Legal day from which it is owed.")
    owed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OWED)
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ("-owed_at", "-id")
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state="owed"),
                name="reminder_unsent",
            ),
            models.Index(fields=["recipient", "-owed_at"], name="reminder_of_recipient"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cycle", "kind", "offset", "recipient"],
                condition=Q(condition__isnull=True, event__isnull=True),
                name="reminder_of_cycle_once",
            ),
            models.UniqueConstraint(
                fields=["cycle", "condition", "kind", "offset", "recipient"],
                condition=Q(condition__isnull=False, event__isnull=True),
                name="reminder_of_condition_once",
            ),
            models.UniqueConstraint(
                fields=["event", "offset", "recipient"],
                condition=Q(event__isnull=False),
                name="reminder_of_event_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="news", event__isnull=False)
                | (~Q(kind="news") & Q(event__isnull=True)),
                name="reminder_news_names_its_event",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["owed", "sent", "superseded", "obsolete"]),
                name="reminder_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="reminder_sent_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.offset:+d} to {self.recipient}"


class Pulse(models.Model):
    """When a scheduled job last ran to its end."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name} at {self.beat_at:%Y-%m-%d %H:%M} UTC"
