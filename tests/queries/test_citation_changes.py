"""By which documents a judgement differs from an earlier one, as far as a reader may see them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.actions.evidence import EvidenceItem, amend_evidence
from conditions.models import Assessment, Evidence, Program
from conditions.queries.citation_changes import CitationChange, citation_changes
from conditions.queries.status import PUBLIC
from tests.days import FIRST_DUE, noon
from tests.factories import make_assessment, make_evidence, make_link, make_program, make_user

pytestmark = pytest.mark.django_db
TEAM = frozenset({"public", "team"})


def judged(program: Program, number: int, *documents: Evidence) -> Assessment:
    """The judgement of a cycle on these documents."""
    return make_assessment(
        condition=program.conditions.get(),
        cycle=program.cycles.get(number=number),
        cited=tuple(document.pk for document in documents),
    )


def filed(program: Program, title: str, **fields: object) -> Evidence:
    """A document on the program's condition."""
    return make_evidence(condition=program.conditions.get(), title=title, **fields)


def change(was: Assessment | None, now: Assessment, seen: frozenset[str] = PUBLIC):
    """What the later judgement cites otherwise."""
    return citation_changes([(was.pk if was else None, now.pk)], seen)[now.pk]


def amended(document: Evidence, **changed: object) -> None:
    """Amend a document between the first review and the second."""
    amend_evidence(
        evidence=document,
        item=replace(EvidenceItem.of(document), **changed),
        by=make_user("analyst"),
        as_of=noon(FIRST_DUE),
        expected_revision=1,
        reason="Read again.",
    )


def titles(found: CitationChange) -> tuple[list[str], list[str], int]:
    """The titles added and dropped, and how many were kept."""
    return [row.title for row in found.added], [row.title for row in found.dropped], found.kept


def test_what_came_what_went_and_what_stayed():
    program = make_program()
    old, kept, new = (filed(program, title) for title in ("Old", "Kept", "New"))
    found = change(judged(program, 1, old, kept), judged(program, 2, kept, new))
    assert titles(found) == (["New"], ["Old"], 1)
    assert not found.is_empty


def test_the_first_judgement_adds_all_it_cites():
    program = make_program()
    found = change(None, judged(program, 1, filed(program, "One"), filed(program, "Two")))
    assert titles(found) == (["One", "Two"], [], 0)


def test_the_same_documents_are_no_change():
    program = make_program()
    document = filed(program, "Kept")
    found = change(judged(program, 1, document), judged(program, 2, document))
    assert found == CitationChange(kept=1)
    assert found.is_empty


def test_a_document_graded_otherwise_is_weighed_otherwise():
    program = make_program()
    document = filed(program, "Kept", credibility=2)
    first = judged(program, 1, document)
    amended(document, credibility=5)
    [pair] = change(first, judged(program, 2, document)).reweighed
    assert (pair.before.grade, pair.after.grade) == ("B2", "B5")


def test_a_document_that_changed_sides_is_weighed_otherwise():
    program = make_program()
    document = filed(program, "Kept", stance="supports")
    first = judged(program, 1, document)
    program.conditions.get().evidence_links.update(withdrawn_at=noon(FIRST_DUE))
    make_link(
        evidence=document,
        condition=program.conditions.get(),
        stance="contradicts",
        recorded_at=noon(FIRST_DUE),
    )
    [pair] = change(first, judged(program, 2, document)).reweighed
    assert (pair.before.stance, pair.after.stance) == ("supports", "contradicts")


@pytest.mark.parametrize("sensitivity", ["team", "restricted", "source_protected"])
def test_documents_closed_to_the_reader_neither_come_nor_go(sensitivity):
    program = make_program()
    secret = [filed(program, title, sensitivity=sensitivity) for title in ("Old", "New")]
    first, second = judged(program, 1, secret[0]), judged(program, 2, secret[1])
    assert change(first, second) == CitationChange()
    seen = TEAM | {sensitivity}
    assert titles(change(first, second, seen)) == (["New"], ["Old"], 0)


def test_a_text_that_was_closed_when_cited_is_not_new_once_it_is_open():
    program = make_program()
    document = filed(program, "Told in secret", sensitivity="team")
    first = judged(program, 1, document)
    amended(document, title="Told to all", sensitivity="public")
    second = judged(program, 2, document)
    assert change(first, second) == CitationChange()
    assert titles(change(first, second, TEAM)) == ([], [], 1)


@pytest.mark.parametrize("documents", [1, 3])
def test_two_queries_whatever_is_cited(documents):
    program = make_program()
    pairs = []
    for number in (1, 2):
        cited = [filed(program, f"{number}.{place}") for place in range(documents)]
        pairs.append((None, judged(program, number, *cited).pk))
    with CaptureQueriesContext(connection) as queries:
        found = citation_changes(pairs, PUBLIC)
    assert [len(found[now].added) for _, now in pairs] == [documents, documents]
    assert len(queries) == 2
