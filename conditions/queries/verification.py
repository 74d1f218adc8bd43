"""Verification: every hash worked out anew, and the first thing that does not fit named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from conditions.models import (
    Assessment,
    Capture,
    CaptureBody,
    Coding,
    ConditionVersion,
    EvidenceVersion,
    Program,
    Publication,
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
        under = json.loads(row.annex).get("rows", [])
        fault = _own_fault(row) or _chain_fault(row)
        if fault:
            yield Checked(f"publication {row.pk}", what, len(under), fault)
            continue
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
    rows = Coding.objects.filter(double_coding__cycle__program=program)
    for row in (
        rows.select_related("double_coding__condition").order_by("pk").iterator(chunk_size=CHUNK)
    ):
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
