"""Evidence rules over what is filed under each checklist item, as known at a moment."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.actions.sources import regrade_source
from conditions.models import ChecklistItem, Condition, ConditionVersion, EvidenceLink
from conditions.queries.asof import AsOf
from conditions.queries.evidence_rules import ItemVerdict, rule_verdicts
from conditions.rules.fingerprint import fingerprint
from tests.days import DAY, THIRD_DUE, TODAY, noon
from tests.factories import make_evidence, make_program, make_source

pytestmark = pytest.mark.django_db
PUBLIC = ("public",)
EVERY = ("public", "team", "restricted", "source_protected")


@pytest.fixture
def item() -> ChecklistItem:
    return make_program().conditions.get().checklist.get()


def file(item: ChecklistItem, letter: str = "B", stance: str = "supports", **fields: Any) -> Any:
    """A document filed under the item."""
    day = fields.pop("day", THIRD_DUE)
    source = fields.pop("source", None) or make_source(reliability=letter, recorded_at=noon(day))
    evidence = make_evidence(source=source, recorded_at=noon(day), **fields)
    EvidenceLink.objects.create(
        evidence=evidence,
        condition=item.condition,
        checklist_item=item,
        stance=stance,
        recorded_at=noon(day),
    )
    return evidence


def told(
    condition: Condition, day: Any = TODAY, sensitivities: tuple[str, ...] = EVERY
) -> ItemVerdict:
    [verdict] = rule_verdicts([condition.pk], AsOf(TODAY, noon(day)), sensitivities)[condition.pk]
    return verdict


def test_without_a_document_no_rule_is_met(item: ChecklistItem) -> None:
    verdict = told(item.condition)
    assert (verdict.met, verdict.documents) == (False, 0)
    assert verdict.reason == "No document is filed under this item."
    assert verdict.rule.startswith("At least two independent sources, one of them graded B")


def test_two_sources_one_of_them_good(item: ChecklistItem) -> None:
    file(item, "B")
    assert not told(item.condition).met
    file(item, "D", stance="contradicts")
    verdict = told(item.condition)
    assert verdict.met
    assert verdict.reason == "Two independent sources, one graded B or better."


def test_an_unknown_source_is_neither_good_nor_worst(item: ChecklistItem) -> None:
    reword(item, one_at_least="E")
    file(item, "F")
    file(item, "F", credibility=6)
    verdict = told(item.condition)
    assert verdict.reason == "Two independent sources, none graded E or better."
    file(item, "E")
    assert told(item.condition).met


def test_copies_of_one_voice_count_once(item: ChecklistItem) -> None:
    file(item, voice="SANA")
    file(item, voice="SANA")
    assert "One independent source" in told(item.condition).reason


def test_a_document_beside_the_question_carries_nothing(item: ChecklistItem) -> None:
    file(item, "A", stance="neutral", is_primary=True)
    verdict = told(item.condition)
    assert (verdict.met, verdict.documents) == (False, 1)


def test_it_is_told_as_graded_filed_and_worded_then(item: ChecklistItem) -> None:
    source = file(item, "B").source
    file(item, "C", day=TODAY - DAY)
    assert not told(item.condition, TODAY - 2 * DAY).met
    assert told(item.condition, TODAY - DAY).met
    regrade_source(
        source=source, reliability="D", reason="It was wrong twice.", by=None, as_of=noon(TODAY)
    )
    assert told(item.condition, TODAY - DAY).met
    assert not told(item.condition).met


def test_what_a_reader_may_not_see_is_not_counted(item: ChecklistItem) -> None:
    file(item, "A")
    file(item, "B", sensitivity="restricted")
    assert told(item.condition).met
    verdict = told(item.condition, sensitivities=PUBLIC)
    assert (verdict.met, verdict.documents) == (False, 1)


def test_a_withdrawn_link_and_a_retired_item_are_gone(item: ChecklistItem) -> None:
    file(item, "A", is_primary=True)
    assert told(item.condition).met
    EvidenceLink.objects.update(withdrawn_at=noon(TODAY), withdrawal_reason="Wrong item.")
    assert not told(item.condition).met
    ChecklistItem.objects.update(retired_on=TODAY)
    reword(item, is_asked=False)
    assert not rule_verdicts([item.condition_id], AsOf(TODAY, noon(TODAY)), EVERY)


@pytest.mark.parametrize("rows", [1, 3])
def test_it_takes_two_queries(item: ChecklistItem, rows: int) -> None:
    for _ in range(rows):
        file(item)
    with CaptureQueriesContext(connection) as captured:
        assert told(item.condition).documents == rows
    assert len(captured) == 2


def reword(item: ChecklistItem, *, is_asked: bool = True, **rule: Any) -> None:
    """A second wording of the condition, with another rule for the item or without it."""
    content: dict[str, Any] = dict(item.condition.versions.get().content)
    part = dict(content["checklist"][0])
    part["evidence_rule"] = {**part["evidence_rule"], **rule}
    content["checklist"] = [part] if is_asked else []
    ConditionVersion.objects.create(
        condition=item.condition,
        number=2,
        content=content,
        sha256=fingerprint(content),
        recorded_at=noon(THIRD_DUE),
    )
