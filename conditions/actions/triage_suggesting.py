"""Suggesting for the inbox: every active program with field terms reads what came in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from conditions.actions.triage_terms import BadTermsFile, terms_of
from conditions.models import Program
from conditions.rules.suggestions import kept
from conditions.rules.triage import Triage

logger = logging.getLogger(__name__)


def triages_in_use() -> dict[str, Triage]:
    """By slug, the readers of all active programs that have sound field terms. One query.

    A program whose file of terms is broken is left out here, and named by doctor.
    """
    slugs = Program.objects.filter(is_active=True).order_by("-is_default", "slug")
    found = {slug: _triage_of(slug) for slug in slugs.values_list("slug", flat=True)}
    return {slug: triage for slug, triage in found.items() if triage is not None}


def suggested_for(triages: Mapping[str, Triage], *, title: str, text: str) -> dict[str, Any]:
    """The short form of what each program's terms suggest, as an inbox item keeps it."""
    return {slug: kept(triage.suggest(title=title, text=text)) for slug, triage in triages.items()}


@cache
def _triage_of(slug: str) -> Triage | None:
    try:
        lists = terms_of(slug)
    except BadTermsFile as refusal:
        logger.warning("The field terms of %s are not used: %s", slug, refusal)
        return None
    return None if lists is None else Triage(lists)
