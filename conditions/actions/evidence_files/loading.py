"""Filing an evidence file in bulk: batches in one transaction, every fault told at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import transaction

from conditions.actions.evidence_files.bearings import Bearings
from conditions.actions.evidence_files.filing import Filing, clashes
from conditions.actions.evidence_files.lines import EvidenceLine, read_line
from conditions.actions.faults import Fault, Faulty
from conditions.actions.record import require_permission
from conditions.models import Program, User
from conditions.rules.refusals import Conflict

BATCH = 500
MOST_FAULTS = 1_000


class BadEvidenceFile(Faulty):
    """An evidence file with faults, each with its line; nothing of it was filed."""


class ProgramNotLoaded(Conflict):
    """Evidence cannot be linked before its program is on file."""


@dataclass(frozen=True, slots=True)
class EvidenceOutcome:
    """What a file brought: new documents, those known before, new links and sources, and notes."""

    filed: int
    known: int
    links: int
    sources: int
    notes: tuple[str, ...] = field(default=())


def load_evidence_file(
    *,
    lines: Iterable[str | bytes],
    program_slugs: tuple[str, ...],
    by: User | None,
    as_of: datetime,
    backdate: bool = False,
    progress: Callable[[int], None] | None = None,
) -> EvidenceOutcome:
    """File every document of a JSON Lines file that is not on file yet, with its links.

    Codes are those of the first program; the crosswalk carries links to the others. A document is
    recognised by its canonical address or its key, and gets what links it lacks; a link withdrawn
    before stays withdrawn. ``backdate`` is for demonstrations: each document is recorded as of its
    publication and marked as demonstration. ``progress`` is told how many lines were read. Raises
    BadEvidenceFile with every fault and its line, or ProgramNotLoaded; then nothing is changed.
    """
    require_permission(by, "add_evidence", to="file evidence")
    require_permission(by, "add_evidencelink", to="link evidence")
    with transaction.atomic():
        _require_programs(program_slugs)
        filing = Filing(Bearings(program_slugs), by=by, as_of=as_of, backdate=backdate)
        faults = _file_all(filing, lines, progress)
        if faults:
            raise BadEvidenceFile(faults)
        notes = tuple(filing.finish())
    new_sources = len(filing.publishers.new)
    return EvidenceOutcome(filing.filed, filing.known, filing.linked, new_sources, notes)


def plan_evidence_file(
    *,
    lines: Iterable[str | bytes],
    program_slugs: tuple[str, ...],
    as_of: datetime,
    backdate: bool = False,
    progress: Callable[[int], None] | None = None,
) -> EvidenceOutcome:
    """What ``load_evidence_file`` would bring, and the same refusals; nothing is kept."""
    with transaction.atomic():
        outcome = load_evidence_file(
            lines=lines,
            program_slugs=program_slugs,
            by=None,
            as_of=as_of,
            backdate=backdate,
            progress=progress,
        )
        transaction.set_rollback(True)
    return outcome


def _require_programs(program_slugs: tuple[str, ...]) -> None:
    known = set(Program.objects.filter(slug__in=program_slugs).values_list("slug", flat=True))
    missing = [slug for slug in program_slugs if slug not in known]
    if missing or not program_slugs:
        raise ProgramNotLoaded(
            "Evidence is linked to conditions, and no program is on file for them.",
            field="program",
            value=", ".join(missing),
            remedy="Load it first: python manage.py load_program FILE.",
        )


def _file_all(
    filing: Filing, lines: Iterable[str | bytes], progress: Callable[[int], None] | None
) -> list[Fault]:
    """File batch after batch until the first fault; from there on only look for more of them."""
    faults: list[Fault] = []
    read = 0
    for batch in _batches(lines, filing.as_of):
        sound = [line for line in batch if isinstance(line, EvidenceLine)]
        faults += [fault for found in batch if isinstance(found, list) for fault in found]
        faults += filing.bearings.strangers(sound) + clashes(sound)
        if len(faults) > MOST_FAULTS:
            break
        if not faults:
            filing.file(sound)
        read += len(batch)
        if progress is not None:
            progress(read)
    return sorted(faults, key=lambda fault: fault.line or 0)


def _batches(
    lines: Iterable[str | bytes], as_of: datetime
) -> Iterator[list[EvidenceLine | list[Fault]]]:
    numbered = ((number, text) for number, text in enumerate(lines, start=1) if text.strip())
    while texts := list(islice(numbered, BATCH)):
        yield [read_line(text, number, as_of=as_of) for number, text in texts]
