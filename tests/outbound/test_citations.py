"""Citations in every form: read back by other readers, and nothing slips out of its line."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from conditions.outbound.citations import FORMS, UnknownForm, form_named, written
from conditions.outbound.citations.texts import is_of_another_script
from conditions.queries.works import Work

ARABIC = "عقوبات على «سوريا»: ٢٠٢٦"
NEWS = Work(
    key="ev-ee915abdd409",
    title="Sanctions eased",
    url="https://example.org/a?b=1&c=2",
    reference="",
    publisher="The Example Post",
    published_on=date(2025, 11, 9),
    language="en",
    summary="A first step.",
    grade="B2",
    is_news=True,
    seen_on=date(2025, 11, 10),
)
PAPER = replace(
    NEWS,
    key="ev-doc-000000000001",
    title=ARABIC,
    url="",
    reference="Vol. 1, no. 2",
    publisher="وكالة",
    published_on=None,
    language="ar-SY",
    is_news=False,
)
HOSTILE = (
    "A\r\nER  - \r\nTY  - BOOK {b} }} {{c}} | [[d]] \\e @f{g, % & $ # _ ~ ^ <ref>h</ref> "
    "'''i''' ~~~~ __NOTOC__ &lt; \u2028TI  - j\x00\x85ER  -\x0bk"
)


def text(form: str, *works: Work) -> str:
    return written(form_named(form), works).decode()


def test_ris_is_read_back() -> None:
    told = text("ris", NEWS, PAPER)
    assert told.count("\r\n") == told.count("\n")
    news, paper = rispy.loads(told)
    assert news == {
        "type_of_reference": "NEWS",
        "title": "Sanctions eased",
        "secondary_title": "The Example Post",
        "publisher": "The Example Post",
        "year": "2025",
        "date": "2025/11/09",
        "language": "en",
        "access_date": "2025/11/10",
        "abstract": "A first step.",
        "label": "ev-ee915abdd409",
        "notes": ["Admiralty grade B2"],
        "urls": ["https://example.org/a?b=1&c=2"],
    }
    assert (paper["type_of_reference"], paper["title"]) == ("RPRT", ARABIC)
    assert paper["number"] == "Vol. 1, no. 2"
    assert {"year", "date", "urls", "access_date"}.isdisjoint(paper)
    assert rispy.loads(text("ris", replace(NEWS, is_news=False)))[0]["type_of_reference"] == "ELEC"


def test_bibtex_is_read_back() -> None:
    read = bibtexparser.parse_string(text("bib", NEWS, PAPER, NEWS))
    assert not read.failed_blocks
    news, paper, again = read.entries
    fields = {field.key: field.value for field in news.fields}
    assert (news.entry_type, news.key) == ("online", "ev-ee915abdd409")
    assert fields["title"] == "{Sanctions eased}"
    assert (fields["date"], fields["year"], fields["urldate"]) == (
        *("2025-11-09", "2025"),
        "2025-11-10",
    )
    assert fields["url"] == "https://example.org/a?b=1&c=2"
    assert (paper.entry_type, paper.fields_dict["title"].value) == ("misc", f"{{{ARABIC}}}")
    assert again.key == "ev-ee915abdd409-2"


def test_wikitext_names_the_template_that_fits() -> None:
    assert text("wiki", NEWS) == (
        "{{cite news |title=Sanctions eased |url=https://example.org/a?b=1&c=2 "
        "|work=The Example Post |date=9 November 2025 |access-date=10 November 2025}}\n"
    )
    assert text("wiki", replace(NEWS, is_news=False, language="fr")) == (
        "{{cite web |title=Sanctions eased |url=https://example.org/a?b=1&c=2 "
        "|publisher=The Example Post |date=9 November 2025 |language=fr "
        "|access-date=10 November 2025}}\n"
    )
    assert text("wiki", PAPER) == (
        f"{{{{citation |script-title=ar:{ARABIC} |publisher=وكالة |id=Vol. 1, no. 2 "
        "|language=ar}}\n"
    )
    assert "|url=https://example.org/%7Ca%7D%7D&b%5B " in text(
        "wiki", replace(NEWS, url="https://example.org/|a}}&b[")
    )


def test_plain_text_is_a_sentence() -> None:
    assert text("plain", NEWS, PAPER) == (
        "The Example Post, “Sanctions eased”, 9 November 2025, "
        "https://example.org/a?b=1&c=2 (seen 10 November 2025).\n"
        f"وكالة, “{ARABIC}”, undated, Vol. 1, no. 2.\n"
    )


@pytest.mark.parametrize("name", [form.name for form in FORMS])
def test_no_text_leaves_its_place(name: str) -> None:
    hostile = replace(
        NEWS, title=HOSTILE, publisher=HOSTILE, summary=HOSTILE, reference=HOSTILE, language="en"
    )
    require_in_place(name, hostile)


@given(st.text(max_size=80), st.text(max_size=40))
def test_no_text_whatever_leaves_its_place(title: str, reference: str) -> None:
    work = replace(NEWS, title=f"x {title}", publisher=f"y{reference}", reference=reference)
    for form in FORMS:
        require_in_place(form.name, work)


def require_in_place(name: str, work: Work) -> None:
    """That the form holds this document and one more, each whole, and nothing besides."""
    told = text(name, work, PAPER)
    if name == "ris":
        first, second = rispy.loads(told)
        assert first["title"] == " ".join(work.title.split()).replace("\x00", "") or (
            not work.title.isprintable()
        )
        assert second["title"] == ARABIC
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in told.split("\r\n") if line)
    elif name == "bib":
        read = bibtexparser.parse_string(told)
        assert not read.failed_blocks
        assert [entry.key for entry in read.entries] == [work.key, PAPER.key]
        assert read.entries[1].fields_dict["title"].value == f"{{{ARABIC}}}"
    else:
        assert len(told.splitlines()) == 2
        assert ARABIC in told.splitlines()[1]
    if name == "wiki":
        first = told.splitlines()[0]
        title = "script-title" if is_of_another_script(work.title) else "title"
        assert first.startswith(f"{{{{cite news |{title}=")
        assert first.endswith("}}")
        assert not re.search(r"[{}\[\]<>]|''|~~~|__", first[2:-2])
        assert re.findall(r"\|([a-z-]+)=", first)[:1] == [title]


def test_bibtex_writes_signs_as_tex_reads_them() -> None:
    told = text("bib", replace(NEWS, title="50% of {a} & b_c #1 $2 ~d ^e \\f"))
    assert (
        r"title = {{50\% of \textbraceleft{}a\textbraceright{} \& b\_c \#1 \$2 "
        r"\textasciitilde{}d \textasciicircum{}e \textbackslash{}f}}" in told
    )


def test_an_unknown_form_is_refused_with_those_on_offer() -> None:
    with pytest.raises(UnknownForm) as refused:
        form_named("docx")
    assert refused.value.remedy == "Use one of ris, bib, wiki, plain."
