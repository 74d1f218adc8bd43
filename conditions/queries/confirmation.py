"""What somebody reads before confirming a judgement: all it says, and what was filed since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from conditions.models import Assessment, Citation, Condition, Finding
from conditions.queries.evidence_sides import EvidenceRow, evidence_rows


@dataclass(frozen=True, slots=True)
class Cited:
    """A document that the last judgement rests on, and whether it is linked still."""

    citation: Citation
    is_linked: bool

    @property
    def has_changed(self) -> bool:
        """Whether the document reads differently from when it was cited."""
        return self.citation.evidence_version.number != self.citation.evidence.revision


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The judgement to be confirmed, and what has come up since it was handed in.

    ``findings`` are those on items that stand; ``new`` are linked documents that it does not cite
    and that were filed or linked since. What the reader may not see is counted as ``hidden``.
    """

    last: Assessment
    findings: tuple[Finding, ...]
    cited: tuple[Cited, ...]
    hidden: int
    new: tuple[EvidenceRow, ...]


def confirmation_of(
    last: Assessment, condition: Condition, *, as_of: datetime, sensitivities: Collection[str]
) -> Confirmation:
    """What to read before ``last`` is confirmed. Four queries."""
    rows = evidence_rows(condition, as_of=as_of, sensitivities=sensitivities)
    linked = {row.id for row in rows}
    citations = list(Citation.objects.of([last]).select_related("evidence_version").order_by("id"))
    seen = [one for one in citations if one.evidence.sensitivity in sensitivities]
    known = {one.evidence_id for one in citations}
    since = last.submitted_at or last.created_at
    findings = last.findings.filter(checklist_item__retired_on__isnull=True)
    return Confirmation(
        last=last,
        findings=tuple(findings.select_related("checklist_item")),
        cited=tuple(Cited(one, one.evidence_id in linked) for one in seen),
        hidden=len(citations) - len(seen),
        new=tuple(row for row in rows if row.id not in known and _came_after(row, since)),
    )


def _came_after(row: EvidenceRow, since: datetime) -> bool:
    return any(link.recorded_at > since for link in row.links)
