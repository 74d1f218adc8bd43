"""The search log: where somebody looked for evidence, and what was found there."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from conditions.models.conditions import ChecklistItem, Condition
from conditions.models.cycles import ReviewCycle


class SearchEntry(models.Model):
    """Looked here, then, for this, and found that: what *cannot be assessed* rests on. Append-only.

    A correction is a new entry that names the one it corrects.
    """

    class Result(models.TextChoices):
        NOTHING = "nothing", "Nothing found"
        NOTHING_NEW = "nothing_new", "Nothing beyond what is on file"
        FOUND = "found", "Found, and filed"
        NO_ACCESS = "no_access", "Could not be searched"

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="searches")
    checklist_item = models.ForeignKey(
        ChecklistItem, null=True, blank=True, on_delete=models.PROTECT, related_name="searches"
    )
    cycle = models.ForeignKey(ReviewCycle, on_delete=models.PROTECT, related_name="searches")
    places = models.TextField(help_text="Where: sites, archives, databases, people.")
    terms = models.TextField(blank=True, help_text="The words looked for, in which languages.")
    searched_on = models.DateField()
    result = models.CharField(max_length=11, choices=Result)
    note = models.TextField(blank=True)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-searched_on", "-id")
        verbose_name_plural = "search log"
        indexes: ClassVar = [
            models.Index(
                fields=["condition", "cycle", "recorded_at"], name="searchentry_by_condition"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(places=""),
                name="searchentry_says_where",
                violation_error_message="Say where you looked.",
            ),
            models.CheckConstraint(
                condition=Q(result__in=["nothing", "nothing_new", "found", "no_access"]),
                name="searchentry_result_known",
                violation_error_message="This result is not one of the four.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.searched_on}: {self.get_result_display()}"
