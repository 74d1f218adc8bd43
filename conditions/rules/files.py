"""Files: what a file is by its own bytes, and whether that is what its name says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

from conditions.rules.captures import HTML, PDF, TEXT, XHTML
from conditions.rules.refusals import Invalid


class NotThisKind(Invalid):
    """A file that is not kept, or is not what its name says."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is kept: its media type, and the ends of its names."""

    media_type: str
    endings: tuple[str, ...]


_WORD = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
KINDS: Final = (
    FileKind(PDF, ("pdf",)),
    FileKind("image/png", ("png",)),
    FileKind("image/jpeg", ("jpg", "jpeg")),
    FileKind("image/gif", ("gif",)),
    FileKind("image/webp", ("webp",)),
    FileKind(TEXT, ("txt", "text", "md", "csv")),
    FileKind(f"{_WORD}.wordprocessingml.document", ("docx",)),
    FileKind(f"{_WORD}.spreadsheetml.sheet", ("xlsx",)),
    FileKind(f"{_WORD}.presentationml.presentation", ("pptx",)),
    FileKind(f"{_OPEN}.text", ("odt",)),
    FileKind(f"{_OPEN}.spreadsheet", ("ods",)),
    FileKind(f"{_OPEN}.presentation", ("odp",)),
)
_ENDING_OF: Final = {kind.media_type: kind.endings[0] for kind in KINDS} | {
    HTML: "html",
    XHTML: "xhtml",
}
_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
ENDINGS: Final = tuple(ending for kind in KINDS for ending in kind.endings)
_MAGIC: Final = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)
_OFFICE_FOLDERS: Final = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_MARKUP = re.compile(rb"<(!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def ending_of(media_type: str) -> str:
    """How the name of a file of this kind ends, without the dot."""
    return _ENDING_OF.get(media_type, "bin")


def given_out_as(media_type: str) -> str:
    """The media type under which a copy leaves: what a browser could run leaves as mere bytes."""
    is_harmless = media_type == PDF or media_type in _PICTURES
    return media_type if is_harmless else "application/octet-stream"


def copy_name(filename: str, *, key: str, sha256: str, media_type: str) -> str:
    """The name under which a copy leaves: its own, or one made of its document and its hash."""
    return filename or f"{key}-{sha256[:12]}.{ending_of(media_type)}"


def require_kind(filename: str, body: bytes) -> str:
    """The media type of a file whose bytes are what its name says. Raises NotThisKind."""
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    named = next((kind for kind in KINDS if ending in kind.endings), None)
    if named is None:
        raise NotThisKind(
            "Files of this kind are not kept.",
            field="file",
            value=filename,
            remedy=f"Give one whose name ends in {', '.join(ENDINGS)}.",
        )
    found = _ending_of(body)
    if found not in named.endings:
        raise NotThisKind(
            f"This file is named .{ending}, but its content is not of that kind.",
            field="file",
            value=filename,
            remedy="Save it in the program that made it, under its right name, and try again.",
        )
    return named.media_type


def _ending_of(body: bytes) -> str:
    for magic, ending in _MAGIC:
        if body.startswith(magic):
            return ending
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "webp"
    if body.startswith(b"PK\x03\x04"):
        return _office_ending(body)
    return "txt" if _is_text(body) else ""


def _office_ending(body: bytes) -> str:
    try:
        with ZipFile(BytesIO(body)) as packed:
            names = packed.namelist()
            # Written first and unpacked in an OpenDocument file, so its place is known.
            mark = body[30:110]
    except (BadZipFile, ValueError, NotImplementedError):
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return ""
    if mark.startswith(b"mimetype"):
        said = mark[len(b"mimetype") :]
        kinds = [kind for kind in KINDS if said.startswith(kind.media_type.encode() + b"PK")]
        return kinds[0].endings[0] if kinds else ""
    if "[Content_Types].xml" not in names:
        return ""
    found = [
        end for folder, end in _OFFICE_FOLDERS.items() if any(n.startswith(folder) for n in names)
    ]
    return found[0] if len(found) == 1 else ""


def _is_text(body: bytes) -> bool:
    if not body.strip() or _MARKUP.search(body[:1_000]):
        return False
    try:
        return not _CONTROL.search(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return False
