"""The inbox: what came in from feeds and by hand, to be filed or dismissed by a person."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from conditions.models.addresses import AddressedQuerySet
from conditions.models.evidence import Evidence
from conditions.models.leases import free_at
from conditions.models.programs import Program
from conditions.models.sources import Source
from conditions.rules.feeds import MANY_FAILURES


class FeedQuerySet(models.QuerySet["Feed"]):
    def due_by(self, moment: datetime) -> Self:
        """Active feeds whose next reading is due and that nobody holds at ``moment``."""
        return self.filter(free_at(moment), is_active=True, next_poll_at__lte=moment)

    def failing(self) -> Self:
        """Active feeds that failed so often in a row that it is more than a site's bad hour."""
        return self.filter(is_active=True, failures__gte=MANY_FAILURES)


class Feed(models.Model):
    """An RSS or Atom feed that the worker reads into the inbox."""

    title = models.CharField(max_length=200)
    url = models.URLField(max_length=2000)
    canonical_url = models.CharField(max_length=2000, editable=False)
    source = models.ForeignKey(
        Source,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="feeds",
        help_text="Who publishes what it brings, unless an entry says otherwise.",
    )
    language = models.CharField(max_length=12, default="en")
    is_active = models.BooleanField(default=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_read_at = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")
        indexes: ClassVar = [
            models.Index(
                fields=["next_poll_at", "id"], condition=Q(is_active=True), name="feed_due"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["canonical_url"],
                name="feed_url_once",
                violation_error_message="This feed is read already.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_failing(self) -> bool:
        """Whether it is among those ``failing``."""
        return self.is_active and self.failures >= MANY_FAILURES


class InboxItemQuerySet(AddressedQuerySet["InboxItem"]):
    def waiting(self) -> Self:
        """Items nobody has decided on."""
        return self.filter(state=InboxItem.State.WAITING)

    def owed_by(self, moment: datetime) -> Self:
        """Items whose page is to be read, due and held by nobody at ``moment``."""
        return self.waiting().filter(
            free_at(moment), reading=InboxItem.Reading.OWED, next_attempt_at__lte=moment
        )


class InboxItem(models.Model):
    """Something read somewhere: suggestions stand beside it, a person files or dismisses it."""

    class Origin(models.TextChoices):
        FEED = "feed", "From a feed"
        ADDRESS = "address", "An address, pasted"
        TEXT = "text", "A text, pasted"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        ACCEPTED = "accepted", "Filed"
        DISMISSED = "dismissed", "Dismissed"

    class Reading(models.TextChoices):
        NONE = "none", "Nothing to read"
        GIVEN = "given", "A person gave the text"
        OWED = "owed", "The page is still to be read"
        DONE = "done", "The page was read"
        FAILED = "failed", "The page could not be read"

    class Dismissal(models.TextChoices):
        NOT_ABOUT = "not_about", "Not about any program"
        ON_FILE = "on_file", "On file already, or a copy of something on file"
        NOTHING_NEW = "nothing_new", "Says nothing new"
        TOO_WEAK = "too_weak", "Too weak to be evidence"
        OTHER = "other", "Another reason"

    origin = models.CharField(max_length=7, choices=Origin)
    feed = models.ForeignKey(
        Feed, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    external_id = models.CharField(max_length=500, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    canonical_url = models.CharField(max_length=2000, blank=True, editable=False)
    title = models.CharField(max_length=400, blank=True)
    text = models.TextField(blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=12, blank=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reading = models.CharField(max_length=6, choices=Reading, default=Reading.NONE)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    suggested = models.JSONField(
        default=dict, help_text="By program: about or not, conditions with score and stance."
    )
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    dismissed_as = models.CharField(max_length=11, choices=Dismissal, blank=True)
    reason = models.TextField(blank=True)
    evidence = models.ForeignKey(
        Evidence, null=True, blank=True, on_delete=models.PROTECT, related_name="inbox_items"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = InboxItemQuerySet.as_manager()

    class Meta:
        ordering = ("-received_at", "-id")
        indexes: ClassVar = [
            models.Index(fields=["state", "-received_at", "-id"], name="inboxitem_by_state"),
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(reading="owed", state="waiting"),
                name="inboxitem_owed",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["canonical_url"],
                condition=~Q(canonical_url=""),
                name="inboxitem_url_once",
                violation_error_message="This address is in the inbox already.",
            ),
            models.UniqueConstraint(
                fields=["feed", "external_id"],
                condition=Q(feed__isnull=False) & ~Q(external_id=""),
                name="inboxitem_entry_once",
                violation_error_message="This entry of the feed is in the inbox already.",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["feed", "address", "text"]),
                name="inboxitem_origin_known",
                violation_error_message="This origin is not one of the three.",
            ),
            models.CheckConstraint(
                condition=Q(reading__in=["none", "given", "owed", "done", "failed"]),
                name="inboxitem_reading_known",
                violation_error_message="This state of reading is not one of the five.",
            ),
            models.CheckConstraint(
                condition=Q(
                    dismissed_as__in=[
                        "",
                        "not_about",
                        "on_file",
                        "nothing_new",
                        "too_weak",
                        "other",
                    ]
                ),
                name="inboxitem_dismissal_known",
                violation_error_message="This kind of dismissal is not one of the five.",
            ),
            models.CheckConstraint(
                condition=~Q(url="") | ~Q(text="") | ~Q(title=""),
                name="inboxitem_says_something",
                violation_error_message="Give an address or a text.",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, evidence__isnull=True)
                | Q(state="accepted", decided_at__isnull=False, evidence__isnull=False)
                | (Q(state="dismissed", decided_at__isnull=False) & ~Q(dismissed_as="")),
                name="inboxitem_decided_in_full",
                violation_error_message="A decision says when, and what was filed or why not.",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.url or f"Text of {self.received_at:%Y-%m-%d}"


class TriageDecision(models.Model):
    """What was suggested for an item and what a person decided, program by program. Append-only.

    What differs teaches: words that corrected items share are proposed as field terms.
    """

    item = models.ForeignKey(InboxItem, on_delete=models.PROTECT, related_name="decisions")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    suggested = models.JSONField(help_text="{about, conditions: {code: stance}}")
    decided = models.JSONField(help_text="The same shape, as a person decided.")
    agrees = models.BooleanField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-decided_at", "-id")
        indexes: ClassVar = [
            models.Index(fields=["program", "-decided_at"], name="triagedecision_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {'as suggested' if self.agrees else 'corrected'}"
