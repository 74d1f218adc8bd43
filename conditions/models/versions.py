"""The shape of every append-only version of a text."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Version(models.Model):
    """One state of a text, numbered from 1, bound by the SHA-256 of its canonical JSON."""

    number = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True
        ordering: ClassVar = ["-number"]
