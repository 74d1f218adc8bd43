"""Wherever independent sources are counted, copies of one voice count once, from then on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conditions.actions.voices import confirm_voice
from conditions.models import Condition, Evidence, EvidenceLink, VoiceSuggestion
from conditions.queries.asof import AsOf
from conditions.queries.evidence_rules import rule_verdicts
from conditions.queries.evidence_sides import evidence_rows
from conditions.queries.flags import flags_of
from conditions.queries.gaps import gaps_board
from conditions.queries.workbench import workbench
from conditions.rules.evidence import is_single_source
from conditions.rules.gaps import GapKind
from tests.days import DAY, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program, make_source, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
BEFORE = NOW - 2 * DAY
PUBLIC = ("public",)


def by_public_rule(condition: Condition) -> bool:
    ((_, verdicts),) = rule_verdicts([condition.pk], AsOf(TODAY, NOW), PUBLIC).items()
    return verdicts[0].met


def by_workbench(condition: Condition) -> bool:
    bench = workbench(condition, as_of=NOW, sensitivities=PUBLIC, with_drafts=True, pages={})
    verdict = bench.items[0].verdict
    return verdict is not None and verdict.met


def by_gaps(condition: Condition) -> bool:
    board = gaps_board(condition.program, as_of=NOW, sensitivities=PUBLIC)
    return not any({GapKind.SINGLE_SOURCE, GapKind.THIN} & row.kinds for row in board.rows)


def by_evidence_list(condition: Condition) -> bool:
    rows = evidence_rows(condition, as_of=NOW, sensitivities=PUBLIC)
    return not is_single_source(row.exhibit for row in rows)


def by_flags(condition: Condition) -> bool:
    judged = make_assessment(
        condition=condition,
        cycle=condition.program.cycles.get(number=4),
        as_of=NOW,
        cited=tuple(Evidence.objects.order_by("pk").values_list("pk", flat=True)),
    )
    told = flags_of([judged.pk], condition.program.scale, AsOf(TODAY, NOW))
    return not told[judged.pk].single_source


EVERYWHERE = pytest.mark.parametrize(
    "enough", [by_public_rule, by_workbench, by_gaps, by_evidence_list, by_flags]
)


@pytest.fixture
def condition() -> Condition:
    """A condition under whose item nothing is filed."""
    return make_program().conditions.get()


@EVERYWHERE
@pytest.mark.parametrize("is_one_voice", [False, True])
def test_two_documents_of_one_voice_are_one_source(
    condition: Condition, enough: Callable[[Condition], bool], is_one_voice: bool
) -> None:
    file_two(condition)
    if is_one_voice:
        become_one()
    assert enough(condition) is not is_one_voice


@EVERYWHERE
@pytest.mark.parametrize("is_printed_elsewhere", [False, True])
def test_a_source_counts_once_whosever_words_it_carries(
    condition: Condition, enough: Callable[[Condition], bool], is_printed_elsewhere: bool
) -> None:
    paper = make_source()
    file_under(condition, source=paper)
    file_under(condition, source=paper, voice="afp-cell")
    if is_printed_elsewhere:
        file_under(condition, voice="afp-cell")
    assert enough(condition) is is_printed_elsewhere


def test_what_was_known_before_counts_as_before(condition: Condition) -> None:
    file_two(condition)
    become_one()
    known = AsOf(TODAY, NOW - 2 * DAY)
    ((_, verdicts),) = rule_verdicts([condition.pk], known, PUBLIC).items()
    assert verdicts[0].met
    assert not by_public_rule(condition)


def file_two(condition: Condition) -> None:
    """Two documents of two sources."""
    for _ in range(2):
        file_under(condition)


def file_under(condition: Condition, **fields: object) -> None:
    EvidenceLink.objects.create(
        evidence=make_evidence(**fields),
        condition=condition,
        checklist_item=condition.checklist.get(),
        stance="supports",
        recorded_at=BEFORE,
    )


def become_one() -> None:
    first, second = Evidence.objects.order_by("pk")
    suggestion = VoiceSuggestion.objects.create(
        first=first, second=second, likeness=90, suggested_at=BEFORE
    )
    confirm_voice(suggestion=suggestion, by=make_user("analyst"), as_of=NOW - DAY)
