"""Evidence: documents filed once, amended as new versions, linked to what they bear on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from itertools import count

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from conditions.actions.capture_orders import order_capture
from conditions.actions.evidence_items import (
    BadEvidence as BadEvidence,
)
from conditions.actions.evidence_items import (
    EvidenceItem as EvidenceItem,
)
from conditions.actions.evidence_items import (
    LinkItem as LinkItem,
)
from conditions.actions.evidence_items import evidence_content, require_sound
from conditions.actions.evidence_links import link_evidence as link_evidence
from conditions.actions.evidence_links import withdraw_link as withdraw_link
from conditions.actions.evidence_links import write_links
from conditions.actions.link_beginnings import begin_anew
from conditions.actions.record import record_event, require_permission
from conditions.actions.search_texts import write_search_text
from conditions.models import Evidence, EvidenceVersion, Program, User
from conditions.queries.evidence_lookup import find_by_url
from conditions.rules.authority import TRAVELS
from conditions.rules.fingerprint import fingerprint
from conditions.rules.refusals import Conflict, Invalid


class AlreadyOnFile(Conflict):
    """The document is on file already, perhaps under another spelling of its address."""

    def __init__(self, existing: Evidence, url: str) -> None:
        told = f"{existing.key}: “{existing.title}”"
        remedy = "Open that item and link it, instead of filing it again."
        if existing.sensitivity not in TRAVELS:
            # Whoever files need not be among those who may know of it.
            told = "a document that not everybody may see"
            remedy = "Open it if you may see it; else ask a manager to link it."
        super().__init__(
            f"This address is on file already, as {told}.", field="url", value=url, remedy=remedy
        )
        self.existing = existing


class EvidenceChangedMeanwhile(Conflict):
    """Somebody else amended this item since it was opened."""


class AmendmentUnexplained(Invalid):
    """An item is amended with a reason only."""


def file_evidence(
    *,
    item: EvidenceItem,
    by: User | None,
    as_of: datetime,
    links: Iterable[LinkItem] = (),
    carry: bool = True,
) -> Evidence:
    """File a document, with what it bears on; ``carry`` links counterparts over the crosswalk too.

    Raises BadEvidence with every fault, AlreadyOnFile naming the item, BadLink and AlreadyLinked.
    """
    links = tuple(links)
    require_permission(by, "add_evidence", to="file evidence")
    if links:
        require_permission(by, "add_evidencelink", to="link evidence")
    require_sound(item, as_of=as_of)
    with transaction.atomic():
        _require_new(item.url)
        evidence = _create(item, by=by, as_of=as_of)
        _write_version(evidence, by=by, as_of=as_of)
        write_search_text([evidence.pk])
        record_event(
            verb="evidence.filed",
            subject=evidence,
            by=by,
            as_of=as_of,
            after=evidence_content(evidence),
        )
        write_links(evidence, links, by=by, as_of=as_of, carry=carry)
        order_capture(evidence=evidence, by=by, as_of=as_of)
    return evidence


def amend_evidence(
    *,
    evidence: Evidence,
    item: EvidenceItem,
    by: User | None,
    as_of: datetime,
    expected_revision: int,
    reason: str,
) -> Evidence:
    """Replace what is said about a document; the old version stays, and so do citations of it.

    An item equal to what is on file changes nothing. Raises EvidenceChangedMeanwhile unless
    ``expected_revision`` is the revision on file, BadEvidence and AlreadyOnFile.
    """
    require_permission(by, "change_evidence", to="amend evidence")
    if not reason.strip():
        remedy = "Say what was wrong or what has changed."
        raise AmendmentUnexplained(
            "An amendment needs a reason.", field="reason", value=reason, remedy=remedy
        )
    require_sound(item, as_of=as_of)
    with transaction.atomic():
        evidence = Evidence.objects.select_for_update(no_key=True).get(pk=evidence.pk)
        _require_unchanged(evidence, expected_revision)
        _require_new(item.url, other_than=evidence)
        before = evidence_content(evidence)
        for name, value in item.columns().items():
            setattr(evidence, name, value)
        evidence = _reread_source(evidence)
        if evidence_content(evidence) == before:
            return evidence
        evidence.revision += 1
        evidence.save()
        _write_version(evidence, by=by, as_of=as_of)
        write_search_text([evidence.pk])
        record_event(
            verb="evidence.amended",
            subject=evidence,
            by=by,
            as_of=as_of,
            before=before,
            after=evidence_content(evidence),
            reason=reason.strip(),
        )
        if evidence.url != before["url"]:
            order_capture(evidence=evidence, by=by, as_of=as_of)
            begin_anew(evidence, as_of=as_of)
        touch_programs_of(Evidence.objects.filter(pk=evidence.pk), as_of=as_of)
    return evidence


def touch_programs_of(evidence: QuerySet[Evidence], *, as_of: datetime) -> None:
    """Mark as changed every program that shows one of these items."""
    Program.objects.touch(*_showing(evidence), as_of=as_of)


def hold_programs_of(evidence: QuerySet[Evidence]) -> None:
    """Lock every program that shows one of these items, before they are amended one by one."""
    Program.objects.hold(*_showing(evidence))


def key_of(item: EvidenceItem) -> str:
    """The stable name a document gets in files: from its address, or from what identifies it."""
    if item.url.strip():
        return f"ev-{hashlib.sha256(item.url.strip().encode()).hexdigest()[:12]}"
    digest = hashlib.sha256(f"{item.reference.strip()}\n{item.title.strip()}".encode()).hexdigest()
    return f"ev-doc-{int(digest, 16) % 10**12:012d}"


def _showing(evidence: QuerySet[Evidence]) -> set[int]:
    linked = Program.objects.filter(conditions__evidence_links__evidence__in=evidence)
    cited = Program.objects.filter(conditions__assessments__citations__evidence__in=evidence)
    return {*linked.values_list("pk", flat=True), *cited.values_list("pk", flat=True)}


def _create(item: EvidenceItem, *, by: User | None, as_of: datetime) -> Evidence:
    try:
        with transaction.atomic():
            return Evidence.objects.create(
                key=_free_key(key_of(item)), recorded_at=as_of, recorded_by=by, **item.columns()
            )
    except IntegrityError:
        # Somebody filed the same address between our look and our write.
        _require_new(item.url)
        raise


def _free_key(key: str) -> str:
    taken = set(Evidence.objects.filter(key__startswith=key).values_list("key", flat=True))
    names = (key if number == 1 else f"{key}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def _require_new(url: str, *, other_than: Evidence | None = None) -> None:
    existing = find_by_url(url) if url.strip() else None
    if existing is not None and existing != other_than:
        raise AlreadyOnFile(existing, url)


def _require_unchanged(evidence: Evidence, expected_revision: int) -> None:
    if evidence.revision != expected_revision:
        raise EvidenceChangedMeanwhile(
            "Somebody amended this item after you opened it.",
            field="revision",
            value=expected_revision,
            remedy=f"Look at revision {evidence.revision}, then save yours or let it stand.",
        )


def _reread_source(evidence: Evidence) -> Evidence:
    # The cached publisher may be that of the former source_id.
    evidence.source = type(evidence.source).objects.get(pk=evidence.source_id)
    return evidence


def _write_version(evidence: Evidence, *, by: User | None, as_of: datetime) -> None:
    content = evidence_content(evidence)
    EvidenceVersion.objects.create(
        evidence=evidence,
        number=evidence.revision,
        content=content,
        sha256=fingerprint(content),
        recorded_at=as_of,
        recorded_by=by,
    )
