"""Evidence by hand: filed once, amended as versions, linked over the crosswalk, never erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from conditions.actions.evidence import (
    AlreadyOnFile,
    AmendmentUnexplained,
    BadEvidence,
    EvidenceChangedMeanwhile,
    EvidenceItem,
    LinkItem,
    amend_evidence,
    file_evidence,
    link_evidence,
    withdraw_link,
)
from conditions.actions.evidence_links import (
    AlreadyLinked,
    BadLink,
    LinkWithdrawn,
    WithdrawalUnexplained,
)
from conditions.actions.record import PermissionMissing
from conditions.models import Crosswalk, Event, Evidence, EvidenceLink, Program
from conditions.queries.evidence_lookup import find_by_url
from conditions.rules.fingerprint import fingerprint
from tests.days import TODAY, noon
from tests.factories import make_program, make_source, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
URL = "https://example.org/news/coast"


@pytest.fixture
def analyst():
    return make_user("analyst")


@pytest.fixture
def source():
    return make_source()


@pytest.fixture
def two_programs():
    """ALPHA of one program answers to BETA of the other, and back."""
    one = make_program(slug="one", conditions=["ALPHA", "AREA"])
    other = make_program(slug="other", conditions=["BETA"])
    alpha, beta = one.conditions.get(code="ALPHA"), other.conditions.get(code="BETA")
    Crosswalk.objects.create(condition=alpha, counterpart=beta, relation="same")
    Crosswalk.objects.create(condition=beta, counterpart=alpha, relation="same")
    return one, other


def item(source, **fields):
    said = {"title": "A trial begins", "summary": "Fourteen men in court.", "url": URL}
    return EvidenceItem(**{**said, "source_id": source.pk, **fields})


def filed(source, by, **options):
    fields = options.pop("fields", {})
    return file_evidence(item=item(source, **fields), by=by, as_of=NOW, **options)


def condition(code):
    return Program.objects.get(conditions__code=code).conditions.get(code=code)


def bearing(code, stance="supports", **fields):
    return LinkItem(condition(code).pk, stance, **fields)


def standing(evidence):
    rows = evidence.links.filter(withdrawn_at__isnull=True).order_by("id")
    return list(rows.values_list("condition__code", "stance", "origin"))


def test_a_document_is_filed_with_its_first_version_and_event(analyst, source):
    evidence = filed(source, analyst, fields={"fact_on": date(2026, 3, 9), "fact_precision": "day"})
    version = evidence.versions.get()
    assert (version.number, version.recorded_by, evidence.revision) == (1, analyst, 1)
    assert version.content["publisher"] == source.name
    assert version.sha256 == fingerprint(version.content)
    event = Event.objects.get(verb="evidence.filed")
    assert (event.actor, event.at, event.subject_id) == (analyst, NOW, str(evidence.pk))
    assert evidence.key.startswith("ev-")


def test_the_key_is_that_of_the_address_as_in_files(analyst, source):
    url = "https://thedefensepost.com/2024/12/30/foreign-jihadists-syria-army-officers/amp"
    assert filed(source, analyst, fields={"url": url}).key == "ev-ee915abdd409"


def test_documents_without_address_get_keys_of_their_own(analyst, source):
    fields = {"url": "", "reference": "S/2026/44"}
    first, second = (filed(source, analyst, fields=fields) for _ in range(2))
    assert first.key.startswith("ev-doc-")
    assert first.key != second.key


@pytest.mark.parametrize(
    "spelling", [URL, "http://Example.org/news/coast/?utm_source=x#top", f"{URL}/amp"]
)
def test_a_known_address_is_a_conflict_that_names_the_item(analyst, source, spelling):
    first = filed(source, analyst)
    assert find_by_url(spelling) == first
    with pytest.raises(AlreadyOnFile) as refusal:
        filed(source, analyst, fields={"url": spelling})
    assert refusal.value.existing == first
    assert first.key in refusal.value.message
    assert Evidence.objects.count() == 1


def test_everything_wrong_with_a_document_is_told_at_once(analyst, source):
    wrong = {
        "title": " ",
        "summary": "x" * 4001,
        "url": "https://user:pw@example.org/",
        "published_on": TODAY + timedelta(days=2),
        "fact_on": date(2027, 1, 1),
        "fact_precision": "unknown",
        "language": "English",
        "credibility": 7,
        "sensitivity": "secret",
        "voice": "a wire",
        "text": "broken \x00",
        "source_id": 0,
    }
    with pytest.raises(BadEvidence) as refusal:
        filed(source, analyst, fields=wrong)
    faults = refusal.value.faults
    assert {fault.path for fault in faults} == set(wrong)
    assert all(fault.message and fault.remedy for fault in faults)
    assert refusal.value.field == faults[0].path
    assert not Evidence.objects.exists()


def test_a_day_that_has_begun_somewhere_on_earth_is_not_in_the_future(analyst, source):
    late = noon(TODAY).replace(hour=13)
    tomorrow = TODAY + timedelta(days=1)
    file_evidence(item=item(source, published_on=tomorrow), by=analyst, as_of=late)
    with pytest.raises(BadEvidence):
        file_evidence(
            item=item(source, url=f"{URL}/2", published_on=tomorrow),
            by=analyst,
            as_of=noon(TODAY).replace(hour=9),
        )


@pytest.mark.parametrize(
    ("precision", "kept"), [("month", date(2026, 3, 1)), ("year", date(2026, 1, 1))]
)
def test_a_fact_date_is_kept_as_the_first_day_of_what_is_known(analyst, source, precision, kept):
    fields = {"fact_on": date(2026, 3, 9), "fact_precision": precision}
    assert filed(source, analyst, fields=fields).fact_on == kept


def test_links_are_carried_over_the_crosswalk_once(analyst, source, two_programs):
    before = {p.pk: p.revision for p in two_programs}
    evidence = filed(source, analyst, links=[bearing("ALPHA"), bearing("AREA", "contradicts")])
    assert standing(evidence) == [
        ("ALPHA", "supports", "direct"),
        ("AREA", "contradicts", "direct"),
        ("BETA", "supports", "crosswalk"),
    ]
    assert all(Program.objects.get(pk=pk).revision > revision for pk, revision in before.items())
    assert Event.objects.filter(verb="evidencelink.recorded", condition__code="BETA").count() == 1


def test_links_given_for_both_programs_are_not_doubled(analyst, source, two_programs):
    evidence = filed(source, analyst, links=[bearing("ALPHA"), bearing("BETA", "neutral")])
    assert standing(evidence) == [("ALPHA", "supports", "direct"), ("BETA", "neutral", "direct")]


def test_links_are_not_carried_when_told_not_to(analyst, source, two_programs):
    evidence = filed(source, analyst, links=[bearing("ALPHA")], carry=False)
    link_evidence(evidence=evidence, link=bearing("AREA"), by=analyst, as_of=NOW, carry=False)
    assert [code for code, _, _ in standing(evidence)] == ["ALPHA", "AREA"]


def test_a_link_to_a_checklist_item_is_carried_to_the_condition(analyst, source, two_programs):
    asked = condition("ALPHA").checklist.get()
    evidence = filed(source, analyst, links=[bearing("ALPHA", checklist_item_id=asked.pk)])
    link_evidence(evidence=evidence, link=bearing("ALPHA"), by=analyst, as_of=NOW)
    assert [code for code, _, _ in standing(evidence)] == ["ALPHA", "BETA", "ALPHA"]
    assert evidence.links.get(condition__code="BETA").checklist_item is None


def test_a_second_link_to_the_same_condition_is_a_conflict(analyst, source, two_programs):
    evidence = filed(source, analyst, links=[bearing("ALPHA")])
    for code in ("ALPHA", "BETA"):
        with pytest.raises(AlreadyLinked) as refusal:
            link_evidence(evidence=evidence, link=bearing(code, "neutral"), by=analyst, as_of=NOW)
        assert refusal.value.value == code


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"condition_id": 0}, "links[1].condition"),
        ({"stance": "likes"}, "links[1].stance"),
        ({"checklist_item_id": 0}, "links[1].checklist_item"),
    ],
)
def test_a_bad_link_is_refused_and_nothing_is_filed(analyst, source, two_programs, fields, place):
    bad = replace(bearing("AREA"), **fields)
    with pytest.raises(BadLink) as refusal:
        filed(source, analyst, links=[bearing("ALPHA"), bad])
    assert refusal.value.field == place
    assert not Evidence.objects.exists()


def test_a_withdrawn_link_stays_on_record_and_takes_what_it_carried(analyst, source, two_programs):
    evidence = filed(source, analyst, links=[bearing("ALPHA"), bearing("AREA")])
    link = evidence.links.get(condition__code="ALPHA")
    withdraw_link(link=link, reason="About another trial.", by=analyst, as_of=NOW)
    assert [code for code, _, _ in standing(evidence)] == ["AREA"]
    assert EvidenceLink.objects.count() == 3
    link.refresh_from_db()
    assert (link.withdrawn_by, link.withdrawal_reason) == (analyst, "About another trial.")
    with pytest.raises(LinkWithdrawn):
        withdraw_link(link=link, reason="Again.", by=analyst, as_of=NOW)
    link_evidence(evidence=evidence, link=bearing("ALPHA", "neutral"), by=analyst, as_of=NOW)
    assert ("BETA", "neutral", "crosswalk") in standing(evidence)


def test_what_was_carried_stays_when_told_or_when_another_link_carries_it(
    analyst, source, two_programs
):
    asked = condition("ALPHA").checklist.get()
    links = [bearing("ALPHA"), bearing("ALPHA", checklist_item_id=asked.pk)]
    evidence = filed(source, analyst, links=links)
    on_item = evidence.links.get(checklist_item=asked)
    withdraw_link(link=on_item, reason="Not this item.", by=analyst, as_of=NOW)
    assert [code for code, _, _ in standing(evidence)] == ["ALPHA", "BETA"]
    direct = evidence.links.get(condition__code="ALPHA", checklist_item=None)
    withdraw_link(link=direct, reason="Not here.", by=analyst, as_of=NOW, carry=False)
    assert [code for code, _, _ in standing(evidence)] == ["BETA"]


def test_a_withdrawal_needs_a_reason(analyst, source, two_programs):
    evidence = filed(source, analyst, links=[bearing("AREA")])
    with pytest.raises(WithdrawalUnexplained):
        withdraw_link(link=evidence.links.get(), reason=" ", by=analyst, as_of=NOW)


def test_an_amendment_is_a_new_version_beside_the_old(analyst, source, two_programs):
    evidence = filed(source, analyst, links=[bearing("ALPHA")])
    revision = Program.objects.get(slug="other").revision
    better = replace(EvidenceItem.of(evidence), title="A trial has begun", credibility=1)
    amended = amend_evidence(
        evidence=evidence,
        item=better,
        by=analyst,
        as_of=NOW,
        expected_revision=1,
        reason="The title was unclear.",
    )
    assert amended.revision == 2
    assert [v.content["title"] for v in amended.versions.all()] == [
        "A trial has begun",
        "A trial begins",
    ]
    event = Event.objects.get(verb="evidence.amended")
    assert (event.before["credibility"], event.after["credibility"]) == (6, 1)
    assert event.reason == "The title was unclear."
    assert Program.objects.get(slug="other").revision > revision


def amended(evidence, by, **fields):
    revision = fields.pop("expected_revision", evidence.revision)
    reason = fields.pop("reason", "Better.")
    changed = replace(EvidenceItem.of(evidence), **fields)
    return amend_evidence(
        evidence=evidence,
        item=changed,
        by=by,
        as_of=NOW,
        expected_revision=revision,
        reason=reason,
    )


def test_an_amendment_of_nothing_changes_nothing(analyst, source):
    evidence = filed(source, analyst)
    assert amended(evidence, analyst).revision == 1
    assert evidence.versions.count() == 1
    assert not Event.objects.filter(verb="evidence.amended").exists()


def test_an_amendment_of_an_old_reading_is_a_conflict(analyst, source):
    evidence = filed(source, analyst)
    amended(evidence, analyst, title="Mine")
    with pytest.raises(EvidenceChangedMeanwhile):
        amended(evidence, analyst, title="Yours", expected_revision=1)


def test_an_amendment_needs_a_reason_and_an_address_of_its_own(analyst, source):
    evidence = filed(source, analyst)
    filed(source, analyst, fields={"url": "https://example.org/other"})
    with pytest.raises(AmendmentUnexplained):
        amended(evidence, analyst, title="New", reason="")
    with pytest.raises(AlreadyOnFile):
        amended(evidence, analyst, url="http://example.org/other/")
    assert amended(evidence, analyst, url=f"{URL}#part", title="New").revision == 2


def test_an_amendment_may_name_another_source(analyst, source):
    evidence, other = filed(source, analyst), make_source()
    changed = amended(evidence, analyst, source_id=other.pk)
    assert changed.versions.first().content["publisher"] == other.name


@pytest.mark.parametrize("role", ["viewer", "reviewer", ""])
def test_only_who_may_write_evidence_does(source, role):
    reader = make_user(role)
    with pytest.raises(PermissionMissing):
        filed(source, reader)
    evidence = filed(source, make_user("manager"))
    with pytest.raises(PermissionMissing):
        amended(evidence, reader, title="New")
