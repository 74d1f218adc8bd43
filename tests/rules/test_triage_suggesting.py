"""What triage suggests, on small texts of our own; and what no text can do to it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.triage import Passage, Setting, Suggestion, Triage, read_terms
from conditions.rules.triage.passages import LONGEST_TEXT, sentences_of

LISTS = read_terms(
    {
        "program": "examples",
        "country": "Syria",
        "words": {"isis": ["isis", "islamic state", "داعش"]},
        "about": ["syria*", "damascus", "سوري*", "دمشق"],
        "conditions": [
            {
                "code": "ISIS",
                "names": ["<isis>"],
                "signs": ["cell", "raid*", "خليه"],
                "supports": ["<isis> & arrest* | captured | تفكيك*"],
                "contradicts": ["<isis> & escap*"],
                "items": {"S1.2": ["<isis> & raid*"], "S1.3": ["escap*"]},
            },
            {
                "code": "RIGHTS",
                "names": ["massacre* & trial | court", "war crime*"],
                "signs": ["court", "judge*"],
                "neutral": ["inquiry"],
            },
        ],
    }
)
TRIAGE = Triage(LISTS)


def suggest(title: str, text: str = "") -> Suggestion:
    return TRIAGE.suggest(title=title, text=text)


def codes(suggestion: Suggestion) -> list[str]:
    return [condition.code for condition in suggestion.conditions]


def passages(suggestion: Suggestion) -> Iterator[Passage]:
    for condition in suggestion.conditions:
        yield from condition.passages
        for item in condition.items:
            yield from item.passages


def test_a_document_on_two_conditions_gets_both_the_stronger_first() -> None:
    found = suggest(
        "Court in Damascus opens trial over massacre",
        "A judge read the names. The court heard of war crimes. An ISIS cell was raided in Syria.",
    )
    assert codes(found) == ["RIGHTS", "ISIS"]
    assert found.about
    assert found.conditions[0].score > found.conditions[1].score >= 50


def test_the_country_has_to_be_named() -> None:
    found = suggest("ISIS cell raided in Mali", "The court heard of war crimes.")
    assert (found.about, found.conditions) == (False, ())
    assert found.reason == "No place, body or person of Syria is named."


def test_a_country_without_a_condition_is_not_about_the_program() -> None:
    found = suggest("Museum in Damascus reopens", "Visitors came from all over Syria.")
    assert (found.about, found.conditions) == (False, ())
    assert found.reason == "Syria is named, but nothing any condition speaks of."


def test_signs_alone_are_nothing() -> None:
    assert codes(suggest("Court in Damascus", "The judge heard the case in court, a raid.")) == []


def test_a_country_named_late_and_once_is_told() -> None:
    text = "One. Two. Islamic State lost. Three. It had held land in Syria."
    assert suggest("ISIS in Africa", text).reason.endswith("perhaps only in passing.")
    assert "first sentence" in suggest("ISIS in Syria", text).reason


def test_what_is_weak_beside_the_strongest_is_left_out() -> None:
    text = "ISIS in Syria. ISIS again. The court heard of war crimes."
    strict = Triage(LISTS, Setting(threshold=0.1, share=0.99))
    lenient = Triage(LISTS, Setting(threshold=0.1, share=0.0))
    assert codes(strict.suggest(title="Islamic State", text=text)) == ["ISIS"]
    assert codes(lenient.suggest(title="Islamic State", text=text)) == ["ISIS", "RIGHTS"]


def test_a_title_says_more_than_a_sentence() -> None:
    in_title = suggest("ISIS in Syria", "A quiet day.").conditions[0].score
    in_text = suggest("A quiet day", "ISIS in Syria.").conditions[0].score
    assert in_title > in_text


def test_checklist_items_are_suggested_with_their_own_passages() -> None:
    found = suggest("Syria", "ISIS was raided in Syria. Ten men escaped.").conditions[0]
    items = {item.code: [passage.text for passage in item.passages] for item in found.items}
    assert items == {"S1.2": ["ISIS was raided in Syria."], "S1.3": ["Ten men escaped."]}


def test_passages_stand_where_they_say_and_mark_their_words() -> None:
    text = "  Quiet.\n\nIn Syria an Islamic State cell was found! Nothing else."
    (passage,) = suggest("News", text).conditions[0].passages
    assert text[passage.start : passage.end] == "In Syria an Islamic State cell was found!"
    assert [text[start:end] for start, end in passage.words] == ["Islamic State", "cell"]
    assert passage.terms == ("Islamic State", "cell")
    assert passage.part == "text"


def test_arabic_script_is_read() -> None:
    found = suggest("تفكيك خلية لداعش في ريف دمشق", "أعلنت الداخلية السورية تفكيك الخلية.")
    assert codes(found) == ["ISIS"]
    assert found.conditions[0].stance == "supports"
    assert [passage.part for passage in found.conditions[0].passages] == ["title", "text"]


@pytest.mark.parametrize(
    "lines",
    [
        "Home | World | Islamic State | Opinion",
        "Tags: Islamic State, massacre trial",
        "Related stories\nIslamic State suspects captured\nMassacre trial opens",
        "اقرأ أيضا: داعش في سوريا",
    ],
)
def test_menus_and_related_stories_are_not_read(lines: str) -> None:
    account = "A hotel opened in Damascus."
    assert not suggest("Syria", f"{lines}\n{account}").about
    assert not suggest("Syria", f"{account}\n{lines}").about
    assert codes(suggest("Syria", f"{lines}\nThe court held a massacre trial.")) == ["RIGHTS"]


def test_a_full_sentence_is_read_whatever_it_begins_with() -> None:
    assert codes(suggest("Syria", "Related arrests of Islamic State men followed.")) == ["ISIS"]
    long = "Share of the Islamic State men whom Syria has arrested " + "and tried " * 10
    assert codes(suggest("Syria", long)) == ["ISIS"]


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    sentences = sentences_of("", "The U.S. Treasury said so. Gen. Bakir did not.")
    assert [one.end - one.start for one in sentences[1:]] == [26, 19]


@pytest.mark.parametrize("text", ["", " \n\t ", "...", "\x00\x01", "😀" * 20, "‮ ", "\ud800"])
def test_a_text_without_words_is_not_about_the_program(text: str) -> None:
    assert suggest(text, text).about is False


@pytest.mark.parametrize(
    "text",
    [
        "ISIS in Syria " * 100_000,
        " " * 1_000_000 + "ISIS in Syria",
        "." * 1_000_000,
        '"' * 1_000_000,
        "a'" * 500_000,
        "x" * 1_000_000,
        "\n" * 1_000_000,
        "ISIS\u200b" * 200_000,
        "<script>ISIS</script> in Syria & <b>" * 20_000,
        "ا" * 1_000_000,
    ],
)
def test_a_huge_or_hostile_text_takes_seconds_at_most(text: str) -> None:
    begun = time.process_time()
    for passage in passages(suggest("Syria", text)):
        assert text[passage.start : passage.end] == passage.text or passage.part == "title"
    assert time.process_time() - begun < 20


def test_what_lies_beyond_the_longest_text_is_not_read() -> None:
    filler = "quiet " * (LONGEST_TEXT // 6 + 10)
    said = "ISIS was here. " * 20
    assert codes(suggest("Syria", said + filler)) == ["ISIS"]
    assert codes(suggest("Syria", filler + said)) == []


_PIECES = ["Syria", "ISIS", "war crimes", "trial", "massacre", ". ", "\n", " ", "الـداعش", "'", "é"]


@given(st.text(max_size=60), st.lists(st.sampled_from(_PIECES) | st.text(max_size=5)))
def test_every_place_is_exact_and_every_answer_the_same(title: str, pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = suggest(title, text)
    assert found == suggest(title, text)
    assert found.about == bool(found.conditions)
    for passage in passages(found):
        whole = title if passage.part == "title" else text
        assert whole[passage.start : passage.end] == passage.text
        for start, end in passage.words:
            assert passage.start <= start < end <= passage.end
    for condition in found.conditions:
        assert 0 < condition.score < 100


def test_the_answer_does_not_hang_on_the_hash_seed() -> None:
    script = (
        "from tests.rules.test_triage_suggesting import suggest;"
        "print(suggest('ISIS raid in Syria', 'An escape. War crimes, court. Islamic State.'))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1
