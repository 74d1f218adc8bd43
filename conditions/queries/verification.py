"""Verification: every hash worked out anew, and the first thing that does not fit named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from conditions.models import (
    Assessment,
    Capture,
    CaptureBody,
    Coding,
    ConditionVersion,
    Event,
    EvidenceVersion,
    Program,
    Publication,
    PublicationFile,
)
from conditions.queries.coding_content import coding_content
from conditions.queries.judgement_content import judgement_content
from conditions.queries.seals import rows_under
from conditions.rules.fingerprint import fingerprint

CHUNK = 200
# Copies are large: few of them are in memory at once.
FEW = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing whose hashes were worked out anew; ``fault`` says what does not fit, if anything.

    ``row`` is a table and an id, such as ``assessment 12``; ``rows`` counts what lies under it.
    """

    row: str
    what: str
    rows: int = 1
    fault: str = ""


def verified(program: Program) -> Generator[Checked, None, None]:
    """Each publication in the order of its chain, then every judgement, coding and wording.

    Rows are read a few hundred at a time.
    """
    yield from _publications(program)
    yield from _lost_publications(program)
    yield from _printed(program)
    yield from _judgements(program)
    yield from _codings(program)
    wordings = ConditionVersion.objects.filter(condition__program=program).order_by("pk")
    yield from _versions(wordings, "wording")


def verified_evidence() -> Generator[Checked, None, None]:
    """Every version of every evidence item, whatever programs cite it."""
    yield from _versions(EvidenceVersion.objects.order_by("pk"), "evidence")


def verified_captures() -> Generator[Checked, None, None]:
    """The bytes of every stored copy, and that every capture names the bytes it has."""
    for row in CaptureBody.objects.order_by("pk").iterator(chunk_size=FEW):
        body = _bytes(row.body)
        fits = hashlib.sha256(body).hexdigest() == row.sha256 and len(body) == row.size
        yield _checked(row, f"copy {row.sha256[:12]}", fits)
    stored = Capture.objects.stored().select_related("evidence", "body")
    rows = stored.defer("text", "headers", "body__body").order_by("pk")
    for one in rows.iterator(chunk_size=CHUNK):
        body_row = one.body
        fits = body_row is not None and (one.sha256, one.size) == (body_row.sha256, body_row.size)
        yield _checked(one, f"capture of {one.evidence.key}", fits)


def _publications(program: Program) -> Iterator[Checked]:
    rows = Publication.objects.filter(program=program).select_related("cycle", "previous")
    for row in rows.order_by("known_at", "pk").iterator(chunk_size=CHUNK):
        what = f"{program.slug}, cycle {row.cycle.number}, version {row.version}"
        fault = _own_fault(row) or _chain_fault(row) or _signature_fault(row)
        if fault:
            yield Checked(f"publication {row.pk}", what, fault=fault)
            continue
        under = json.loads(row.annex)["rows"]
        name, fault = _fault_under(row, {name: sha256 for name, sha256 in under})
        yield Checked(name or f"publication {row.pk}", what, len(under), fault)


def _own_fault(row: Publication) -> str:
    if hashlib.sha256(row.content.encode()).hexdigest() != row.sha256:
        return "Its content is not what was published: the SHA-256 differs."
    told = json.loads(row.content)
    if hashlib.sha256(row.annex.encode()).hexdigest() != told["annex_sha256"]:
        return "Its annex is not what was published: the SHA-256 differs."
    stands = {
        "version": row.version,
        "note": row.note,
        "valid_at": row.valid_at.isoformat(),
        "known_at": row.known_at.isoformat(),
    }
    for name, value in stands.items():
        if told[name] != value:
            return f"Its {name} was changed: the content says {told[name]}, the row {value}."
    if told["cycle"]["number"] != row.cycle.number:
        return f"It was published for cycle {told['cycle']['number']}."
    return ""


def _signature_fault(row: Publication) -> str:
    """Whether somebody else stands as its publisher than the event of its publication names."""
    if json.loads(row.content)["is_demonstration"] != row.is_demonstration:
        return "Whether it is a demonstration was changed."
    published = _publishing_events(row.cycle_id).order_by("pk")
    actors = list(published.values_list("actor_id", flat=True))
    if len(actors) < row.version:
        return "No event tells of its publication."
    if actors[row.version - 1] != row.published_by_id:
        return "Somebody else published it, as its event says."
    return ""


def _publishing_events(cycle_id: int) -> QuerySet[Event]:
    return Event.objects.filter(
        cycle=cycle_id, verb__in=("publication.made", "publication.corrected")
    )


def _lost_publications(program: Program) -> Iterator[Checked]:
    """Closed cycles of which an event tells more publications than there are."""
    for cycle in program.cycles.filter(closed_at__isnull=False).order_by("number"):
        told, kept = _publishing_events(cycle.pk).count(), cycle.publications.count()
        fault = "" if told == kept else f"It was published {told} times; {kept} are on file."
        yield Checked(f"reviewcycle {cycle.pk}", f"{program.slug}, {cycle}", fault=fault)


def _printed(program: Program) -> Iterator[Checked]:
    rows = PublicationFile.objects.filter(publication__program=program)
    for row in rows.order_by("pk").iterator(chunk_size=FEW):
        fits = hashlib.sha256(_bytes(row.body)).hexdigest() == row.sha256
        yield _checked(row, f"printed {row.format}", fits)


def _chain_fault(row: Publication) -> str:
    told = json.loads(row.content)["previous"]
    before = row.previous.sha256 if row.previous else None
    if (told["sha256"] if told else None) != before:
        return "It does not follow the publication that its content names."
    return ""


def _fault_under(row: Publication, frozen: dict[str, str]) -> tuple[str, str]:
    """The first row under a publication that was changed, removed, or put there since."""
    found: set[str] = set()
    # Closed at once on a fault: what is left of a cursor must not outlive the transaction.
    with closing(rows_under(row.cycle, row.known_at)) as rows:
        for one in rows:
            found.add(one.row)
            if one.row in frozen:
                if frozen[one.row] != one.sha256:
                    return one.row, "It does not say what it said when the report was published."
            elif not one.row.startswith("event "):
                return one.row, "It was not there when the report was published."
    for name in frozen:
        if name not in found:
            return name, "It is gone since the report was published."
    return "", ""


def _judgements(program: Program) -> Iterator[Checked]:
    rows = (
        Assessment.objects.approved()
        .filter(condition__program=program)
        .select_related("condition__program", "cycle", "condition_version")
    )
    for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
        fits = fingerprint(judgement_content(row)) == row.sha256
        yield _checked(row, f"judgement on {row}", fits)


def _codings(program: Program) -> Iterator[Checked]:
    codings = Coding.objects.filter(double_coding__cycle__program=program).order_by("pk")
    rows = codings.select_related("double_coding__condition", "double_coding__cycle")
    for row in rows.iterator(chunk_size=CHUNK):
        fits = fingerprint(coding_content(row)) == row.sha256
        yield _checked(row, f"coding of {row.double_coding.condition.code}", fits)


def _versions(rows: Any, what: str) -> Iterator[Checked]:
    for row in rows.iterator(chunk_size=CHUNK):
        yield _checked(row, f"{what} version {row.number}", fingerprint(row.content) == row.sha256)


def _checked(row: Any, what: str, fits: bool) -> Checked:
    fault = "" if fits else "It does not say what its SHA-256 was taken of."
    return Checked(f"{row._meta.model_name} {row.pk}", what, fault=fault)


def _bytes(value: Any) -> bytes:
    # SQLite keeps letters in a column of bytes, if somebody writes them there.
    return value.encode() if isinstance(value, str) else bytes(value)
