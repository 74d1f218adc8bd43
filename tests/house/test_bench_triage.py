"""The benchmark of triage: events stay together, figures are right, and the command runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.triage.documents import DEFAULT, PAGES, PROGRAMS, Document, labelled, outside, shipped
from bench.triage.figures import ItemTally, Tally
from bench.triage.folds import folds
from bench.triage.measuring import Plan, cross_validated, faults, items_suggested, terms
from bench.triage.readings import readings_of

ROOT = Path(__file__).resolve().parents[2]


def test_documents_on_one_event_are_never_on_both_sides() -> None:
    documents = shipped(DEFAULT)
    judged = []
    for train, test in folds(documents, number=5, seed=1):
        assert not {one.event for one in train} & {one.event for one in test}
        assert len(train) + len(test) == len(documents)
        judged += [one.key for one in test]
    assert sorted(judged) == sorted(one.key for one in documents)


def test_the_same_seed_makes_the_same_folds() -> None:
    documents = shipped(DEFAULT)
    first, again, other = (list(folds(documents, number=5, seed=seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_the_figures_are_counted_as_they_are_defined() -> None:
    tally = Tally(("A", "B"))
    both = Document("1", "", "", "1", {"A": "supports", "B": "neutral"})
    none = Document("2", "", "", "2", {})
    tally.add_conditions(both, ["A"])
    tally.add_conditions(none, ["A"])
    tally.add_about(both, about=True)
    tally.add_about(none, about=True)
    tally.add_about(none, about=False)
    tally.add_stance("A", said="supports", meant="supports")
    tally.add_stance("B", said="supports", meant="neutral")
    assert (tally.precision("A"), tally.recall("A")) == (0.5, 1.0)
    assert tally.f1("A") == pytest.approx(2 / 3)
    assert tally.micro == pytest.approx(0.5)
    assert tally.macro == pytest.approx(1 / 3)
    assert tally.stance == 0.5
    assert (tally.away_precision, tally.away_recall) == (1.0, 0.5)


def test_items_are_counted_where_they_were_filed() -> None:
    tally = ItemTally()
    tally.add(said=frozenset({"S1", "S2"}), meant=frozenset({"S2", "S3", "S4"}))
    assert (tally.precision, tally.recall) == (0.5, pytest.approx(1 / 3))
    pages = [one for one in outside(DEFAULT) if one.items is not None]
    measured = items_suggested(DEFAULT, [*shipped(DEFAULT), *pages])
    assert measured.right + measured.missed == sum(len(one.items or ()) for one in pages) > 30
    assert measured.right > measured.wrong + measured.missed


def test_no_page_outside_the_evidence_is_in_it() -> None:
    evidence = (ROOT / "fixtures/evidence/syria.jsonl").read_text(encoding="utf-8")
    keys = {one.key for one in outside(DEFAULT)}
    assert len(keys) == len(outside(DEFAULT)) > 120
    assert {one.kind for one in outside(DEFAULT)} == set(PAGES)
    assert not [key for key in keys if key in evidence]


@pytest.mark.parametrize("program", PROGRAMS)
def test_field_terms_do_better_than_the_baselines(program: str) -> None:
    documents, plan = shipped(program), Plan(repeats=1, folds=2)
    read = readings_of(documents, terms(program))
    measured = {
        method: cross_validated(program, documents, read, plan, method)[0]
        for method in ("field terms", "words of the titles", "most frequent")
    }
    ours = measured.pop("field terms")
    for baseline in measured.values():
        assert ours.micro > baseline.micro
        assert ours.macro > baseline.macro
        assert ours.stance > baseline.stance
    assert set(labelled(program)) <= {one.code for one in terms(program).conditions}


def test_a_wrong_answer_would_be_told() -> None:
    documents = [one for one in shipped(DEFAULT) if one.codes][:2]
    assert list(faults(DEFAULT, documents)) == []


@pytest.mark.faults
def test_the_command_prints_every_table(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "triage", "--program", DEFAULT]
    command += ["--repeats", "1", "--folds", "2"]
    env = {**os.environ, "DATA_DIR": str(tmp_path), "PYTHONWARNINGS": ""}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = (
        "| field terms",
        "| naive Bayes",
        "| most frequent",
        "| MINORITIES",
        "| evidence, never",
    )
    for row in (*rows, "| reworded copies found", "| pages outside, held out", "| checklist items"):
        assert row in done.stdout
