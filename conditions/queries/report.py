"""The report on a review cycle, read from its publication alone: what every format of it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class ReportGrade:
    """One step of the program's status scale; ``rank`` is None outside its order."""

    code: str
    label: str
    meaning: str
    rank: int | None


@dataclass(frozen=True, slots=True)
class ReportProgram:
    """The instrument as it was described when the report was published."""

    slug: str
    title: str
    short_title: str
    country: str
    instrument: str
    citation: str
    official_url: str
    legal_stage: str
    stage_note: str
    assessor_of_record: str
    certification: str
    interval_days: int
    time_zone: str
    four_eyes: bool
    is_demonstration: bool
    scale: tuple[ReportGrade, ...]


@dataclass(frozen=True, slots=True)
class ReportExtension:
    """One change of the due date, with its reason."""

    due_on_before: date
    due_on: date
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReportCycle:
    """The cycle's dates; ``closed_on`` is None in a draft."""

    number: int
    starts_on: date
    scheduled_due_on: date
    due_on: date
    closed_on: date | None
    closing_note: str
    extensions: tuple[ReportExtension, ...]


@dataclass(frozen=True, slots=True)
class ReportItem:
    """A checklist item with the finding on it; ``status`` is None where there is none.

    ``rule_met`` says whether the public documents on file satisfied ``rule``; None where the
    report is older than that question.
    """

    code: str
    statement: str
    rule: str
    hard_hurdle: bool
    status: str | None
    status_label: str
    note: str
    rule_met: bool | None = None
    rule_reason: str = ""


@dataclass(frozen=True, slots=True)
class ReportSearch:
    """The day and the result of a search for evidence; where and for what is not told."""

    searched_on: date
    result: str
    result_words: str


@dataclass(frozen=True, slots=True)
class ReportCitation:
    """A document a judgement rests on, by its key in the annex, graded as when it was cited.

    ``same_voice`` are keys of others that the judgement cites and that carry the same words.
    """

    key: str
    grade: str
    stance: str
    same_voice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportJudgement:
    """An approved judgement; ``not_public`` counts cited documents left out of this report."""

    status: str
    status_label: str
    trend: str
    confidence: str
    confidence_reason: str
    rationale: str
    limb: str
    authority: str
    dissent: str
    valid_from: date
    approved_at: datetime
    correction_note: str
    is_demonstration: bool
    sha256: str
    flags: tuple[str, ...]
    citations: tuple[ReportCitation, ...]
    not_public: int


@dataclass(frozen=True, slots=True)
class ReportItemChange:
    """A checklist item whose finding differs from the cycle before."""

    code: str
    before: str | None
    after: str | None
    note: str


@dataclass(frozen=True, slots=True)
class ReportChange:
    """How a condition was judged against the cycle before, why, and by which evidence.

    ``direction`` is up, down, same, new, other, or none where this cycle has no judgement;
    ``new`` and ``dropped`` are keys of documents.
    """

    before_cycle: int | None
    before: str | None
    before_label: str
    direction: str
    why: str
    new: tuple[str, ...]
    dropped: tuple[str, ...]
    items: tuple[ReportItemChange, ...]


@dataclass(frozen=True, slots=True)
class ReportOfficial:
    """What the assessor of record said on one condition; ``document`` is a key of the annex."""

    finding: str
    label: str
    found_on: date
    note: str
    document: str


@dataclass(frozen=True, slots=True)
class ReportCondition:
    """One condition: its text, checklist, judgement, what changed, and the official finding."""

    code: str
    title: str
    citation: str
    provision: str
    test: str
    wording: int
    wording_sha256: str
    checklist: tuple[ReportItem, ...]
    judgement: ReportJudgement | None
    change: ReportChange
    official: ReportOfficial | None
    divergence: str
    divergence_text: str
    supports: int
    contradicts: int
    searches: tuple[ReportSearch, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportCount:
    """How many conditions have one status; ``code`` is None for not yet assessed."""

    code: str | None
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """What the judgements would let an assessor certify under the program's rule, and why."""

    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportRun:
    """The consecutive periods of one count: ``own`` or ``official``; numbers are of cycles."""

    basis: str
    current: int
    needed: int
    counted: tuple[int, ...]
    missing: tuple[int, ...]
    has_fired: bool


@dataclass(frozen=True, slots=True)
class ReportEscalation:
    """The consecutive-period rule of the text, with its legal effect, and both counts."""

    consequence: str
    legal_effect: str
    citation: str
    runs: tuple[ReportRun, ...]


@dataclass(frozen=True, slots=True)
class ReportSubmission:
    """That the official report was sent, and the window in which it may become public."""

    submitted_on: date
    released_on: date | None
    opens_on: date
    closes_on: date
    document: str


@dataclass(frozen=True, slots=True)
class ReportAgreement:
    """How far two blind codings agreed; figures as text, empty where there are too few."""

    unit: str
    pairs: int
    agreed: int
    outside: int
    outside_agreed: int
    kappa: str
    low: str
    high: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportCapture:
    """A copy that was held of a document when it was judged; ``final_url`` is where it stood."""

    sha256: str
    captured_at: datetime
    final_url: str


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A public document of the annex, as it read when it was cited, with the copies held then."""

    key: str
    title: str
    url: str
    reference: str
    publisher: str
    published_on: date | None
    happened: str
    language: str
    summary: str
    grade: str
    is_primary: bool
    version: int
    sha256: str
    captures: tuple[ReportCapture, ...]
    cited_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportVersion:
    """An earlier version of this report, which stays at its address."""

    version: int
    known_at: datetime
    sha256: str
    note: str


@dataclass(frozen=True, slots=True)
class ReportLink:
    """The publication before this one in the program's chain."""

    cycle: int
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report on one cycle. A draft has no version, hash or place in the chain yet."""

    schema: str
    program: ReportProgram
    cycle: ReportCycle
    version: int
    note: str
    valid_at: date
    known_at: datetime
    previous: ReportLink | None
    annex_sha256: str
    is_demonstration: bool
    key_judgements: tuple[str, ...]
    conditions: tuple[ReportCondition, ...]
    counts: tuple[ReportCount, ...]
    answer: ReportAnswer | None
    escalation: ReportEscalation | None
    submission: ReportSubmission | None
    agreement: tuple[ReportAgreement, ...]
    evidence: tuple[ReportDocument, ...]
    earlier: tuple[ReportVersion, ...]
    sha256: str = ""
    is_draft: bool = False

    @property
    def changed(self) -> tuple[ReportCondition, ...]:
        """The conditions judged differently from the cycle before."""
        return tuple(one for one in self.conditions if one.change.direction not in ("same", "none"))

    def document(self, key: str) -> ReportDocument | None:
        """The document of the annex with that key, if it is public."""
        return next((one for one in self.evidence if one.key == key), None)


def read_report(content: Mapping[str, Any], *, sha256: str = "", is_draft: bool = False) -> Report:
    """The report in the content of a publication, or of a draft of one."""
    told: Report = _read(Report, {**content, "sha256": sha256, "is_draft": is_draft})
    return told


def _read(kind: Any, value: Any) -> Any:
    """``value``, as JSON has it, as a ``kind``: a row above, or a plain value one of them holds."""
    if get_origin(kind) in (Union, UnionType):
        present = next(one for one in get_args(kind) if one is not type(None))
        return None if value is None else _read(present, value)
    if get_origin(kind) is tuple:
        return _each(get_args(kind)[0], value)
    if kind in _PLAIN:
        return _PLAIN[kind](value)
    if hasattr(kind, "__dataclass_fields__"):
        # What an older publication does not tell takes its default.
        told = ((name, hint) for name, hint in get_type_hints(kind).items() if name in value)
        return kind(**{name: _read(hint, value[name]) for name, hint in told})
    return value


def _each(kind: Any, values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(_read(kind, value) for value in values)


_PLAIN: Mapping[Any, Callable[[Any], Any]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}
