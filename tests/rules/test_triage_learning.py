"""What corrections teach: words proposed to whoever keeps the lists, never used by themselves."""

from __future__ import annotations

from conditions.rules.triage import Example, Lesson, Triage, proposals, read_terms
from conditions.rules.triage.learning import FEWEST_EXAMPLES

LISTS = read_terms(
    {
        "program": "examples",
        "country": "Syria",
        "about": ["syria*"],
        "conditions": [{"code": "C1", "names": ["smuggl*"]}, {"code": "C2", "names": ["court"]}],
    }
)


def examples(on_it: int, others: int, word: str = "serghaya") -> list[Example]:
    """Documents on C1 that have the word, and documents on nothing that do not."""
    with_it = [Example(f"Smugglers near {word} again", frozenset({"C1"}))] * on_it
    return with_it + [Example("Quiet day", frozenset())] * others


def test_a_word_shared_by_most_documents_on_a_condition_is_proposed() -> None:
    found = proposals(LISTS, examples(8, 20))
    assert Lesson("C1", "serghaya", 8, 8) in found
    assert {one.code for one in found} == {"C1"}


def test_a_word_the_list_looks_for_already_is_not_proposed() -> None:
    assert "smugglers" not in {one.word for one in proposals(LISTS, examples(8, 20))}


def test_a_word_of_every_document_is_not_proposed() -> None:
    common = [Example("Quiet serghaya", frozenset())] * 20
    assert "serghaya" not in {one.word for one in proposals(LISTS, [*examples(8, 0), *common])}


def test_few_examples_teach_nothing() -> None:
    assert proposals(LISTS, examples(FEWEST_EXAMPLES - 1, 0)) == ()
    assert proposals(LISTS, examples(4, 40)) == ()


def test_a_correction_to_an_unknown_condition_teaches_nothing() -> None:
    strange = [Example("Serghaya again", frozenset({"GONE"}))] * 30
    assert proposals(LISTS, strange) == ()


def test_proposals_change_no_suggestion() -> None:
    before = Triage(LISTS).suggest(title="Serghaya in Syria", text="")
    proposals(LISTS, examples(30, 30))
    assert Triage(LISTS).suggest(title="Serghaya in Syria", text="") == before
    assert not before.about
