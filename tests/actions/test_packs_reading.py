"""Reading packs: sound ones are taken, and everything wrong with the others is told at once."""

from __future__ import annotations

import pytest

from conditions.actions.packs import BadPack, read_pack
from tests import packs


def faults_of(text):
    with pytest.raises(BadPack) as refusal:
        read_pack(text)
    return refusal.value.faults


def fault_at(path, text):
    found = [fault for fault in faults_of(text) if fault.path == path]
    assert len(found) == 1, [str(fault) for fault in faults_of(text)]
    return found[0]


@pytest.mark.parametrize("file", [packs.SENATE, packs.LAW], ids=lambda file: file.stem)
def test_the_shipped_packs_are_sound(file):
    assert read_pack(file).slug == file.stem


def test_the_fingerprint_is_of_what_a_pack_says_not_of_its_layout():
    text = packs.dumped(packs.content())
    assert read_pack(f"# a comment\n{text}\n").sha256 == read_pack(text).sha256


def test_twelve_planted_errors_are_all_told_with_their_paths():
    pack = packs.content()
    pack["program"]["time_zone"] = "America/NewYork"
    pack["program"]["instrument"]["stage"] = "current law"
    pack["program"]["colour"] = "red"
    pack["calendar"]["until"] = "2025-11-10"
    pack["status_scale"][3]["rank"] = 7
    pack["reminder_ladder"]["before"] = [7, 14]
    pack["consecutive_rule"]["periods"] = 99
    del pack["conditions"][0]["title"]
    pack["conditions"][0]["in_force_until"] = "2025-01-01"
    pack["conditions"][1]["checklist"][1]["code"] = "B.1"
    pack["conditions"][1]["checklist"][0]["evidence_rule"]["one_at_least"] = "F"
    pack["interpretations"][0]["choice"] = "Another day"
    faults = faults_of(packs.dumped(pack))
    assert {fault.path for fault in faults} == {
        "program.time_zone",
        "program.instrument.stage",
        "program",
        "calendar.until",
        "status_scale.rank",
        "reminder_ladder.before",
        "consecutive_rule.periods",
        "conditions[0].title",
        "conditions[0].in_force_until",
        "conditions[1].checklist[1].code",
        "conditions[1].checklist[0].evidence_rule.one_at_least",
        "interpretations[0].choice",
    }
    assert len(faults) == 12
    assert all(fault.line and fault.remedy for fault in faults)


def test_a_fault_names_line_value_and_remedy():
    text = packs.dumped(packs.content()).replace("interval_days: 120", "interval_days: 3")
    fault = fault_at("calendar.interval_days", text)
    assert text.splitlines()[fault.line - 1].strip() == "interval_days: 3"
    assert fault.value == 3
    assert "Give 7 or more." in str(fault)


@pytest.mark.parametrize(
    ("path", "old", "new", "word"),
    [
        ("calendar.anchor", "anchor: '2025-11-10'", "anchor: 2025-11-10", "quotes"),
        ("calendar.anchor", "anchor: '2025-11-10'", "anchor: 2025-13-45", "exists"),
        ("calendar.interval_days", "\n  interval_days: 120", "\n  interval_days: 120.0", "seven"),
        ("status_scale[0].code", "- code: '0'", "- code: 0", "quotes"),
        ("status_scale[0].affirmative", "affirmative: 'no'", "affirmative: no", "quotes"),
        ("program.default", "default: false", "default: false\n  default: true", "Keep one"),
        ("calendar.roll", "roll: none", "roll: 'sideways'", "none, next, previous"),
        ("program.title", "title: 'Syria", 'title: "\\0Syria', "broken"),
    ],
)
def test_the_traps_of_yaml_are_explained(path, old, new, word):
    text = packs.dumped(packs.content())
    assert old in text
    broken = text.replace(old, new, 1)
    if new.count('"') == 1:
        broken = broken.replace("120 days'\n", '120 days"\n', 1)
    assert word in f"{fault_at(path, broken)} seven"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("a: [", "YAML"),
        ("a: &x 1\nb: *x", "alias"),
        ("[" * 5000, "nested"),
        ("!!python/object/apply:os.system ['true']", "constructor"),
        ("a: b: c", "not allowed"),
        ("x" * 2_000_001, "large"),
    ],
    ids=["empty", "torn", "alias", "deep", "object", "colon", "huge"],
)
def test_what_is_no_plain_yaml_is_refused_before_anything_else(text, word):
    (fault,) = faults_of(text)
    assert word in str(fault)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    assert "cannot be read" in str(faults_of(tmp_path / "none.yaml")[0])
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("título: ñ".encode("latin-1"))
    assert "UTF-8" in str(faults_of(latin)[0])


def test_codes_are_unique_and_names_lead_somewhere():
    pack = packs.content()
    pack["conditions"][1]["code"] = "ALPHA"
    pack["conditions"][0]["crosswalk"] = [
        packs.linked("test-act", "BETA"),
        packs.linked("other", "X"),
        packs.linked("other", "X"),
    ]
    pack["interpretations"].append(packs.reading() | {"condition": "GAMMA"})
    pack["program"]["instrument"]["successor"] = "test-act"
    assert {fault.path for fault in faults_of(packs.dumped(pack))} == {
        "conditions[1].code",
        "conditions[0].crosswalk[0].program",
        "conditions[0].crosswalk[2]",
        "interpretations[1].code",
        "interpretations[1].condition",
        "program.instrument.successor",
    }
