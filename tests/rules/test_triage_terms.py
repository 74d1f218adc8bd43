"""Field terms as people write them: what each form finds, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from conditions.rules.triage import BadTerms, read_terms
from conditions.rules.triage.matching import Matcher
from conditions.rules.triage.terms import read_term
from conditions.rules.triage.tokens import fold, tokens_of

WORDS = {"catch": ["arrest*", "broke up"], "all": ["<catch>", "raid"], "loop": ["<loop>"]}


def lists(**condition: Any) -> Any:
    """Lists of one condition."""
    return read_terms(
        {
            "program": "examples",
            "country": "Syria",
            "words": WORDS,
            "about": ["syria*"],
            "conditions": [{"code": "C1", **condition}],
        }
    )


def finds(term: str, sentence: str) -> bool:
    """Whether a term stands in a sentence."""
    matcher = Matcher(lists(names=[term]))
    return any(one.entry.code for one in matcher.found(matcher.places(tokens_of(sentence))))


@pytest.mark.parametrize(
    ("term", "sentence", "found"),
    [
        ("raid", "Police raid a house.", True),
        ("raid", "Police raided a house.", False),
        ("raid*", "Police raided a house.", True),
        ("state sponsor", "The state sponsor list.", True),
        ("state sponsor", "A sponsor of the state.", False),
        ("church | mosque", "They closed the mosque.", True),
        ("church & bomb*", "A bombing near the church.", True),
        ("church & bomb*", "A quiet day at the church.", False),
        ("army > shell* > border", "The army shelled the border.", True),
        ("army > shell* > border", "Shells hit the border; the army answered.", False),
        ("camp ! birth*", "Arrests in the camp.", True),
        ("camp ! birth*", "A birthday in the camp.", False),
        ("camp & arrest* ! birth* | wedding*", "Arrests at a wedding in the camp.", False),
        ("camp & arrest* ! birth* | wedding*", "A wedding in town.", False),
        ("<catch> & cell", "They broke up a cell.", True),
        ("<all> & cell", "A raid on the cell.", True),
        ("=IS", "The group IS claimed it.", True),
        ("=IS", "This is quiet.", False),
        ("=IS", "WHAT IS NEXT FOR SYRIA", False),
    ],
)
def test_each_form_finds_what_it_says(term: str, sentence: str, found: bool) -> None:
    assert finds(term, sentence) is found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Daîş", "dais"),
        ("al-Qa'ida", "al-Qaida"),
        ("Syria's", "SYRIA"),
        ("Hay’at", "hayat"),
        ("السُّوريّة", "السورية"),
        ("إدلب", "ادلب"),
        ("القاعدة", "قاعده"),
        ("IŞIL", "işil"),
        ("is\u200bis", "isis"),
    ],
)
def test_spellings_of_a_word_have_one_form(one: str, other: str) -> None:
    assert [fold(word) for word in one.split("-")][-1] == [fold(w) for w in other.split("-")][-1]


@pytest.mark.parametrize(
    ("term", "sentence"),
    [
        ("qaida*", "Members of al-Qa'ida were there."),
        ("hol camp", "In al-Hol camp nobody spoke."),
        ("deir zor", "A road near Deir ez-Zor."),
        ("سوري*", "وقالت الداخلية والسورية للصحافة"),
        ("تنظيم داعش", "خلية لتنظيم داعش في ريف دمشق"),
        ("القبض", "ألقي القبض على أحد أفرادها"),
    ],
)
def test_articles_and_prefixes_do_not_hide_a_word(term: str, sentence: str) -> None:
    assert finds(term, sentence)


@pytest.mark.parametrize(
    ("term", "remedy"),
    [
        ("church &", "Write a word on both sides"),
        ("& church", "Write a word on both sides"),
        ("a | | b", "Write a word on both sides"),
        ("***", "Write a word on both sides"),
        ("<nobody> & church", "Use <catch>, <all>, <loop>."),
        ("<loop>", "Write its words out."),
    ],
)
def test_a_term_nobody_can_read_is_refused(term: str, remedy: str) -> None:
    with pytest.raises(BadTerms) as refused:
        lists(names=["church"], contradicts=["raid", term])
    assert refused.value.field == "conditions[0].contradicts[1]"
    assert refused.value.value == term
    assert remedy in refused.value.remedy


def test_a_term_keeps_the_text_a_person_wrote() -> None:
    assert read_term("church & bomb*").text == "church & bomb*"
