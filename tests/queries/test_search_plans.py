"""A search begins at the index of words on both databases, whatever limits stand beside it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.generator.words import VOCABULARY, prose
from conditions.actions.search_texts import write_search_text
from conditions.models import Evidence, EvidenceLink
from conditions.queries.lists.evidence import EVIDENCE
from conditions.queries.lists.evidence_filters import linked
from conditions.queries.lists.paging import page_of
from conditions.queries.search import SEARCH_FILTERS, search_evidence
from conditions.rules.search_words import read_search
from tests.days import WHITE_HOUSE, noon
from tests.factories import make_program, make_source, make_user
from tests.queries.test_plans import plan_of, reads_whole

pytestmark = pytest.mark.django_db
RARE = VOCABULARY[1_500]
MANY = 4_000
# Each of them fits every document, so that nothing but the words narrows.
FITTING: dict[str, Any] = {
    "program": "test-program",
    "condition": "ALPHA",
    "stance": "supports",
    "reliability": "E",
    "credibility": "6",
    "published_from": date(2026, 1, 1),
    "published_to": date(2026, 12, 31),
    "fact_from": date(2025, 12, 1),
    "fact_to": date(2025, 12, 31),
    "language": "en",
    "voice": "wire",
}


@pytest.fixture
def filled(db: None) -> dict[str, Any]:
    """Some thousand documents, all linked; the values of the filters that need an id."""
    rng = Random(1)
    source, program = make_source(), make_program(slug="test-program")
    rows = Evidence.objects.bulk_create(
        Evidence(
            key=f"ev-{number}",
            reference=f"No. {number}",
            title=prose(rng, 8),
            summary=prose(rng, 40),
            source=source,
            published_on=date(2026, 1, 1) + timedelta(days=number % 60),
            fact_on=date(2025, 12, 1) + timedelta(days=number % 30),
            fact_precision="day",
            voice="wire",
            recorded_at=noon(WHITE_HOUSE),
        )
        for number in range(MANY)
    )
    condition = program.conditions.get()
    EvidenceLink.objects.bulk_create(
        EvidenceLink(
            evidence=row, condition=condition, stance="supports", recorded_at=noon(WHITE_HOUSE)
        )
        for row in rows
    )
    write_search_text(row.pk for row in rows)
    with connection.cursor() as cursor:
        for name in ("evidence", "evidencetext", "evidencelink"):
            cursor.execute(f"ANALYZE conditions_{name}")
        if connection.vendor == "postgresql":
            # As autovacuum leaves it; and so few rows are read whole for less.
            cursor.execute("SELECT gin_clean_pending_list('evidencetext_words')")
            cursor.execute("SET LOCAL enable_seqscan = off")
    return {**FITTING, "source": source.pk, "cycle": 1}


def plans_of_words(captured: CaptureQueriesContext) -> list[str]:
    """The plans of what asked the index of words."""
    return [plan_of(one["sql"]) for one in captured if "MATCH" in one["sql"] or "@@" in one["sql"]]


def require_index(plans: list[str], named: object) -> None:
    for plan in plans:
        if connection.vendor == "sqlite":
            assert "conditions_evidencetext_fts VIRTUAL TABLE INDEX" in plan, (named, plan)
            assert not reads_whole(plan, "conditions_evidence "), (named, plan)
        else:
            assert "evidencetext_words" in plan, (named, plan)


def test_each_limit_of_a_search_leaves_the_index_first(filled: dict[str, Any]) -> None:
    reader = make_user("manager")
    assert {one.name for one in SEARCH_FILTERS} == set(filled)
    for name, value in filled.items():
        filters = {name: value}
        if name == "cycle":
            filters["program"] = filled["program"]
        with CaptureQueriesContext(connection) as captured:
            page = search_evidence(read_search(RARE), reader=reader, filters=filters)
        assert page.hits, name
        plans = plans_of_words(captured)
        assert len(plans) == 2
        require_index(plans, name)


def test_each_filter_of_the_list_leaves_the_index_first(filled: dict[str, Any]) -> None:
    reader = make_user("manager")
    values = {
        **{name: value for name, value in filled.items() if name != "cycle"},
        "published_after": date(2025, 12, 31),
        "published_before": date(2026, 12, 31),
        "fact_after": date(2025, 11, 30),
        "fact_before": date(2026, 1, 1),
        "sensitivity": "public",
    }
    offered = {one.name for one in EVIDENCE.filters}
    alone = [{name: value} for name, value in values.items() if name in offered]
    # The first cycle begins before all of them, and is as long as they are.
    for narrowing in [*alone, {"program": "test-program", "cycle": 1}]:
        with CaptureQueriesContext(connection) as captured:
            page = page_of(
                EVIDENCE,
                reader,
                values={"q": read_search(RARE), **narrowing},
                ordering="-id",
                size=20,
                mark=None,
                as_of=noon(WHITE_HOUSE),
            )
        assert page.rows, narrowing
        (plan,) = plans_of_words(captured)
        require_index([plan], narrowing)


def test_links_of_all_programs_are_not_gathered_first(filled: dict[str, Any]) -> None:
    rows = linked(Evidence.objects.all(), {"stance": "supports"}, make_user("manager"))
    assert "EXISTS" in str(rows.query)


@pytest.mark.parametrize("limit", [{"condition": "ALPHA"}, {"condition": "NOPE"}])
def test_without_words_links_are_read_from_an_index_of_their_condition(
    filled: dict[str, Any], limit: dict[str, str]
) -> None:
    with CaptureQueriesContext(connection) as captured:
        search_evidence(None, reader=make_user("manager"), filters=limit)
    asked = [one["sql"] for one in captured if "evidencelink" in one["sql"]]
    assert len(asked) == 2
    for sql in asked:
        plan = plan_of(sql)
        assert "evidencelink_by_stance" in plan or "evidencelink_condition_id" in plan, plan
        assert not reads_whole(plan, "conditions_evidencelink"), plan


def test_a_rare_word_is_not_looked_for_text_by_text(filled: dict[str, Any]) -> None:
    with CaptureQueriesContext(connection) as captured:
        search_evidence(read_search(f"{RARE} -none"), reader=make_user("manager"), filters={})
    require_index(plans_of_words(captured), RARE)


def test_a_common_word_is_neither_ranked_nor_sorted(filled: dict[str, Any]) -> None:
    with CaptureQueriesContext(connection) as captured:
        search_evidence(read_search(VOCABULARY[0]), reader=make_user("manager"), filters={})
    for plan in plans_of_words(captured):
        assert "TEMP B-TREE" not in plan
        assert '"Node Type": "Sort"' not in plan


def test_keys_addresses_are_looked_up_by_their_indexes(filled: dict[str, Any]) -> None:
    expected = {
        "ev-ee915abdd409": ("conditions_evidence_key", "sqlite_autoindex_conditions_evidence"),
        "https://example.org/a": ("evidence_url_once",),
    }
    for typed, names in expected.items():
        with CaptureQueriesContext(connection) as captured:
            search_evidence(read_search(typed), reader=make_user("manager"), filters={})
        asked = [one["sql"] for one in captured if typed in one["sql"]]
        assert len(asked) == 2
        for sql in asked:
            plan = plan_of(sql)
            assert any(name in plan for name in names), plan
            assert not reads_whole(plan, "conditions_evidence"), plan
