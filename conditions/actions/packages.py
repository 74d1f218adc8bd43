"""Evidence packages: what a publication rests on, as one file to take along."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO, Any, Final

from django.conf import settings
from django.db import transaction

from conditions.actions.copies import checked_bytes
from conditions.actions.record import record_event, require_permission
from conditions.models import CaptureBody, CustodyEntry, Publication, User
from conditions.outbound.packages import README, write_package
from conditions.queries.packages import Package, PackedCopy, package_of
from conditions.rules.files import ending_of
from conditions.rules.refusals import Conflict

MANIFEST: Final = "evidence-package/1"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


class PackageTooLarge(Conflict):
    """The copies together are more than one package may hold."""


def export_package(*, publication: Publication, by: User, as_of: datetime) -> IO[bytes]:
    """A ZIP of the publication and the copies that it rests on, which ``by`` may see, from its
    start; whoever asked has to close it.

    One copy is in memory at a time, and each is checked against its SHA-256. That they left stands
    in the custody log of each. Raises PackageTooLarge and CopyDamaged; then nothing left.
    """
    require_permission(by, "open_capture", to="download the evidence package")
    package = package_of(publication, by)
    _require_size(package)
    file = TemporaryFile()  # noqa: SIM115 it outlives this function
    try:
        # Before anything is written: a lock held for so long would stop everybody else.
        pieces = _pieces(publication, package, as_of=as_of)
        write_package(file, pieces, made_at=as_of)
        _record(publication, package, by=by, as_of=as_of)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _require_size(package: Package) -> None:
    most = settings.PACKAGE_MAX_BYTES
    if package.size > most:
        raise PackageTooLarge(
            f"The copies are {package.size:,} bytes together; a package holds at most {most:,}.",
            field="size",
            value=package.size,
            remedy="Open the copies one by one on the pages of their documents, or ask an "
            "operator to raise PACKAGE_MAX_BYTES.",
        )


def _pieces(
    publication: Publication, package: Package, *, as_of: datetime
) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", README.encode()
    yield "publication.json", publication.content.encode()
    told = _manifest(publication, package, as_of)
    yield "manifest.json", json.dumps(told, indent=2, ensure_ascii=False).encode()
    for one in package.copies:
        yield _name(one), _body(one)


def _manifest(publication: Publication, package: Package, as_of: datetime) -> dict[str, Any]:
    return {
        "schema": MANIFEST,
        "program": publication.program.slug,
        "cycle": publication.cycle.number,
        "version": publication.version,
        "known_at": _utc(publication.known_at),
        "packed_at": _utc(as_of),
        "publication_sha256": publication.sha256,
        "copies": [
            {
                "file": _name(one),
                "sha256": one.copy.sha256,
                "size": one.copy.size,
                "content_type": one.copy.content_type,
                "captured_at": _utc(one.copy.captured_at),
                "origin": one.copy.origin,
                "final_url": one.copy.final_url,
                "document": one.key,
                "title": one.title,
                "url": one.url,
                "sensitivity": one.sensitivity,
                "cited_by": list(one.cited_by),
            }
            for one in package.copies
        ],
        "documents_without_copy": list(package.without),
        "documents_left_out": package.left_out,
    }


def _name(one: PackedCopy) -> str:
    key = _UNSAFE.sub("-", one.key)
    return f"copies/{key}-{one.copy.sha256[:12]}.{ending_of(one.copy.content_type)}"


def _body(one: PackedCopy) -> bytes:
    row = CaptureBody.objects.get(sha256=one.copy.sha256)
    return checked_bytes(row, one.copy.sha256, key=one.key)


def _record(publication: Publication, package: Package, *, by: User, as_of: datetime) -> None:
    told = (
        f"In the evidence package of {publication.program.slug}, "
        f"cycle {publication.cycle.number}, version {publication.version}."
    )
    with transaction.atomic():
        CustodyEntry.objects.bulk_create(
            CustodyEntry(
                capture_id=one.copy.id,
                act=CustodyEntry.Act.EXPORTED,
                by=by,
                at=as_of,
                note=told,
            )
            for one in package.copies
        )
        record_event(
            verb="publication.exported",
            subject=publication,
            by=by,
            as_of=as_of,
            after={"copies": len(package.copies), "size": package.size},
        )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
