"""Intake: a document, who published it and what it bears on, taken in at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from conditions.actions.evidence import (
    EvidenceItem,
    LinkItem,
    amend_evidence,
    file_evidence,
)
from conditions.actions.sources import SourceItem, add_source, change_source, regrade_source
from conditions.models import Evidence, Source, User

UNJUDGED = "F"
UNJUDGED_REASON = "Not judged yet: recorded with its first document."


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who published a document, by name; kind and grade count only for a source not on file yet."""

    name: str
    kind: str = Source.Kind.UNKNOWN.value
    language: str = "en"
    reliability: str = UNJUDGED
    reason: str = ""


def take_in(
    *,
    item: EvidenceItem,
    publisher: Publisher,
    links: Iterable[LinkItem],
    by: User | None,
    as_of: datetime,
) -> Evidence:
    """File a document with its links; its source is found by name, or put on file with it.

    All or nothing. Raises what ``add_source`` and ``file_evidence`` raise.
    """
    with transaction.atomic():
        source = source_named(publisher, by=by, as_of=as_of)
        return file_evidence(
            item=replace(item, source_id=source.pk), links=links, by=by, as_of=as_of
        )


def source_named(publisher: Publisher, *, by: User | None, as_of: datetime) -> Source:
    """The source of that name, however it is capitalised; put on file where there is none."""
    found = Source.objects.named(publisher.name)
    if found is not None:
        return found
    reason = publisher.reason
    if publisher.reliability == UNJUDGED and not reason.strip():
        reason = UNJUDGED_REASON
    return add_source(
        item=SourceItem(name=publisher.name, kind=publisher.kind, language=publisher.language),
        reliability=publisher.reliability,
        reason=reason,
        by=by,
        as_of=as_of,
    )


def amend_from(
    *,
    evidence: Evidence,
    item: EvidenceItem,
    publisher: Publisher,
    by: User | None,
    as_of: datetime,
    expected_revision: int,
    reason: str,
) -> Evidence:
    """Amend a document whose source is given by name. Raises what ``amend_evidence`` raises."""
    with transaction.atomic():
        source = source_named(publisher, by=by, as_of=as_of)
        return amend_evidence(
            evidence=evidence,
            item=replace(item, source_id=source.pk),
            by=by,
            as_of=as_of,
            expected_revision=expected_revision,
            reason=reason,
        )


def revise_source(
    *,
    source: Source,
    item: SourceItem,
    reliability: str,
    reason: str,
    by: User | None,
    as_of: datetime,
) -> Source:
    """Describe a source anew and, where the grade differs, grade it anew. All or nothing."""
    with transaction.atomic():
        source = change_source(source=source, item=item, by=by, as_of=as_of)
        if reliability != source.reliability:
            source = regrade_source(
                source=source, reliability=reliability, reason=reason, by=by, as_of=as_of
            )
    return source
