"""What a Word file is made of: an accessible document, tables whose heads repeat, links, one form.

Nothing here knows of reports; text is taken as it comes and freed of what XML cannot carry.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FONT = "Arial"
GREY = RGBColor(0x59, 0x59, 0x59)
PALE = RGBColor(0xBF, 0xBF, 0xBF)
# A file inside the archive must carry a date; this is the first that one can carry.
NO_DATE = (1980, 1, 1, 0, 0, 0)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RIGHT_TO_LEFT = ("ar", "ckb", "fa", "he", "ps", "syr", "ur")


def new_document() -> WordDocument:
    """An empty document in our type, on A4, its language English."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.9)
    section.top_margin = section.bottom_margin = Cm(1.8)
    for name, size in (
        *(("Normal", 10), ("Title", 20), ("Heading 1", 15), ("Heading 2", 12.5)),
        *(("Heading 3", 10.5), ("List Bullet", 10), ("List Number", 10)),
    ):
        _dress(document.styles[name], size)
    document.styles["Normal"].paragraph_format.space_after = Pt(5)
    return document


def _dress(style: Any, size: float) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    # The theme's fonts would win over the ones named.
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(theme), None)


def plain(text: str) -> str:
    """The text without the characters that XML cannot carry."""
    return _NOT_XML.sub("", text)


def say(paragraph: Paragraph, text: str, *, bold: bool = False, grey: bool = False) -> Run:
    """Adds words to a paragraph."""
    run = paragraph.add_run(plain(text))
    run.bold = bold or None
    if grey:
        run.font.color.rgb = GREY
    return run


def fact(document: WordDocument, name: str, text: str) -> None:
    """Adds a paragraph of a name in bold and what holds of it."""
    paragraph = document.add_paragraph()
    say(paragraph, f"{name}. ", bold=True)
    say(paragraph, text)


def say_in(paragraph: Paragraph, text: str, language: str) -> Run:
    """Adds words of another language, told as such; written from the right where it is."""
    run = say(paragraph, text)
    if not language:
        return run
    properties = run._r.get_or_add_rPr()
    from_right = language.partition("-")[0].lower() in _RIGHT_TO_LEFT
    if from_right:
        properties.append(OxmlElement("w:rtl"))
    mark = OxmlElement("w:lang")
    mark.set(qn("w:bidi" if from_right else "w:val"), plain(language)[:20])
    properties.append(mark)
    return run


def link(paragraph: Paragraph, address: str, text: str, language: str = "") -> None:
    """Adds a link to an address of the web; any other address stays plain text."""
    if not address.lower().startswith(("http://", "https://")):
        say_in(paragraph, text, language)
        return
    relation = paragraph.part.relate_to(
        plain(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True
    )
    _wrap(paragraph, say_in(paragraph, text, language), "r:id", relation)


def jump(paragraph: Paragraph, place: str, text: str) -> None:
    """Adds a link to a bookmark of the same document."""
    _wrap(paragraph, say(paragraph, text), "w:anchor", place)


def _wrap(paragraph: Paragraph, run: Run, kind: str, target: str) -> None:
    wrapper = OxmlElement("w:hyperlink")
    wrapper.set(qn(kind), target)
    run.font.underline = True
    wrapper.append(run._r)
    paragraph._p.append(wrapper)


def bookmark(paragraph: Paragraph, place: str, number: int) -> None:
    """Marks the beginning of a paragraph as a place to jump to; ``number`` is its own."""
    for tag, name in (("w:bookmarkEnd", ""), ("w:bookmarkStart", place)):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), str(number))
        if name:
            mark.set(qn("w:name"), name)
        at = 1 if paragraph._p.pPr is not None else 0
        paragraph._p.insert(at, mark)


def table(document: WordDocument, heads: Sequence[str], widths: Sequence[float], about: str) -> Any:
    """An empty table whose head repeats on each page; ``widths`` in cm, ``about`` to be heard."""
    made = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    made.autofit = False
    for tag in ("w:tblCaption", "w:tblDescription"):
        told = OxmlElement(tag)
        told.set(qn("w:val"), plain(about))
        made._tbl.tblPr.append(told)
    first = made.rows[0]
    repeats = OxmlElement("w:tblHeader")
    repeats.set(qn("w:val"), "true")
    first._tr.get_or_add_trPr().append(repeats)
    for cell, column, head, width in zip(first.cells, made.columns, heads, widths, strict=True):
        cell.width = column.width = Cm(width)
        say(cell.paragraphs[0], head, bold=True)
    return made


def row(made: Any) -> list[Paragraph]:
    """A new row that no page break splits; the first paragraph of each of its cells."""
    added = made.add_row()
    added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, column in zip(added.cells, made.columns, strict=True):
        cell.width = column.width
    return [cell.paragraphs[0] for cell in added.cells]


def run_along(document: WordDocument, foot: str, *, watermark: str = "") -> None:
    """A foot with page numbers on every page, and a watermark at the head of each."""
    section = document.sections[0]
    below = section.footer.paragraphs[0]
    say(below, f"{foot}    ", grey=True).font.size = Pt(8)
    for field, after in (("PAGE", " / "), ("NUMPAGES", "")):
        _field(below, field)
        say(below, after, grey=True).font.size = Pt(8)
    if watermark:
        above = section.header.paragraphs[0]
        above.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = say(above, watermark, bold=True)
        run.font.size, run.font.color.rgb = Pt(44), PALE


def _field(paragraph: Paragraph, name: str) -> None:
    run = say(paragraph, "", grey=True)
    run.font.size = Pt(8)
    for kind in ("begin", name, "end"):
        if kind == name:
            part = OxmlElement("w:instrText")
            part.text = f" {name} "
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def describe(
    document: WordDocument, *, title: str, subject: str, keywords: str, about: str, moment: datetime
) -> None:
    """The document's properties; nothing in them depends on when or where it is written."""
    told = document.core_properties
    told.title, told.subject, told.keywords = plain(title), plain(subject), plain(keywords)
    told.comments, told.category, told.language = plain(about), "Report", "en"
    told.author = told.last_modified_by = "Conditions tracker"
    told.revision = 1
    told.created = told.modified = moment.astimezone(UTC).replace(tzinfo=None)


def saved(document: WordDocument) -> bytes:
    """The file: the same bytes for the same document."""
    first, second = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(second, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return second.getvalue()
