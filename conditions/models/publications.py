"""Publications: the frozen, hashed record of a closed cycle, each chained to the one before it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from conditions.models.cycles import ReviewCycle
from conditions.models.programs import Program


class KeyJudgements(models.Model):
    """What a cycle's report says first, in a few sentences; a new set replaces. Append-only."""

    cycle = models.ForeignKey(ReviewCycle, on_delete=models.PROTECT, related_name="key_judgements")
    number = models.PositiveIntegerField()
    statements = models.JSONField(help_text="The sentences, most important first.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering = ("cycle", "-number")
        verbose_name = "key judgements"
        verbose_name_plural = "key judgements"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "number"], name="keyjudgements_numbered_once")
        ]

    def __str__(self) -> str:
        return f"Key judgements {self.number} of {self.cycle}"


class PublicationQuerySet(models.QuerySet["Publication"]):
    def newest_first(self) -> Self:
        """In the order of the chain, from its end."""
        return self.order_by("-known_at", "-id")

    def without_texts(self) -> Self:
        """Rows without their two long texts."""
        return self.defer("content", "annex")


class Publication(models.Model):
    """The frozen record of a closed cycle; a correction is a new version with a note. Append-only.

    ``content`` is canonical JSON anybody may read and ``sha256`` its hash; it names the hash of the
    publication before it in its program, and that of ``annex``, which only the team reads.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="publications")
    cycle = models.ForeignKey(ReviewCycle, on_delete=models.PROTECT, related_name="publications")
    version = models.PositiveIntegerField()
    valid_at = models.DateField()
    known_at = models.DateTimeField(help_text="The moment of publication.")
    content = models.TextField()
    annex = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)
    previous = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="following"
    )
    note = models.TextField(blank=True, help_text="What a correction corrects, and why.")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    is_demonstration = models.BooleanField(default=False)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ("program", "-known_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "version"], name="publication_versioned_once"),
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(previous__isnull=True),
                name="publication_chain_begins_once",
                violation_error_message="The chain of this program's publications has begun.",
            ),
            models.CheckConstraint(
                condition=Q(version=1, note="") | (Q(version__gt=1) & ~Q(note="")),
                name="publication_correction_says_why",
                violation_error_message="A corrected publication says what it corrects.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle}, version {self.version}"


class PublicationFile(models.Model):
    """A publication printed as a file, kept so that everybody gets the same bytes. Append-only."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=4, choices=[("pdf", "PDF"), ("docx", "Word")])
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("publication", "format")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "format"], name="publicationfile_printed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.publication} as {self.format}"
