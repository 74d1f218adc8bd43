"""What full-text search looks through."""

from __future__ import annotations

from django.db import models

from conditions.models.evidence import Evidence


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
