"""Full-text search over evidence: the same answers on both databases, and only what one may see."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from itertools import count
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from bench.generator.words import VOCABULARY, prose
from conditions.actions.evidence import EvidenceItem, amend_evidence, file_evidence
from conditions.actions.search_texts import write_search_text
from conditions.models import Capture, CaptureBody, Evidence, EvidenceText
from conditions.models.full_text import rebuild_full_text
from conditions.queries.full_text import not_in_index
from conditions.queries.lists.filters import BadFilter
from conditions.queries.search import MOST_COUNTED, SearchPage, search_evidence
from conditions.rules.authority import Reader
from conditions.rules.search_words import BadSearch, read_search, words_of
from tests.days import TODAY, WHITE_HOUSE, noon
from tests.factories import make_evidence, make_link, make_program, make_source, make_user
from tests.queries.test_plans import plan_of, reads_whole

pytestmark = pytest.mark.django_db
_numbers = count(1)

TEXTS = {
    "cafe": ("Café talks resume", "The café owners met in Paris."),
    "plain": ("Cafe closes", "A well known place; it was known well."),
    "arabic": ("عقوبات على إيران", "نص عن العَرَبِيَّة ٢٠٢٦"),
    "address": ("See example.org/page", "Hard-line groups, U.S.-based. Section 9abc, 1e5 and 3.5."),
    "split": ("The hard", "Line of argument; hard words and a line."),
    "german": ("Straßenbau in Köln", "Die STRASSE ist 007 lang."),
    "names": ("Sharʿa in al-Ḥasakah", "موسی في کردستان: الحكومة والمسؤول ٱلأول"),
    "markup": ("<b>Bold</b> and <script>", "title:iran AND oil NOT gas"),
}


def search(typed: str, reader: Reader | None = None, **options: Any) -> SearchPage:
    return search_evidence(
        read_search(typed) if typed else None,
        reader=reader or AnonymousUser(),
        filters=options.pop("filters", {}),
        **options,
    )


def ids(page: SearchPage) -> list[int]:
    return [hit.id for hit in page.hits]


def keep_copy(evidence: Evidence, text: str) -> None:
    """A stored copy of this text, in the index."""
    number = next(_numbers)
    body = CaptureBody.objects.create(sha256=f"{number:064x}", size=4, body=b"copy")
    Capture.objects.create(
        evidence=evidence,
        origin="uploaded",
        outcome="stored",
        body=body,
        sha256=body.sha256,
        text=text,
        tool="test",
        captured_at=noon(TODAY) + timedelta(minutes=number),
    )
    write_search_text([evidence.pk])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cafe", "cafe plain"),
        ("CAFÉ", "cafe plain"),
        ("café -paris", "plain"),
        ('"well known"', "plain"),
        ("well-known", "plain"),
        ("known well", "plain"),
        ('"known place"', "plain"),
        ('"place known"', ""),
        ("العربية", "arabic"),
        ("العربيه", "arabic"),
        ("shara hasakah", "names"),
        ("Šharʾa", "names"),
        ("موسى", "names"),
        ("كردستان", "names"),
        ("الحكومه", "names"),
        ("والمسوول الاول", "names"),
        ("حكوم*", ""),
        ("ايران", "arabic"),
        ("عقوب*", "arabic"),
        ("2026", "arabic"),
        ("example", "address"),
        ("example.org", "address"),
        ("page", "address"),
        ('"hard line"', "address"),
        ("hard line", "address split"),
        ('hard -"hard line"', "split"),
        ("us-based", ""),
        ("u.s.", "address"),
        ("9abc 1e5", "address"),
        ("9ab*", "address"),
        ("3.5", "address"),
        ("strasse", "german"),
        ("strass*", "german"),
        ("koln 007", "german"),
        ("7", ""),
        ("title:iran", "markup"),
        ("iran AND oil", "markup"),
        ("iran OR gas", ""),
        ("NOT gas", "markup"),
        ("script", "markup"),
        ("NEAR(iran oil)", ""),
        ("* OR 1=1 --", ""),
        ("'; DROP TABLE x; \\", ""),
        ("caf*", "cafe plain"),
        ('"cafe own"*', "cafe"),
        ("the -line -cafe", ""),
    ],
)
def test_both_databases_find_the_same(typed: str, found: str) -> None:
    names = {}
    for name, (title, summary) in TEXTS.items():
        names[make_evidence(title=title, summary=summary).pk] = name
    page = search(typed)
    assert sorted(names[pk] for pk in ids(page)) == found.split()
    assert page.count == len(found.split())


def test_the_database_sees_the_words_that_we_see() -> None:
    """Whatever is typed as a word of a text finds that text."""
    rng = Random(3899)
    signs = "aZé9_.-/@:'%ßİıا إَ٣中日한ไทยж½ﬁⅣ²_e0x+"
    for _ in range(40):
        text = "".join(rng.choices(signs, k=60))
        evidence = make_evidence(title=f"T {text}"[:400])
        for word in set(words_of(text)):
            assert evidence.pk in ids(search(word, most=200)), (text, word)
        assert evidence.pk in ids(search(f'"{text}"', most=200)), text


def test_title_summary_notes_and_newest_copy_are_looked_through() -> None:
    evidence = make_evidence(title="Alpha", summary="Bravo", text="Charlie")
    keep_copy(evidence, "Delta text of the copy. " + "x " * 60_000 + "Omega")
    assert all(ids(search(word)) == [evidence.pk] for word in ("alpha", "bravo", "charlie"))
    (hit,) = search("delta alpha").hits
    assert [part.text for part in hit.copy_passage if part.is_hit] == ["Delta"]
    assert [part.text for part in hit.title if part.is_hit] == ["Alpha"]
    assert search("omega").count == 0
    keep_copy(evidence, "Echo")
    assert search("delta").count == 0
    assert ids(search("echo")) == [evidence.pk]


def test_a_document_is_found_once_filed_and_as_amended() -> None:
    analyst = make_user("analyst")
    item = EvidenceItem(
        title="First words", summary="Said.", source_id=make_source().pk, reference="Vol. 1"
    )
    filed = file_evidence(item=item, by=analyst, as_of=noon(TODAY))
    assert ids(search("first")) == [filed.pk]
    amend_evidence(
        evidence=filed,
        item=EvidenceItem(**{**_fields(item), "title": "Second words"}),
        by=analyst,
        as_of=noon(TODAY),
        expected_revision=1,
        reason="Wrong title.",
    )
    assert search("first").count == 0
    assert ids(search("second words")) == [filed.pk]


def _fields(item: EvidenceItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in EvidenceItem.__dataclass_fields__}


@pytest.mark.parametrize("sensitivity", ["restricted", "source_protected", "team"])
def test_what_a_reader_may_not_see_is_neither_found_nor_counted(sensitivity: str) -> None:
    hidden = make_evidence(title="Secret paper", sensitivity=sensitivity)
    keep_copy(hidden, "secret copy")
    seen = make_evidence(title="Secret of success")
    for reader in (AnonymousUser(), make_user("viewer") if sensitivity != "team" else None):
        if reader:
            page = search("secret", reader)
            assert (ids(page), page.count) == ([seen.pk], 1)
            assert search("copy", reader).count == 0
    analyst = search("secret", make_user("manager"))
    assert (ids(analyst), analyst.count) == ([seen.pk, hidden.pk], 2)


def test_links_of_a_private_program_are_not_told_by_its_limits() -> None:
    private = make_program(slug="private", is_public=False).conditions.get()
    both = make_evidence(condition=private)
    shown = make_program(slug="shown", conditions=("BETA",)).conditions.get()
    make_link(evidence=both, condition=shown, stance="neutral", recorded_at=noon(WHITE_HOUSE))
    for limit in ({"program": "private"}, {"condition": "ALPHA"}, {"stance": "supports"}):
        assert ids(search("", filters=limit)) == [], limit
        assert ids(search("", make_user("viewer"), filters=limit)) == [both.pk], limit
    assert ids(search("", filters={"program": "shown"})) == [both.pk]


def test_what_belongs_to_a_private_program_alone_is_hidden_from_strangers() -> None:
    private = make_program(slug="private", is_public=False).conditions.get()
    make_evidence(title="Private paper", condition=private)
    assert search("private").count == 0
    assert search("private", make_user("viewer")).count == 1


def test_filters_narrow_and_go_together() -> None:
    program = make_program()
    condition = program.conditions.get()
    good = make_evidence(
        title="Paper", condition=condition, source=make_source(reliability="A"), credibility=1
    )
    poor = make_evidence(
        title="Paper",
        condition=condition,
        stance="contradicts",
        source=make_source(reliability="F"),
        credibility=6,
        language="ar",
        published_on=WHITE_HOUSE - timedelta(days=1),
    )
    undated = make_evidence(title="Paper", published_on=None)
    day = WHITE_HOUSE
    expected: list[tuple[dict[str, Any], list[Evidence]]] = [
        ({}, [undated, poor, good]),
        ({"program": program.slug}, [poor, good]),
        ({"program": "other"}, []),
        ({"condition": condition.code, "stance": "contradicts"}, [poor]),
        ({"stance": "supports"}, [good]),
        ({"reliability": "A"}, [good]),
        ({"reliability": "B"}, [undated, good]),
        ({"reliability": "E"}, [undated, good]),
        ({"reliability": "F"}, [poor]),
        ({"credibility": "6"}, [poor]),
        ({"credibility": "1"}, [good]),
        ({"credibility": "2"}, [undated, good]),
        ({"source": good.source_id}, [good]),
        ({"published_from": day}, [good]),
        ({"published_to": day}, [poor, good]),
        ({"published_to": day - timedelta(days=1)}, [poor]),
        ({"language": "ar"}, [poor]),
        ({"program": program.slug, "cycle": 1}, [good]),
        ({"program": program.slug, "cycle": 10**9}, []),
        ({"language": "ar", "reliability": "A"}, []),
    ]
    for filters, found in expected:
        for typed in ("paper", ""):
            page = search(typed, filters=filters)
            assert ids(page) == [row.pk for row in found], filters
            assert page.count == len(found)


def test_a_cycle_holds_its_first_day_and_not_its_due_date() -> None:
    program = make_program()
    cycle = program.cycles.get(number=1)
    days = (cycle.starts_on, cycle.due_on - timedelta(days=1), cycle.due_on)
    condition = program.conditions.get()
    first, last, _ = (make_evidence(condition=condition, published_on=day) for day in days)
    within = {"program": program.slug, "cycle": cycle.number}
    assert ids(search("", filters=within)) == [last.pk, first.pk]
    with pytest.raises(BadFilter):
        search("", filters={"cycle": cycle.number})


def test_pages_are_cut_by_key_newest_first_without_a_gap() -> None:
    made = [make_evidence(title="Paper").pk for _ in range(5)]
    for typed in ("paper", ""):
        walked: list[int] = []
        page = search(typed, most=2)
        while True:
            walked += ids(page)
            assert page.count == 5
            if page.after is None:
                break
            page = search(typed, most=2, after=page.after)
        assert walked == sorted(made, reverse=True)


@pytest.mark.parametrize("size", [1, 3])
def test_queries_are_the_same_at_one_and_three_rows(
    size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    program = make_program()
    for _ in range(size):
        filed = make_evidence(title="Paper", condition=program.conditions.get())
        keep_copy(filed, "Text of it")
    within = {"program": program.slug, "cycle": 1}
    for typed in ("paper", ""):
        with django_assert_num_queries(3):
            assert len(search(typed).hits) == size
        with django_assert_num_queries(4):
            search(typed, filters=within)


@pytest.fixture
def filled(db: None) -> None:
    """Some thousand documents, as filed; the common word is in nearly all of them."""
    rng = Random(1)
    source = make_source()
    rows = [
        Evidence(
            key=f"ev-{number}",
            reference=f"No. {number}",
            title=prose(rng, 8),
            summary=prose(rng, 40),
            source=source,
            published_on=date(2026, 1, 1) + timedelta(days=number % 300),
            sensitivity="public" if number % 10 else "team",
            recorded_at=noon(WHITE_HOUSE),
        )
        for number in range(4_000)
    ]
    Evidence.objects.bulk_create(rows)
    write_search_text(row.pk for row in rows)
    with connection.cursor() as cursor:
        for table in ("conditions_evidence", "conditions_evidencetext"):
            cursor.execute(f"ANALYZE {table}")
        if connection.vendor == "postgresql":
            # As autovacuum leaves it; and so few rows are read whole for less.
            cursor.execute("SELECT gin_clean_pending_list('evidencetext_words')")
            cursor.execute("SET LOCAL enable_seqscan = off")


@pytest.mark.parametrize("word", [VOCABULARY[0], VOCABULARY[1_500]])
def test_a_search_begins_at_the_index(filled: None, word: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = search(word)
    assert page.hits
    if word == VOCABULARY[0]:
        assert (page.count, page.is_more) == (MOST_COUNTED, True)
    plans = [plan_of(one["sql"]) for one in captured if "MATCH" in one["sql"] or "@@" in one["sql"]]
    assert len(plans) == 2
    if connection.vendor == "sqlite":
        for plan in plans:
            lines = [line for line in plan.splitlines() if line.startswith(("SCAN", "SEARCH"))]
            assert lines[0].startswith("SCAN conditions_evidencetext_fts VIRTUAL TABLE INDEX"), plan
            assert "TEMP B-TREE" not in plan
            assert not reads_whole(plan, "conditions_evidence ")
    elif word != VOCABULARY[0]:
        # A word that most documents hold is found sooner among the newest than in the index.
        assert all("evidencetext_words" in plan for plan in plans), plans


def test_reindexing_mends_what_was_never_indexed() -> None:
    made = [make_evidence(title="Paper").pk for _ in range(3)]
    EvidenceText.objects.all().delete()
    assert search("paper").count == 0
    assert not_in_index() == 3
    out = StringIO()
    call_command("reindex", stdout=out)
    assert "3 documents" in out.getvalue()
    assert not_in_index() == 0
    assert ids(search("paper")) == made[::-1]
    call_command("reindex", stdout=out)
    rebuild_full_text(connection)
    assert search("paper").count == 3


def test_hostile_input_is_found_or_refused_and_never_breaks() -> None:
    evidence = make_evidence(title='It\'s a "test" of (words) & | ! <-> :* ^ + - {x} [y]')
    for typed in ("it's", '"test"', "(words)", "test^2", "test & !words", "+test", "{x}", "a:*"):
        try:
            page = search(typed)
        except BadSearch:
            continue
        assert set(ids(page)) <= {evidence.pk}
    assert ids(search('it\'s "test" (words) {x} [y]')) == [evidence.pk]
