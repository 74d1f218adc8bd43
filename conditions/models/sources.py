"""Sources: who publishes, and how reliable we held them when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower

from conditions.rules.authority import OWN_PERMISSIONS


class SourceQuerySet(models.QuerySet["Source"]):
    def spelled_like(self, names: Iterable[str]) -> Self:
        """Sources of these names, however capitalised, the one put on file first standing first.

        The database folds them: PostgreSQL all letters, SQLite those of ASCII.
        """
        folded = [Lower(Value(name)) for name in names]
        return self.alias(folded=Lower("name")).filter(folded__in=folded).order_by("pk")

    def named(self, name: str) -> Source | None:
        """The source of that name: the one so spelled, else the first that differs in case."""
        plain = " ".join(name.split())
        alike = self.spelled_like([plain])
        return min(alike, key=lambda source: source.name != plain, default=None)


class Source(models.Model):
    """Who publishes; its reliability A to F is judged apart from any one item (STANAG 2511)."""

    class Kind(models.TextChoices):
        OFFICIAL_ASSESSOR = "official_assessor", "Official assessor"
        TARGET_GOVERNMENT = "target_government", "Target government"
        IGO = "igo", "Intergovernmental organisation"
        NGO = "ngo", "Non-governmental organisation"
        STATE_MEDIA = "state_media", "State media"
        INDEPENDENT_MEDIA = "independent_media", "Independent media"
        ACADEMIC = "academic", "Academic or think tank"
        SOCIAL = "social", "Social media"
        AGGREGATOR = "aggregator", "Aggregator"
        WITNESS = "witness", "Witness"
        UNKNOWN = "unknown", "Not yet described"

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.UNKNOWN)
    language = models.CharField(max_length=12, default="en")
    ownership = models.TextField(blank=True)
    reliability = models.CharField(max_length=1, default="F")

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        permissions = OWN_PERMISSIONS["source"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reliability__in=list("ABCDEF")),
                name="source_reliability_a_to_f",
                violation_error_message="Source reliability runs from A to F.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SourceGrade(models.Model):
    """The reliability a source was given at one moment, and why. Append-only."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="grades")
    reliability = models.CharField(max_length=1)
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("source", "-recorded_at", "-id")
        indexes: ClassVar = [
            models.Index(fields=["source", "recorded_at"], name="sourcegrade_by_moment")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reliability__in=list("ABCDEF")), name="sourcegrade_a_to_f"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.reliability}"
