"""Blind coding: what one of the two coders says, sealed at once, before they see the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from conditions.actions.coders import held_double_coding, require_standing, require_worked_on
from conditions.actions.judgement_parts import Incomplete
from conditions.actions.judgements import BadJudgement, ItemFinding
from conditions.actions.record import record_event, require_permission
from conditions.models import Assessment, ChecklistItem, Coding, DoubleCoding, User
from conditions.queries.coding_content import coding_content
from conditions.rules.fingerprint import fingerprint
from conditions.rules.refusals import Conflict, NotAllowed
from conditions.rules.scale import Scale
from conditions.rules.status import Confidence


class NotChosenForIt(NotAllowed):
    """Only the two people named for it code a condition."""


class CodedAlready(Conflict):
    """Each of the two codes once."""


@dataclass(frozen=True, slots=True)
class CodingText:
    """What a coder says: status, confidence, rationale, and a finding on every checklist item."""

    status: str
    confidence: str
    rationale: str
    findings: tuple[ItemFinding, ...]
    limb: str = ""


def code_blind(
    *, double_coding: DoubleCoding, coding: CodingText, by: User, as_of: datetime
) -> Coding:
    """Seal what ``by`` says on the condition; it is never changed after, and can be said once.

    Raises NotChosenForIt, CodedAlready, CalledOff, CycleNotOpen, Incomplete naming every missing
    part, and BadJudgement for what cannot be accepted.
    """
    require_permission(by, "add_coding", to="code conditions")
    with transaction.atomic():
        present = held_double_coding(double_coding)
        require_chosen(present, by)
        require_standing(present)
        require_worked_on(present.cycle, as_of)
        _require_first_time(present, by)
        items = list(present.condition.checklist.filter(retired_on__isnull=True))
        _require_complete(coding, items)
        _require_fits(coding, items, present.condition.program.scale)
        said = {finding.item_id: finding for finding in coding.findings}
        row = Coding(
            double_coding=present,
            coder=by,
            status=coding.status,
            limb=coding.limb,
            confidence=coding.confidence,
            rationale=coding.rationale.strip(),
            findings=[
                {
                    "item": item.code,
                    "status": said[item.pk].status,
                    "note": said[item.pk].note.strip(),
                }
                for item in items
            ],
            sealed_at=as_of,
        )
        row.sha256 = fingerprint(coding_content(row))
        row.save(force_insert=True)
        # The event is read by many before the other has coded, so it tells nothing of what is said.
        record_event(
            verb="coding.sealed",
            subject=row,
            by=by,
            as_of=as_of,
            program=present.cycle.program,
            condition=present.condition,
            cycle=present.cycle,
            after={"sha256": row.sha256},
        )
    return row


def require_chosen(double_coding: DoubleCoding, by: User) -> None:
    """Raise NotChosenForIt unless ``by`` is one of the two."""
    if by.pk not in (double_coding.first_coder_id, double_coding.second_coder_id):
        raise NotChosenForIt(
            f"You were not chosen to code {double_coding.condition.code} "
            f"in cycle {double_coding.cycle.number}.",
            field="by",
            value=by.get_username(),
            remedy="A manager can put you in the place of a coder who has not coded yet.",
        )


def _require_first_time(double_coding: DoubleCoding, by: User) -> None:
    if double_coding.codings.filter(coder=by).exists():
        raise CodedAlready(
            f"You coded {double_coding.condition.code} already, and it is sealed.",
            field="double_coding",
            value=double_coding.pk,
            remedy="Say what you would say otherwise when the two codings are reconciled.",
        )


def _require_complete(coding: CodingText, items: list[ChecklistItem]) -> None:
    judged = {finding.item_id for finding in coding.findings if finding.status}
    parts = [
        (coding.status, "a status"),
        (coding.confidence, "a confidence"),
        (coding.rationale.strip(), "a rationale"),
        *((item.pk in judged, f"a finding on {item.code}") for item in items),
    ]
    missing = [words for present, words in parts if not present]
    if missing:
        raise Incomplete(
            f"This coding still lacks {', '.join(missing)}.",
            field="coding",
            value=len(missing),
            remedy="Add it, or say U (cannot be assessed) where the evidence is too thin.",
        )


def _require_fits(coding: CodingText, items: list[ChecklistItem], scale: Scale) -> None:
    asked = [item.pk for item in items]
    given = [finding.item_id for finding in coding.findings]
    if sorted(given) != sorted(asked):
        raise BadJudgement(
            "The findings are not one for each item of the checklist.",
            field="findings",
            value=given,
            remedy=f"Give one on each of {', '.join(item.code for item in items)}.",
        )
    for status in (coding.status, *(finding.status for finding in coding.findings)):
        scale.grade(status)
    for field, value, accepted in (
        ("confidence", coding.confidence, [level.value for level in Confidence]),
        ("limb", coding.limb, [limb.value for limb in Assessment.Limb]),
    ):
        if value not in accepted:
            raise BadJudgement(
                f"“{value}” is not a known {field}.",
                field=field,
                value=value,
                remedy=f"Use one of {', '.join(word for word in accepted if word)}.",
            )
