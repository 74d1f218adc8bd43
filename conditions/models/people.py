"""Who uses the tracker, and the tokens by which their programs do."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from conditions.models.choices import time_zones


class User(AbstractUser):
    """A person with an account; what they may do comes from their groups alone."""

    class ReminderMode(models.TextChoices):
        SINGLE = "single", "One message for each matter"
        DIGEST = "digest", "One message a day with everything"

    time_zone = models.CharField(
        max_length=64,
        default="America/New_York",
        choices=time_zones,
        help_text="Reminders arrive at your hour in this time zone.",
    )
    reminder_hour = models.PositiveSmallIntegerField(
        default=8,
        validators=[MaxValueValidator(23)],
        help_text="Hour of the day (0 to 23) from which reminders are sent to you.",
    )
    reminder_mode = models.CharField(
        max_length=6, choices=ReminderMode, default=ReminderMode.SINGLE
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reminder_hour__lte=23),
                name="user_reminder_hour_of_day",
                violation_error_message="The reminder hour runs from 0 to 23.",
            ),
            models.CheckConstraint(
                condition=Q(reminder_mode__in=["single", "digest"]),
                name="user_reminder_mode_known",
                violation_error_message="Reminders are sent single or as a digest.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid_at(self, moment: datetime) -> ApiTokenQuerySet:
        """Tokens neither expired nor revoked at ``moment``."""
        return self.filter(expires_at__gt=moment).filter(
            Q(revoked_at__isnull=True) | Q(revoked_at__gt=moment)
        )


class ApiToken(models.Model):
    """A program's key to the API on behalf of a person; only its SHA-256 is kept."""

    class Scope(models.TextChoices):
        READ = "read", "Read only"
        WRITE = "write", "Read and write"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="What uses this token.")
    prefix = models.CharField(max_length=8, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.READ)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scope__in=["read", "write"]),
                name="apitoken_scope_known",
                violation_error_message="A token's scope is read or write.",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")),
                name="apitoken_expires_after_creation",
                violation_error_message="A token expires after it was made.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
