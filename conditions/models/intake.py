"""What comes in before it is evidence: feeds, the inbox, corrected suggestions, and searches."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from conditions.models.conditions import ChecklistItem, Condition
from conditions.models.cycles import ReviewCycle
from conditions.models.evidence import Evidence
from conditions.models.programs import Program


class Feed(models.Model):
    """An RSS or Atom feed that the worker reads into the inbox."""

    title = models.CharField(max_length=200)
    url = models.URLField(max_length=2000, unique=True)
    program = models.ForeignKey(
        Program, null=True, blank=True, on_delete=models.PROTECT, related_name="feeds"
    )
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    next_poll_at = models.DateTimeField()
    last_polled_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class InboxItem(models.Model):
    """Something that came in and that somebody is to file as evidence or dismiss."""

    class Origin(models.TextChoices):
        FEED = "feed", "From a feed"
        PASTED = "pasted", "Pasted"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        ACCEPTED = "accepted", "Filed as evidence"
        DISMISSED = "dismissed", "Dismissed"

    origin = models.CharField(max_length=6, choices=Origin)
    feed = models.ForeignKey(
        Feed, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    external_id = models.CharField(max_length=500, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    canonical_url = models.CharField(max_length=2000, blank=True)
    title = models.CharField(max_length=500)
    text = models.TextField(blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=12, blank=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    suggestion = models.JSONField(default=dict, help_text="What the tracker suggests, by program.")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    evidence = models.ForeignKey(
        Evidence, null=True, blank=True, on_delete=models.PROTECT, related_name="inbox_items"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-received_at", "-id")
        indexes: ClassVar = [
            models.Index(
                fields=["-received_at", "-id"],
                condition=Q(state="waiting"),
                name="inboxitem_waiting",
            ),
            models.Index(
                fields=["canonical_url"],
                condition=~Q(canonical_url=""),
                name="inboxitem_by_address",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["feed", "external_id"],
                condition=Q(feed__isnull=False),
                name="inboxitem_once_per_feed",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="inboxitem_decision_dated_and_signed",
                violation_error_message="A decided item names its moment and its person.",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", evidence__isnull=False)
                | (~Q(state="accepted") & Q(evidence__isnull=True)),
                name="inboxitem_accepted_names_its_evidence",
                violation_error_message="An accepted item names the evidence it became.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TriageDecision(models.Model):
    """What was suggested for an inbox item and what a person decided. Append-only."""

    item = models.ForeignKey(InboxItem, on_delete=models.PROTECT, related_name="decisions")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    suggested = models.JSONField(help_text="Conditions with stance, as suggested.")
    decided = models.JSONField(help_text="Conditions with stance, as decided; none is off topic.")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("item", "id")

    def __str__(self) -> str:
        return f"{self.item}, {self.program}"


class SearchLog(models.Model):
    """That somebody looked for evidence: where, with which words, and what came of it. Append-only.

    A logged search that found nothing is what *cannot be assessed* rests on.
    """

    class Result(models.TextChoices):
        NOTHING = "nothing", "Found nothing"
        NOTHING_NEW = "nothing_new", "Found nothing new"
        FOUND = "found", "Found something, filed"

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="searches")
    checklist_item = models.ForeignKey(
        ChecklistItem, null=True, blank=True, on_delete=models.PROTECT, related_name="searches"
    )
    cycle = models.ForeignKey(ReviewCycle, on_delete=models.PROTECT, related_name="searches")
    places = models.TextField(help_text="Where: sites, archives, people asked.")
    terms = models.TextField(help_text="With which words, in which languages.")
    searched_on = models.DateField()
    result = models.CharField(max_length=11, choices=Result)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-searched_on", "-id")
        indexes: ClassVar = [
            models.Index(fields=["condition", "-searched_on"], name="searchlog_of_condition"),
        ]

    def __str__(self) -> str:
        return f"{self.condition.code}, {self.searched_on}: {self.get_result_display()}"


class EvidenceText(models.Model):
    """What full-text search looks through, one row for each document; made from what is on file."""

    evidence = models.OneToOneField(
        Evidence, primary_key=True, on_delete=models.PROTECT, related_name="search_text"
    )
    title = models.TextField()
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True, help_text="The text of its newest copy, cut to a length.")

    def __str__(self) -> str:
        return self.title
