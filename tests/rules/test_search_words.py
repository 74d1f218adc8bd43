"""What is typed into a search: never an error of the database, always one reading for both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.rules.passages import Part, marked, opening, passage
from conditions.rules.search_words import (
    LONGEST_SEARCH,
    MOST_WORDS,
    BadSearch,
    Term,
    read_search,
    words_of,
)


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("iran sanctions", ["iran", "sanctions"], []),
        ('"hard line"  iran', ["hard line", "iran"], []),
        ("“hard line” «two words»", ["hard line", "two words"], []),
        ('"never closed', ["never closed"], []),
        ("iran -oil", ["iran"], ["oil"]),
        ('iran -"oil price"', ["iran"], ["oil price"]),
        ("well-known", ["well known"], []),
        ("example.org/page", ["example org page"], []),
        ("title:iran", ["title iran"], []),
        ("iran AND NOT oil", ["iran", "and", "not", "oil"], []),
        ("NEAR(iran oil, 5)", ["near iran", "oil", "5"], []),
        ("{title summary}: iran", ["title", "summary", "iran"], []),
        ("iran iran", ["iran"], []),
        ("iran ' \\ ; -- | & ! <-> :*", ["iran"], []),
        ("iran 🙂", ["iran"], []),
    ],
)
def test_words_phrases_and_exclusions_are_read_and_all_else_is_text(
    typed: str, wanted: list[str], unwanted: list[str]
) -> None:
    search = read_search(typed)
    assert [" ".join(term.words) for term in search.wanted] == wanted
    assert [" ".join(term.words) for term in search.unwanted] == unwanted
    assert not any(term.is_prefix for term in search.wanted)


def test_a_star_behind_a_word_or_phrase_lets_it_go_on() -> None:
    assert read_search("sanct*").wanted == (Term(("sanct",), is_prefix=True),)
    assert read_search('"hard li"*').wanted == (Term(("hard", "li"), is_prefix=True),)
    assert read_search("*sanct").wanted == (Term(("sanct",)),)


@pytest.mark.parametrize(
    ("typed", "key", "address"),
    [
        (" EV-ee915abdd409 ", "ev-ee915abdd409", ""),
        ("ev-doc-000123456789", "ev-doc-000123456789", ""),
        ("ev-ee915abdd409-2", "ev-ee915abdd409-2", ""),
        ("http://Example.org/a/?utm_source=x#top", "", "https://example.org/a"),
        ("https://example.org/" + "a" * 1_500, "", "https://example.org/" + "a" * 1_500),
    ],
)
def test_the_key_or_address_of_a_document_alone_means_that_document(
    typed: str, key: str, address: str
) -> None:
    search = read_search(typed)
    assert (search.key, search.address) == (key, address)
    assert search.typed == typed.strip()
    assert search.wanted == ()


@pytest.mark.parametrize(
    "typed",
    [
        *("ev-ee915abdd40", "ev-charging", "ev-ee915abdd409 iran", "-ev-ee915abdd409"),
        *("see https://example.org/a", "https://a b", "https://user:pass@example.org/"),
        *("ftp://example.org/a", "example.org/a", '"https://example.org"'),
    ],
)
def test_anything_else_beside_a_name_is_words(typed: str) -> None:
    if typed.startswith("-"):
        with pytest.raises(BadSearch, match="no word"):
            read_search(typed)
        return
    search = read_search(typed)
    assert (search.key, search.address) == ("", "")
    assert search.wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café CAFÉ cafe\u0301", "cafe cafe cafe"),
        ("Straße", "strasse"),
        ("العَرَبِيّة", "العربيه"),
        ("الـــعربية", "العربيه"),
        ("حكومة حكومه", "حكومه حكومه"),
        ("موسى موسي موسی", "موسي موسي موسي"),
        ("کردستان كردستان", "كردستان كردستان"),
        ("ٱلدولة مسؤول مسئول", "الدوله مسوول مسيول"),
        ("Sharʿa Sharaʾ Ḥasakah Dāʿish", "shara shara hasakah daish"),
        ("إيران أيران", "ايران ايران"),
        ("٢٠٢٦", "2026"),
        ("a_b\x00c", "a b c"),
        ("U.S.-based", "u s based"),
        ("co\u00adoperate", "cooperate"),
        ("", ""),
        ("🙂 — …", ""),
        ("x" * 200, "x" * 80),
    ],
)
def test_words_are_folded_so_that_both_databases_see_the_same(text: str, words: str) -> None:
    assert " ".join(words_of(text)) == words


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("", "letters or digits"),
        ("   ", "letters or digits"),
        ("🙂", "letters or digits"),
        ('""', "letters or digits"),
        ("* - \" '", "letters or digits"),
        ("-oil", "that they should hold"),
        ("iran\x00", "Take it out"),
        ("x" * 10_000, f"at most {LONGEST_SEARCH} characters"),
        ("a " * (MOST_WORDS + 1), f"at most {MOST_WORDS} words"),
        ("a*", "before the star"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_with_a_remedy(typed: str, remedy: str) -> None:
    with pytest.raises(BadSearch) as refused:
        read_search(typed)
    assert refused.value.field == "q"
    assert len(str(refused.value.value)) <= LONGEST_SEARCH
    assert remedy in refused.value.remedy


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused_and_hands_over_only_letters_and_digits(typed: str) -> None:
    try:
        search = read_search(typed)
    except BadSearch:
        return
    assert search.wanted
    for term in (*search.wanted, *search.unwanted):
        assert all(word.isalnum() for word in term.words)


def hits(parts: tuple[Part, ...]) -> list[str]:
    return [part.text for part in parts if part.is_hit]


def test_hits_are_marked_as_the_text_writes_them_and_nothing_is_lost() -> None:
    text = "The Café of well-known Sanctions, known well <b>and</b> sanctioned."
    parts = marked(text, read_search('cafe "well known" sanct*').wanted)
    assert "".join(part.text for part in parts) == text
    assert hits(parts) == ["Café", "well-known", "Sanctions", "sanctioned"]
    assert hits(marked("في العَرَبِيَّة هنا", read_search("العربية").wanted)) == ["العَرَبِيَّة"]


def test_a_passage_lies_around_the_first_hit() -> None:
    text = "before " * 100 + "Iran now " + "after " * 100
    parts = passage(text, read_search("iran").wanted)
    assert hits(parts) == ["Iran"]
    assert parts[0].text == "… "
    assert parts[-1].text == " …"
    assert sum(len(part.text) for part in parts) < 300
    assert passage(text, read_search("oil").wanted) == ()
    assert opening("short") == (Part("short"),)
    assert len(opening(text)[0].text) <= 260


@given(st.text(max_size=200), st.sampled_from(['a "b c" de*', "1 x", "é"]))
def test_parts_put_together_are_the_text(text: str, typed: str) -> None:
    assert "".join(part.text for part in marked(text, read_search(typed).wanted)) == text
