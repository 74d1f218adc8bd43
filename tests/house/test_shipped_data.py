"""The shipped packs, evidence and demonstration judgements hold together before they are loaded."""

from __future__ import annotations

import json
from calendar import monthrange
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SENATE = "us-senate-3899"
LAW = "us-pl119-60-8369"


def read_yaml(path: str) -> dict[str, Any]:
    return yaml.safe_load((FIXTURES / path).read_text(encoding="utf-8"))


def schema_errors(schema_path: str, document: Any) -> list[str]:
    schema = json.loads((FIXTURES / schema_path).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def day(text: str) -> date:
    return date.fromisoformat(text)


PACKS = {slug: read_yaml(f"programs/{slug}.yaml") for slug in (SENATE, LAW)}
EVIDENCE = [
    json.loads(line)
    for line in (FIXTURES / "evidence/syria.jsonl").read_text(encoding="utf-8").splitlines()
]
DEMO = read_yaml(f"demo/{SENATE}.yaml")
ITEMS = {
    condition["code"]: [item["code"] for item in condition["checklist"]]
    for condition in PACKS[SENATE]["conditions"]
}
BY_ID = {row["id"]: row for row in EVIDENCE}
APPROVED = [row for row in DEMO["assessments"] if row["state"] == "approved"]


def label(row: dict[str, Any]) -> str:
    kind = "correction" if "corrects" in row else row["state"]
    return f"{row['cycle']}-{row['condition']}-{kind}"


def each_assessment() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", DEMO["assessments"], ids=label)


def span(cycle: int) -> tuple[date, date]:
    """First day of a cycle of the Senate program, and the day it is due."""
    terms = PACKS[SENATE]["calendar"]
    start = day(terms["anchor"]) + timedelta(days=(cycle - 1) * terms["interval_days"])
    return start, start + timedelta(days=terms["interval_days"])


def known_from(document: dict[str, Any]) -> date | None:
    """First day on which a document can have been read; None if it cannot be placed in time."""
    if document["published_on"]:
        return day(document["published_on"])
    period = document["event_period"]
    if period is None:
        return None
    year, month = (int(period[:4]), int(period[5:] or 12))
    return date(year, month, monthrange(year, month)[1]) + timedelta(days=1)


@pytest.mark.parametrize("slug", PACKS)
def test_a_pack_follows_its_published_schema(slug):
    assert schema_errors("programs/program.schema.json", PACKS[slug]) == []


def test_evidence_follows_its_published_schema():
    assert [
        f"line {number}: {error}"
        for number, row in enumerate(EVIDENCE, start=1)
        for error in schema_errors("evidence/evidence.schema.json", row)
    ] == []


def test_demonstration_judgements_follow_their_schema():
    assert schema_errors("demo/demo.schema.json", DEMO) == []


def put(path: list[str | int], value: Any):
    """A pack that differs from the shipped one in one place."""
    pack = deepcopy(PACKS[SENATE])
    place: Any = pack
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return pack


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["colour"], "red"),
        (["program", "instrument", "stage"], "current law"),
        (["program", "instrument", "stage"], "enacted"),
        (["calendar", "anchor"], "2025-02-30"),
        (["calendar", "anchor"], date(2025, 11, 10)),
        (["calendar", "interval_days"], 0),
        (["status_scale", 0, "affirmative"], False),
        (
            ["conditions", 0, "title"],
            "A title that is much too long for the narrow screen of a phone",
        ),
        (["conditions", 0, "provision", "sources"], []),
        (["conditions", 0, "provision", "sources"], ["javascript:alert(1)"]),
        (["conditions", 0, "checklist"], []),
        (["consecutive_rule", "legal_effect"], "shall"),
    ],
)
def test_the_program_schema_refuses_a_bad_value(path, value):
    assert schema_errors("programs/program.schema.json", put(path, value)) != []


@pytest.mark.parametrize("slug", PACKS)
def test_codes_are_used_once(slug):
    pack = PACKS[slug]
    for codes in (
        [condition["code"] for condition in pack["conditions"]],
        [item["code"] for condition in pack["conditions"] for item in condition["checklist"]],
        [status["code"] for status in pack["status_scale"]],
        [reading["code"] for reading in pack["interpretations"]],
    ):
        assert len(codes) == len(set(codes))


def test_conditions_stand_in_the_agreed_order():
    assert [condition["code"] for condition in PACKS[SENATE]["conditions"]] == [
        "ISIS",
        "MINORITIES",
        "NEIGHBOURS",
        "TERRORISM",
        "FIGHTERS",
        "RIGHTS",
    ]
    assert [condition["code"] for condition in PACKS[LAW]["conditions"]] == [
        f"L{number}" for number in range(1, 9)
    ]


@pytest.mark.parametrize("slug", PACKS)
def test_every_condition_has_three_to_five_items_numbered_under_one_prefix(slug):
    prefix = {SENATE: "S", LAW: "L"}[slug]
    for number, condition in enumerate(PACKS[slug]["conditions"], start=1):
        codes = [item["code"] for item in condition["checklist"]]
        assert 3 <= len(codes) <= 5
        assert codes == [f"{prefix}{number}.{place}" for place in range(1, len(codes) + 1)]


@pytest.mark.parametrize("slug", PACKS)
def test_a_reading_takes_one_of_its_options_and_names_a_known_condition(slug):
    codes = {condition["code"] for condition in PACKS[slug]["conditions"]}
    for reading in PACKS[slug]["interpretations"]:
        assert reading["choice"] in reading["options"], reading["code"]
        assert reading.get("condition") in codes | {None}, reading["code"]


def test_the_crosswalk_reads_the_same_from_both_ends():
    inverse = {"same": "same", "reworded": "reworded", "narrower": "broader", "broader": "narrower"}

    def links(slug):
        return {
            (condition["code"], link["condition"]): link["relation"]
            for condition in PACKS[slug]["conditions"]
            for link in condition["crosswalk"]
        }

    there, back = links(SENATE), links(LAW)
    assert set(there.values()) <= set(inverse)
    assert {(law, senate): inverse[kind] for (senate, law), kind in there.items()} == back
    assert there.keys() == {
        ("ISIS", "L1"),
        ("MINORITIES", "L3"),
        ("NEIGHBOURS", "L4"),
        ("TERRORISM", "L6"),
        ("FIGHTERS", "L2"),
        ("RIGHTS", "L7"),
    }


def test_predecessor_and_successor_name_each_other():
    assert PACKS[SENATE]["program"]["instrument"]["successor"] == LAW
    assert PACKS[LAW]["program"]["instrument"]["predecessor"] == SENATE


def test_only_the_senate_program_is_the_default_and_it_is_never_called_law_in_force():
    assert [slug for slug, pack in PACKS.items() if pack["program"]["default"]] == [SENATE]
    assert PACKS[SENATE]["program"]["instrument"]["stage"] == "superseded"
    assert PACKS[LAW]["program"]["instrument"]["stage"] == "enacted"
    assert "current law" not in json.dumps(PACKS[SENATE]).lower()


def test_evidence_bears_on_known_conditions_and_is_filed_once():
    assert len(EVIDENCE) == 75
    assert len(BY_ID) == len(EVIDENCE)
    addresses = [row["url"] for row in EVIDENCE if row["url"]]
    assert len(addresses) == len(set(addresses))
    for row in EVIDENCE:
        codes = [link["code"] for link in row["conditions"]]
        assert set(codes) <= set(ITEMS)
        assert len(codes) == len(set(codes))


def test_each_closed_cycle_has_one_judgement_of_every_condition():
    first = [(row["cycle"], row["condition"]) for row in APPROVED if "corrects" not in row]
    assert first == [(cycle, code) for cycle in (1, 2, 3) for code in ITEMS]
    assert [closing["cycle"] for closing in DEMO["closings"]] == [1, 2, 3]


def test_two_assessments_of_the_open_cycle_wait():
    waiting = [
        (row["cycle"], row["condition"], row["state"])
        for row in DEMO["assessments"]
        if row["state"] != "approved"
    ]
    assert waiting == [(4, "NEIGHBOURS", "draft"), (4, "TERRORISM", "submitted")]


@each_assessment()
def test_a_judgement_answers_every_item_once_with_a_status_of_the_scale(row):
    scale = {status["code"] for status in PACKS[SENATE]["status_scale"]}
    assert [finding["item"] for finding in row["findings"]] == ITEMS[row["condition"]]
    assert {row["status"], *(finding["status"] for finding in row["findings"])} <= scale


@each_assessment()
def test_a_judgement_holds_from_a_day_inside_its_cycle(row):
    starts_on, due_on = span(row["cycle"])
    assert starts_on <= day(row["valid_from"]) < due_on


@each_assessment()
def test_a_judgement_is_written_after_the_day_it_holds_from_and_approved_after_that(row):
    steps = [
        day(row[key])
        for key in ("valid_from", "drafted_on", "submitted_on", "approved_on")
        if key in row
    ]
    assert steps == sorted(steps)


@each_assessment()
def test_a_judgement_cites_only_documents_on_its_condition_that_could_be_read_by_then(row):
    written = day(row.get("submitted_on") or row["drafted_on"])
    for cited in row["cites"]:
        document = BY_ID[cited]
        assert row["condition"] in {link["code"] for link in document["conditions"]}, cited
        readable = known_from(document)
        assert readable is not None, cited
        assert readable < written, cited


@each_assessment()
def test_a_trend_is_claimed_only_where_there_is_a_status(row):
    assert (row["trend"] is None) == (row["status"] == "U")


@each_assessment()
def test_what_rests_on_one_source_or_on_weak_sources_has_low_confidence(row):
    grades = [BY_ID[cited]["source_reliability"] for cited in row["cites"]]
    if len(grades) < 2 or sum(grade in "AB" for grade in grades) < 2 or row["status"] == "U":
        assert row["confidence"] == "low"


@each_assessment()
def test_a_hard_hurdle_caps_the_status_of_its_condition(row):
    rank = {status["code"]: status["rank"] for status in PACKS[SENATE]["status_scale"]}
    hurdles = {
        item["code"]
        for condition in PACKS[SENATE]["conditions"]
        for item in condition["checklist"]
        if item.get("hard_hurdle")
    }
    if rank[row["status"]] is None:
        return
    for finding in row["findings"]:
        if finding["item"] in hurdles and rank[finding["status"]] is not None:
            assert rank[row["status"]] <= rank[finding["status"]]


@pytest.mark.parametrize("row", [row for row in APPROVED if row["status"] != "U"], ids=label)
def test_a_judgement_cites_both_sides(row):
    stances = {
        link["stance"]
        for cited in row["cites"]
        for link in BY_ID[cited]["conditions"]
        if link["code"] == row["condition"]
    }
    on_file = {
        link["stance"]
        for document in EVIDENCE
        for link in document["conditions"]
        if link["code"] == row["condition"]
        and (readable := known_from(document)) is not None
        and span(row["cycle"])[0] <= readable < day(row["submitted_on"])
    }
    assert on_file & {"supports", "contradicts"} <= stances


def test_a_correction_follows_what_it_corrects_and_was_approved_in_the_next_cycle():
    corrections = [row for row in APPROVED if "corrects" in row]
    assert len(corrections) == 1
    (correction,) = corrections
    earlier = APPROVED[: APPROVED.index(correction)]
    (corrected,) = [
        row
        for row in earlier
        if {"cycle": row["cycle"], "condition": row["condition"]} == correction["corrects"]
    ]
    assert day(corrected["approved_on"]) < day(correction["approved_on"])
    assert span(2)[0] <= day(correction["approved_on"]) < span(2)[1]


def test_judgements_are_approved_near_the_end_of_their_cycle_and_before_it_is_closed():
    closed_on = {closing["cycle"]: day(closing["closed_on"]) for closing in DEMO["closings"]}
    for row in APPROVED:
        due_on = span(row["cycle"])[1]
        if "corrects" not in row:
            approved_on = day(row["approved_on"])
            assert due_on - timedelta(days=14) <= approved_on <= closed_on[row["cycle"]]
    for cycle, closed in closed_on.items():
        assert timedelta(0) <= closed - span(cycle)[1] <= timedelta(days=2)


def test_the_demonstration_says_that_it_is_one():
    assert "Demonstration only" in DEMO["notice"]
    assert "not a finding of any authority" in DEMO["notice"]
