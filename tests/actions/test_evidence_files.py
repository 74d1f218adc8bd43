"""Evidence files: every fault with its line, each document once, links over the crosswalk."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from conditions.actions.evidence import find_by_url, withdraw_link
from conditions.actions.evidence_files import (
    BadEvidenceFile,
    EvidenceOutcome,
    load_evidence_file,
    plan_evidence_file,
)
from conditions.actions.evidence_files.lines import voice_of
from conditions.actions.evidence_files.loading import ProgramNotLoaded
from conditions.actions.packs import read_pack
from conditions.actions.record import PermissionMissing
from conditions.models import (
    CaptureOrder,
    Crosswalk,
    Event,
    Evidence,
    EvidenceLink,
    EvidenceVersion,
    Program,
    Source,
    SourceGrade,
)
from conditions.rules.fingerprint import fingerprint
from tests import packs
from tests.days import TODAY, noon
from tests.factories import make_program, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


@pytest.fixture
def one():
    return make_program(slug="one", conditions=["ALPHA", "AREA"], is_default=True)


@pytest.fixture
def other(one):
    other = make_program(slug="other", conditions=["BETA"])
    Crosswalk.objects.create(
        condition=one.conditions.get(code="ALPHA"),
        counterpart=other.conditions.get(),
        relation="same",
    )
    return other


def row(number=1, **fields):
    url = fields.get("url", f"https://example.org/{number}")
    said = {
        "id": f"ev-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
        if url
        else "ev-doc-000000000001",
        "url": url,
        "publisher": "The Gazette",
        "title": f"Document {number}",
        "published_on": "2026-03-09",
        "language": "en",
        "summary": "What it says.",
        "text": "What it says at length.",
        "event": "coast-2026-03",
        "event_period": "2026-03",
        "source_reliability": "B",
        "information_credibility": 2,
        "conditions": [bearing("ALPHA")],
        "labels_confidence": "high",
        "excerpt_hint": "First paragraph.",
    }
    return said | fields


def bearing(code, stance="supports"):
    return {"code": code, "stance": stance, "rationale": "Men were arrested."}


def load(*rows, slugs=("one",), **options):
    lines = [line if isinstance(line, (str, bytes)) else json.dumps(line) for line in rows]
    return load_evidence_file(
        **{"lines": lines, "program_slugs": slugs, "by": None, "as_of": NOW, **options}
    )


def counts():
    kinds = [Evidence, EvidenceVersion, EvidenceLink, Source, SourceGrade, Event]
    return [kind.objects.count() for kind in kinds]


def faults_of(*rows):
    before = counts()
    with pytest.raises(BadEvidenceFile) as refusal:
        load(*rows)
    assert counts() == before
    return {(fault.line, fault.path) for fault in refusal.value.faults}


def test_a_line_becomes_a_document_with_version_link_source_and_events(one, other):
    outcome = load(row(), slugs=("one", "other"))
    assert outcome == EvidenceOutcome(filed=1, known=0, links=2, sources=1)
    evidence = Evidence.objects.get()
    assert (evidence.fact_on, evidence.fact_precision) == (date(2026, 3, 1), "month")
    assert (evidence.recorded_at, evidence.is_demonstration) == (NOW, False)
    version = evidence.versions.get()
    assert version.sha256 == fingerprint(version.content)
    assert (evidence.source.reliability, evidence.source.kind) == ("B", "unknown")
    assert evidence.source.grades.get().recorded_at == NOW
    links = evidence.links.order_by("id").values_list("condition__code", "origin", "note")
    assert list(links) == [
        ("ALPHA", "direct", "Men were arrested."),
        ("BETA", "crosswalk", "Men were arrested."),
    ]
    assert Event.objects.get(verb="evidence.filed").after["labels_confidence"] == "high"
    assert Event.objects.filter(verb="evidencelink.recorded", program=other).count() == 1
    for program in (one, other):
        assert Program.objects.get(pk=program.pk).revision == program.revision + 1


def test_the_shipped_evidence_loads_twice_like_once():
    for file in (packs.SENATE, packs.LAW):
        packs.load(read_pack(file))
    slugs = ("us-senate-3899", "us-pl119-60-8369")
    lines = packs.EVIDENCE.read_text(encoding="utf-8").splitlines()
    first = load(*lines, slugs=slugs)
    before = counts()
    revisions = list(Program.objects.values_list("revision"))
    again = load(*lines, slugs=slugs)
    assert (first.filed, first.sources) == (75, 66)
    assert again == EvidenceOutcome(filed=0, known=75, links=0, sources=0)
    assert counts() == before
    assert list(Program.objects.values_list("revision")) == revisions
    mirrored = EvidenceLink.objects.filter(origin="crosswalk").count()
    assert mirrored == EvidenceLink.objects.filter(origin="direct").count()
    assert find_by_url("https://trtworld.com/article/ae758c825086") is None
    assert find_by_url("http://www.trtworld.com/article/ae758c825086/").source.name == "TRT World"


def test_every_fault_is_told_with_its_line(one):
    assert faults_of(
        row(1),
        "{not json",
        b"\xff\xfe",
        "[1]",
        '{"id": 1, "id": 2}',
        "",
        row(7, source_reliability="G", conditions=[bearing("ALPHA", "likes")]),
        row(8, conditions=[bearing("GAMMA"), bearing("ALPHA"), bearing("ALPHA", "neutral")]),
        row(9, url="https://user:pw@example.org/"),
        row(10, published_on="2027-01-01", title="x" * 401),
        row(11, id="ev-000000000000"),
        row(12, event_period="2026-13", information_credibility=2.0, colour="red"),
        row(13, url=None),
    ) == {
        (2, ""),
        (3, ""),
        (4, ""),
        (5, ""),
        (7, "source_reliability"),
        (7, "conditions[0].stance"),
        (8, "conditions[2].code"),
        (9, "url"),
        (10, "published_on"),
        (10, "title"),
        (11, "id"),
        (12, "event_period"),
        (12, "information_credibility"),
        (12, ""),
        (13, "url"),
        (13, "reference"),
    }
    assert faults_of(row(conditions=[bearing("GAMMA")])) == {(1, "conditions[0].code")}


def test_two_spellings_in_one_file_are_one_document(one):
    spelled = row(1, url="http://Example.org/1/?utm_source=x")
    outcome = load(row(1), spelled, row(2))
    assert (outcome.filed, outcome.known) == (2, 1)


def test_a_key_without_address_names_one_document(one):
    first = row(url=None, reference="S/2026/44")
    other = row(url=None, reference="S/2026/45")
    assert faults_of(first, other) == {(2, "id")}
    load(first)
    assert load(first).known == 1
    assert faults_of(other) == {(1, "id")}


def test_a_document_known_before_gets_the_links_it_lacks(one, other):
    load(row())
    outcome = load(row(conditions=[bearing("ALPHA"), bearing("AREA")]), slugs=("one", "other"))
    assert (outcome.filed, outcome.known, outcome.links) == (0, 1, 2)


def test_a_link_withdrawn_before_stays_withdrawn(one):
    load(row())
    link = EvidenceLink.objects.get()
    withdraw_link(link=link, reason="Not this.", by=make_user("analyst"), as_of=NOW)
    assert load(row()).links == 0


def test_a_dry_run_keeps_nothing(one):
    before = counts()
    outcome = plan_evidence_file(lines=[json.dumps(row())], program_slugs=("one",), as_of=NOW)
    assert outcome.filed == 1
    assert counts() == before


@pytest.mark.parametrize(
    ("fields", "recorded"),
    [
        ({}, datetime(2026, 3, 9, 12, tzinfo=UTC)),
        ({"published_on": None}, datetime(2026, 4, 1, 12, tzinfo=UTC)),
        ({"published_on": None, "event_period": "2025-12"}, datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ({"published_on": None, "event_period": "2025"}, datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ({"published_on": None, "event_period": "2026"}, NOW),
        ({"published_on": None, "event_period": None}, NOW),
    ],
)
def test_a_backdated_document_is_recorded_when_it_can_first_be_read(one, fields, recorded):
    load(row(**fields), backdate=True)
    evidence = Evidence.objects.get()
    assert (evidence.recorded_at, evidence.is_demonstration) == (recorded, True)
    assert evidence.versions.get().recorded_at == recorded
    assert evidence.links.get().recorded_at == recorded
    assert evidence.source.grades.get().recorded_at == recorded


def test_a_publisher_graded_unevenly_is_held_as_most_of_its_documents(one):
    outcome = load(row(1), row(2), row(3, source_reliability="C"))
    assert Source.objects.get().reliability == "B"
    assert outcome.notes == ("The Gazette is graded B 2 times, C 1 times in the file; B is kept.",)


def test_a_tie_goes_to_the_weaker_grade(one):
    load(row(1), row(2, source_reliability="D"))
    assert Source.objects.get().reliability == "D"


def test_a_source_on_file_keeps_its_grade(one):
    load(row(1))
    load(row(2, source_reliability="E"))
    assert Source.objects.get().reliability == "B"
    assert SourceGrade.objects.count() == 1


@pytest.mark.parametrize(
    ("publisher", "voice"),
    [
        ("Japan Today (Reuters)", "reuters-coast"),
        ("Clash Report (Reuters-based)", "reuters-coast"),
        ("The National (AP)", "ap-coast"),
        ("AFP via Jordanian press digest", "afp-coast"),
        ("AFP (aggregated copy)", "afp-coast"),
        ("WAM (Russian service)", ""),
        ("Open Syria (policy paper)", ""),
        ("Washington Post (syndicated copy)", ""),
        ("TASS", ""),
    ],
)
def test_copies_share_a_voice_only_where_the_data_names_the_agency(publisher, voice):
    assert voice_of(publisher, "coast") == voice
    assert voice_of(publisher, "") == ""


def test_evidence_waits_for_its_program():
    with pytest.raises(ProgramNotLoaded):
        load(row())
    with pytest.raises(ProgramNotLoaded):
        load(row(), slugs=())


def test_progress_is_told_and_long_files_go_in_batches(one):
    told = []
    load(*(row(number) for number in range(1201)), progress=told.append)
    assert told == [500, 1000, 1201]
    assert Evidence.objects.count() == 1201


def test_each_new_document_with_an_address_owes_a_copy_one_after_the_other(one):
    load(row(1), row(2), row(3, url=None, reference="S/2026/1"))
    load(row(1), row(2), row(4))
    owed = CaptureOrder.objects.order_by("pk").values_list("evidence__url", "next_attempt_at")
    second = timedelta(seconds=1)
    assert list(owed) == [
        ("https://example.org/1", NOW),
        ("https://example.org/2", NOW + 3 * second),
        ("https://example.org/4", NOW),
    ]


def test_a_demonstration_owes_no_copies(one):
    load(row(1), backdate=True)
    assert not CaptureOrder.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_lines(one, django_assert_num_queries):
    load(row(0))
    # PostgreSQL is also told to forget its plans.
    queries = 24 + (connection.vendor == "postgresql")
    with django_assert_num_queries(queries):
        load(row(1))
    with django_assert_num_queries(queries):
        load(*(row(number) for number in range(10, 40)))


def test_only_who_may_file_evidence_does(one):
    with pytest.raises(PermissionMissing):
        load(row(), by=make_user("reviewer"))


def test_the_future_is_judged_by_the_moment_of_loading(one):
    with pytest.raises(BadEvidenceFile):
        load(row(), as_of=datetime(2026, 3, 7, tzinfo=UTC))
    load(row(), as_of=datetime(2026, 3, 7, tzinfo=UTC) + timedelta(days=2))
