"""Packages: the files that leave together, each with its SHA-256, in one ZIP."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

SUMS: Final = "SHA256SUMS"
README: Final = """What is in this package
=======================

publication.json   the report as it was published, to the byte
manifest.json      what each copy is of, where and when it was captured, and its SHA-256
copies/            the copies, unchanged: open them with care, they come from outside
SHA256SUMS         the SHA-256 of every file here

Unpack it, and check that nothing was changed:

    sha256sum -c SHA256SUMS

The SHA-256 of publication.json is printed on the report and told at its address. Of each public
document the report's annex names the SHA-256 of the copy as well.
"""


def write_package(
    file: IO[bytes], pieces: Iterable[tuple[str, bytes]], *, made_at: datetime
) -> None:
    """Write a ZIP of these named pieces and their hashes into ``file``, one piece in memory."""
    sums = []
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        for name, body in pieces:
            packed.writestr(_entry(name, made_at), body)
            sums.append(f"{hashlib.sha256(body).hexdigest()}  {name}\n")
        packed.writestr(_entry(SUMS, made_at), "".join(sums))


def _entry(name: str, made_at: datetime) -> ZipInfo:
    moment = made_at.astimezone(UTC)
    entry = ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
