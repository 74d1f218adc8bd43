"""Files of field terms: those that ship fit their programs, and every fault is told at its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.conf import settings

from conditions.actions.triage_terms import BadTermsFile, read_terms_file, terms_of
from conditions.rules.triage import Triage

PROGRAMS = ("us-senate-3899", "us-pl119-60-8369")
SMALL = """
triage: 1
program: small
country: Syria
about: ["syria*"]
words: {catch: ["arrest*"]}
conditions:
  - code: C1
    names: ["<catch> & cell"]
    items: {C1.1: [cell]}
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "terms.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("slug", PROGRAMS)
def test_the_terms_that_ship_cover_their_program(slug: str) -> None:
    lists = terms_of(slug)
    assert lists is not None
    text = (settings.BASE_DIR / "fixtures/programs" / f"{slug}.yaml").read_text(encoding="utf-8")
    pack = yaml.safe_load(text)
    items = {
        part["code"]: {item["code"] for item in part["checklist"]} for part in pack["conditions"]
    }
    assert [one.code for one in lists.conditions] == list(items)
    for one in lists.conditions:
        assert set(one.items) <= items[one.code]
        assert all(one.stances.values()), one.code


def test_a_program_without_a_file_has_no_terms() -> None:
    assert terms_of("nobody-wrote-one") is None


def test_the_law_takes_the_terms_of_the_amendment_and_adds_its_own() -> None:
    lists = terms_of("us-pl119-60-8369")
    assert lists is not None
    triage = Triage(lists)
    pills = triage.suggest(
        title="Captagon press found in Latakia",
        text="Syria's drug squad raided a workshop and seized a million pills.",
    )
    assert [one.code for one in pills.conditions] == ["L8"]
    assert pills.conditions[0].stance == "supports"
    camp = triage.suggest(title="Syria: ISIS families slip out of al-Hol camp", text="")
    assert [one.code for one in camp.conditions] == ["L1"]
    assert "L1.4" in {item.code for item in camp.conditions[0].items}


def test_a_small_file_is_enough(tmp_path: Path) -> None:
    lists = read_terms_file(written(tmp_path, SMALL))
    found = Triage(lists).suggest(title="Cell arrested in Syria", text="")
    assert [(one.code, one.items[0].code) for one in found.conditions] == [("C1", "C1.1")]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("<catch> & cell", "<caught> & cell", 9, "There is no group of words <caught>."),
        ("<catch> & cell", "cell &", 9, "A part of this term has no word."),
        ("code: C1\n", "code: C1\n    nams: [x]\n", 8, "There is no field nams here."),
        ("country: Syria", "country: 7", 4, "This should be text."),
        ("code: C1\n", "code: C1\n    like: GONE\n", 9, "There is no such condition"),
        ("country: Syria", "country: Syria\nextends: gone", 5, "This program has no field terms."),
        ('about: ["syria*"]\n', "", 2, "This field is missing."),
    ],
)
def test_every_fault_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    with pytest.raises(BadTermsFile) as refused:
        read_terms_file(written(tmp_path, SMALL.replace(old, new)))
    (fault,) = refused.value.faults
    assert fault.message.startswith(message)
    assert fault.line == line
    assert fault.remedy


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTermsFile):
        read_terms_file(written(tmp_path, "a: [b"))
