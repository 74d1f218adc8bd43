"""Which side a document takes: the cues, what turns them, and the reason that is told."""

from __future__ import annotations

import pytest

from conditions.rules.triage import ConditionSuggestion, Setting, Triage, read_terms

LISTS = read_terms(
    {
        "program": "examples",
        "country": "Syria",
        "about": ["syria*", "سوري*"],
        "conditions": [
            {
                "code": "C1",
                "names": ["coalition", "foreign fighter*", "تحالف"],
                "supports": [
                    "joined | join",
                    "foreign fighter* & removed | arrested ! retired",
                    "انضمت",
                ],
                "contradicts": [
                    "foreign fighter* & promoted",
                    "army > shelled > border",
                    "failed > remove",
                ],
                "neutral": ["analyst*"],
            }
        ],
    }
)


def read(title: str, text: str = "", *, neutral_share: float = 0.75) -> ConditionSuggestion:
    triage = Triage(LISTS, Setting(threshold=0.1, neutral_share=neutral_share))
    (condition,) = triage.suggest(title=title, text=text).conditions
    return condition


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("Syria joined the coalition.", "supports"),
        ("Syria has not joined the coalition.", "contradicts"),
        ("Syria refused to join the coalition.", "contradicts"),
        ("Washington urged Syria to join the coalition.", "neutral"),
        ("Syria should join the coalition.", "neutral"),
        ("Syria denied that it had joined the coalition.", "neutral"),
        ("وقالت سوريا ونفت أنها انضمت إلى التحالف", "neutral"),
        ("Syria could have joined the coalition.", "neutral"),
        ("Has Syria joined the coalition?", "neutral"),
        ("هل انضمت سوريا إلى التحالف؟", "neutral"),
        ("That Syria joined the coalition is false.", "neutral"),
        ("Syria removed a foreign fighter who had retired.", "neutral"),
        ("Syria promoted foreign fighters.", "contradicts"),
        ("Syria never promoted foreign fighters.", "neutral"),
        ("Syria denied it had promoted foreign fighters.", "neutral"),
        ("No foreign fighter was removed in Syria.", "contradicts"),
        ("The coalition says that Syria failed to remove anybody.", "contradicts"),
        ("The army of Syria shelled the border, the coalition says.", "contradicts"),
        ("انضمت سوريا إلى التحالف", "supports"),
        ("قالت الوزارة لم انضمت سوريا إلى التحالف", "contradicts"),
        ("The coalition met in Syria.", "neutral"),
        ("Syria joined the coalition, which collapsed.", "contradicts"),
        ("Syria joined the coalition before the long war ended.", "supports"),
    ],
)
def test_a_cue_counts_as_it_stands_in_its_sentence(sentence: str, stance: str) -> None:
    assert read(sentence).stance == stance


def test_order_decides_who_did_it() -> None:
    hit = "The border of Syria was shelled and the army of the coalition left."
    assert read("Coalition in Syria", hit).stance == "neutral"
    assert read("Coalition in Syria", "The army shelled the border.").stance == "contradicts"


def test_both_sides_alike_are_neutral() -> None:
    text = "Foreign fighters were arrested. Foreign fighters were promoted."
    assert read("Syria", text).stance == "neutral"
    assert read("Syria arrested foreign fighters", text).stance == "supports"


def test_a_sentence_takes_a_side_once_however_many_cues_it_has() -> None:
    text = "Syria joined, and removed foreign fighters. Analysts differ. Analysts doubt it."
    assert read("The coalition", text).stance == "neutral"


def test_a_title_lends_nothing_to_a_cue_that_it_rules_out() -> None:
    found = read("Retired foreign fighters in Syria", "Forty were arrested on Monday.")
    assert found.stance_reason == "No cue to either side."


def test_cues_without_a_side_weigh_as_much_as_the_setting_says() -> None:
    text = "Syria joined the coalition, an analyst says. Analysts differ."
    assert read("News", text, neutral_share=0.25).stance == "supports"
    assert read("News", text, neutral_share=1.0).stance == "neutral"


def test_a_sentence_may_rely_on_what_the_title_names() -> None:
    found = read("Foreign fighters in Syria", "Forty were arrested on Monday.")
    assert (found.stance, found.stance_reason) == ("supports", "Cues: 1 for (“arrested”).")


def test_the_reason_counts_and_quotes_the_cues() -> None:
    found = read("Syria joined the coalition", "Analysts differ. It has not joined the coalition.")
    assert found.stance_reason == (
        "Cues: 2 for (“joined”); 1 against (“joined”); 1 without a side (“analysts”)."
    )
    assert read("The coalition in Syria").stance_reason == "No cue to either side."
