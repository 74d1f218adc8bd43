"""Sources: added, described anew, and graded again with a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from conditions.actions.evidence import touch_programs_of
from conditions.actions.faults import Fault, Faulty
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import Source, SourceGrade, User
from conditions.rules.evidence import RELIABILITY
from conditions.rules.refusals import Conflict, Invalid

LONGEST_NAME = 200
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DESCRIBED = ("name", "kind", "language", "ownership")


class BadSource(Faulty):
    """A source cannot be described so; ``faults`` names every field."""


class SourceKnown(Conflict):
    """A source of that name is on file already."""


class GradeUnexplained(Invalid):
    """A grade is given with a reason, from A to F."""


@dataclass(frozen=True, slots=True)
class SourceItem:
    """Who publishes: name, kind (a value of ``Source.Kind``), language and ownership."""

    name: str
    kind: str = Source.Kind.UNKNOWN.value
    language: str = "en"
    ownership: str = ""


def add_source(
    *, item: SourceItem, reliability: str, reason: str, by: User | None, as_of: datetime
) -> Source:
    """Put a source on file with its first grade. Raises BadSource, SourceKnown or
    GradeUnexplained.
    """
    require_permission(by, "add_source", to="add sources")
    _require_described(item)
    _require_grade(reliability, reason)
    with transaction.atomic():
        _require_unknown(item.name)
        source = Source.objects.create(reliability=reliability, **_columns(item))
        _grade(source, reason, by=by, as_of=as_of)
        record_event(
            verb="source.added",
            subject=source,
            by=by,
            as_of=as_of,
            after=snapshot(source, *_DESCRIBED, "reliability"),
            reason=reason.strip(),
        )
    return source


def change_source(*, source: Source, item: SourceItem, by: User | None, as_of: datetime) -> Source:
    """Describe a source anew; its grade stays. Raises BadSource and SourceKnown."""
    require_permission(by, "change_source", to="change sources")
    _require_described(item)
    with transaction.atomic():
        source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
        _require_unknown(item.name, other_than=source)
        before = snapshot(source, *_DESCRIBED)
        columns = _columns(item)
        if before == columns:
            return source
        for name, value in columns.items():
            setattr(source, name, value)
        source.save()
        record_event(
            verb="source.changed",
            subject=source,
            by=by,
            as_of=as_of,
            before=before,
            after=columns,
        )
        touch_programs_of(source.evidence.all(), as_of=as_of)
    return source


def regrade_source(
    *, source: Source, reliability: str, reason: str, by: User | None, as_of: datetime
) -> Source:
    """Change how reliable a source is held, for a reason; every earlier grade stays on record.

    Judgements keep the grade they cited. Raises GradeUnexplained.
    """
    require_permission(by, "regrade_source", to="grade sources")
    _require_grade(reliability, reason)
    with transaction.atomic():
        source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
        before = source.reliability
        if before == reliability:
            return source
        source.reliability = reliability
        source.save(update_fields=["reliability"])
        _grade(source, reason, by=by, as_of=as_of)
        record_event(
            verb="source.regraded",
            subject=source,
            by=by,
            as_of=as_of,
            before={"reliability": before},
            after={"reliability": reliability},
            reason=reason.strip(),
        )
        touch_programs_of(source.evidence.all(), as_of=as_of)
    return source


def _grade(source: Source, reason: str, *, by: User | None, as_of: datetime) -> None:
    SourceGrade.objects.create(
        source=source,
        reliability=source.reliability,
        reason=reason.strip(),
        recorded_at=as_of,
        recorded_by=by,
    )


def _columns(item: SourceItem) -> dict[str, str]:
    return {
        "name": " ".join(item.name.split()),
        "kind": str(item.kind),
        "language": item.language.strip(),
        "ownership": item.ownership.strip(),
    }


def _require_described(item: SourceItem) -> None:
    faults = []
    if not 0 < len(item.name.strip()) <= LONGEST_NAME:
        remedy = f"Give a name of 1 to {LONGEST_NAME} characters."
        faults.append(Fault("name", "A source needs a name.", item.name, remedy))
    if item.kind not in Source.Kind.values:
        remedy = f"Use one of {', '.join(Source.Kind.values)}."
        faults.append(Fault("kind", "This kind of source is not known.", item.kind, remedy))
    if not _LANGUAGE.fullmatch(item.language.strip()):
        remedy = "Give a language code such as en, ar or ku."
        faults.append(Fault("language", "This is not a language code.", item.language, remedy))
    if faults:
        raise BadSource(faults)


def _require_unknown(name: str, *, other_than: Source | None = None) -> None:
    others = Source.objects.exclude(pk=other_than.pk) if other_than else Source.objects.all()
    existing = others.named(name)
    if existing is not None:
        raise SourceKnown(
            f"{existing.name} is on file already.",
            field="name",
            value=name,
            remedy="Use that source, or give this one a name that tells them apart.",
        )


def _require_grade(reliability: str, reason: str) -> None:
    if reliability not in RELIABILITY:
        raise GradeUnexplained(
            "Reliability runs from A to F.",
            field="reliability",
            value=reliability,
            remedy="Give A (completely reliable) to E (unreliable), or F (cannot be judged).",
        )
    if not reason.strip():
        raise GradeUnexplained(
            "A grade needs a reason.",
            field="reason",
            value=reason,
            remedy="Say on what record the source is held so reliable.",
        )
