"""Evidence: published items, their versions, and what they bear on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from conditions.models.addresses import AddressedQuerySet
from conditions.models.choices import from_enum
from conditions.models.conditions import ChecklistItem, Condition
from conditions.models.sources import Source
from conditions.models.versions import Version
from conditions.rules.authority import OWN_PERMISSIONS, Sensitivity
from conditions.rules.dates import Precision
from conditions.rules.evidence import Stance


class EvidenceQuerySet(AddressedQuerySet["Evidence"]):
    def with_sensitivity(self, allowed: Collection[str]) -> Self:
        """Items whose sensitivity is among those a reader may see."""
        return self.filter(sensitivity__in=allowed)

    def known_as(self, keys: Collection[str], addresses: Collection[str]) -> Self:
        """Items with one of these keys or canonical addresses, each by its own index. One query."""
        return self.filter(key__in=keys).order_by().union(self.at_addresses(addresses).order_by())


class Evidence(models.Model):
    """One published item, in our own words; its stance belongs to its links."""

    key = models.CharField(
        max_length=40,
        unique=True,
        help_text="Stable name of the item in files, e.g. ev-ee915abdd409.",
    )
    url = models.URLField(max_length=2000, blank=True)
    canonical_url = models.CharField(max_length=2000, blank=True, editable=False)
    reference = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=400)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="evidence")
    published_on = models.DateField(null=True, blank=True)
    fact_on = models.DateField(null=True, blank=True, help_text="First day of the event's period.")
    fact_precision = models.CharField(
        max_length=8, choices=from_enum(Precision), default=Precision.UNKNOWN.value
    )
    language = models.CharField(max_length=12, default="en")
    summary = models.TextField()
    text = models.TextField(blank=True, help_text="Longer notes in our own words.")
    passage_hint = models.CharField(max_length=300, blank=True)
    voice = models.SlugField(
        max_length=80, blank=True, help_text="Items of one voice (copies of one wire) count once."
    )
    event_slug = models.SlugField(max_length=80, blank=True, db_index=True)
    credibility = models.PositiveSmallIntegerField(default=6)
    sensitivity = models.CharField(
        max_length=16, choices=from_enum(Sensitivity), default=Sensitivity.PUBLIC.value
    )
    is_primary = models.BooleanField(
        default=False, help_text="A document of the body responsible for the fact."
    )
    is_demonstration = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("-published_on", "-id")
        permissions = OWN_PERMISSIONS["evidence"]
        verbose_name_plural = "evidence"
        indexes: ClassVar = [
            models.Index(fields=["-published_on", "-id"], name="evidence_newest_first"),
            models.Index(fields=["language", "-id"], name="evidence_by_language"),
            models.Index(fields=["fact_on"], name="evidence_by_fact_date"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["canonical_url"],
                condition=~Q(canonical_url=""),
                name="evidence_url_once",
                violation_error_message="This address is already on file.",
            ),
            models.CheckConstraint(
                condition=~Q(url="") | ~Q(reference=""),
                name="evidence_has_url_or_reference",
                violation_error_message="Give a URL, or a reference for a document without one.",
            ),
            models.CheckConstraint(
                condition=Q(credibility__gte=1, credibility__lte=6),
                name="evidence_credibility_1_to_6",
                violation_error_message="Credibility runs from 1 to 6.",
            ),
            models.CheckConstraint(
                condition=Q(sensitivity__in=[level.value for level in Sensitivity]),
                name="evidence_sensitivity_known",
                violation_error_message="This sensitivity is not one of the four.",
            ),
            models.CheckConstraint(
                condition=Q(fact_on__isnull=True, fact_precision="unknown")
                | Q(fact_on__isnull=False, fact_precision__in=["day", "month", "year"]),
                name="evidence_fact_date_with_precision",
                violation_error_message="A fact date needs its precision: day, month or year.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceVersion(Version):
    """An evidence item's content as it stood from one moment on. Append-only."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="versions")

    class Meta(Version.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["evidence", "number"], name="evidenceversion_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.content['title']} (version {self.number})"


class EvidenceLinkQuerySet(models.QuerySet["EvidenceLink"]):
    def standing_at(self, known_at: datetime) -> Self:
        """Links recorded and not yet withdrawn at ``known_at``."""
        return self.filter(recorded_at__lte=known_at).filter(
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=known_at)
        )


class EvidenceLink(models.Model):
    """Evidence bears on a condition or checklist item; withdrawn, never changed."""

    class Origin(models.TextChoices):
        DIRECT = "direct", "Linked by hand"
        CROSSWALK = "crosswalk", "Carried over the crosswalk"

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="links")
    condition = models.ForeignKey(
        Condition, on_delete=models.PROTECT, related_name="evidence_links"
    )
    checklist_item = models.ForeignKey(
        ChecklistItem,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence_links",
    )
    stance = models.CharField(max_length=11, choices=from_enum(Stance))
    note = models.TextField(blank=True)
    origin = models.CharField(max_length=9, choices=Origin, default=Origin.DIRECT)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawal_reason = models.TextField(blank=True)

    objects = EvidenceLinkQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-id")
        permissions = OWN_PERMISSIONS["evidencelink"]
        indexes: ClassVar = [
            models.Index(
                fields=["condition", "stance", "recorded_at", "withdrawn_at", "evidence"],
                name="evidencelink_by_stance",
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["evidence", "condition"],
                condition=Q(checklist_item__isnull=True, withdrawn_at__isnull=True),
                name="evidencelink_once_per_condition",
                violation_error_message="This item is already linked to that condition.",
            ),
            models.UniqueConstraint(
                fields=["evidence", "checklist_item"],
                condition=Q(checklist_item__isnull=False, withdrawn_at__isnull=True),
                name="evidencelink_once_per_checklist_item",
                violation_error_message="This item is already linked to that checklist item.",
            ),
            models.CheckConstraint(
                condition=Q(stance__in=[stance.value for stance in Stance]),
                name="evidencelink_stance_known",
                violation_error_message="Stance is supports, contradicts or neutral.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} {self.stance} {self.condition}"
