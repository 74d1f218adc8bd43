"""Links: what a document bears on, carried over the crosswalk, withdrawn with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from conditions.actions.evidence_items import LinkItem
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import Condition, Crosswalk, Evidence, EvidenceLink, Program, User
from conditions.rules.evidence import Stance
from conditions.rules.refusals import Conflict, Invalid

_SAID = ("evidence_id", "condition_id", "checklist_item_id", "stance", "note", "origin")


class BadLink(Invalid):
    """A link that leads nowhere or takes no known stance."""


class AlreadyLinked(Conflict):
    """The document already bears on this condition or item."""


class LinkWithdrawn(Conflict):
    """The link was withdrawn before."""


class WithdrawalUnexplained(Invalid):
    """A link is withdrawn with a reason only."""


def link_evidence(
    *, evidence: Evidence, link: LinkItem, by: User | None, as_of: datetime, carry: bool = True
) -> tuple[EvidenceLink, ...]:
    """Record that a document bears on a condition; the new links, the one asked for first.

    As ``link_all`` of one link.
    """
    return link_all(evidence=evidence, links=(link,), by=by, as_of=as_of, carry=carry)


def link_all(
    *,
    evidence: Evidence,
    links: Sequence[LinkItem],
    by: User | None,
    as_of: datetime,
    carry: bool = True,
) -> tuple[EvidenceLink, ...]:
    """Record all that a document bears on, or nothing of it; the new links, those asked for first.

    With ``carry`` the counterparts of the conditions in other programs are linked too, with the
    same stance, unless they are already. Raises BadLink or AlreadyLinked.
    """
    require_permission(by, "add_evidencelink", to="link evidence")
    with transaction.atomic():
        Evidence.objects.select_for_update(no_key=True).get(pk=evidence.pk)
        return write_links(evidence, links, by=by, as_of=as_of, carry=carry)


def withdraw_link(
    *, link: EvidenceLink, reason: str, by: User | None, as_of: datetime, carry: bool = True
) -> tuple[EvidenceLink, ...]:
    """Take back a link, for a reason; it stays on record. Returns the links withdrawn.

    With ``carry`` what it alone had carried over the crosswalk is withdrawn too.
    """
    require_permission(by, "withdraw_evidencelink", to="withdraw a link")
    if not reason.strip():
        remedy = "Say why the document does not bear on this."
        raise WithdrawalUnexplained(
            "A withdrawal needs a reason.", field="reason", value=reason, remedy=remedy
        )
    with transaction.atomic():
        Evidence.objects.select_for_update(no_key=True).get(pk=link.evidence_id)
        link = EvidenceLink.objects.select_related("condition__program").get(pk=link.pk)
        if link.withdrawn_at is not None:
            raise LinkWithdrawn(
                f"This link was withdrawn on {link.withdrawn_at.date()}.",
                field="link",
                value=link.pk,
                remedy="Nothing is left to do.",
            )
        withdrawn = [link, *(_carried_alone_by(link) if carry else ())]
        _hold_programs_of(withdrawn)
        for row in withdrawn:
            _withdraw(row, reason.strip(), by=by, as_of=as_of)
    return tuple(withdrawn)


def write_links(
    evidence: Evidence,
    links: Sequence[LinkItem],
    *,
    by: User | None,
    as_of: datetime,
    carry: bool,
) -> tuple[EvidenceLink, ...]:
    """Write these links and what the crosswalk carries, inside the caller's transaction."""
    conditions = {
        row.pk: row
        for row in Condition.objects.filter(
            pk__in={link.condition_id for link in links}
        ).select_related("program")
    }
    standing = evidence.links.filter(withdrawn_at__isnull=True)
    taken: set[tuple[int, int | None]] = set(
        standing.values_list("condition_id", "checklist_item_id")
    )
    rows = []
    for at, link in enumerate(links):
        _require_link(link, conditions, at)
        _require_free(link, taken, conditions[link.condition_id])
        taken.add((link.condition_id, link.checklist_item_id))
        rows.append(_row(evidence, link, EvidenceLink.Origin.DIRECT, by=by, as_of=as_of))
    if carry:
        for item in _carried(links, taken):
            rows.append(_row(evidence, item, EvidenceLink.Origin.CROSSWALK, by=by, as_of=as_of))
    _hold_programs_of(rows)
    for row in rows:
        row.save()
        _record("evidencelink.recorded", row, by=by, as_of=as_of)
    return tuple(rows)


def _hold_programs_of(rows: Sequence[EvidenceLink]) -> None:
    bears_on = Condition.objects.filter(pk__in={row.condition_id for row in rows})
    Program.objects.hold(*bears_on.values_list("program_id", flat=True))


def _carried(links: Sequence[LinkItem], taken: set[tuple[int, int | None]]) -> list[LinkItem]:
    counterparts: dict[int, list[int]] = {}
    wanted = {link.condition_id for link in links}
    for source, target in Crosswalk.objects.filter(condition__in=wanted).values_list(
        "condition_id", "counterpart_id"
    ):
        counterparts.setdefault(source, []).append(target)
    linked = {condition_id for condition_id, _ in taken}
    carried: dict[int, LinkItem] = {}
    for link in links:
        for target in counterparts.get(link.condition_id, ()):
            if target not in linked:
                carried.setdefault(target, LinkItem(target, link.stance, None, link.note))
    return list(carried.values())


def _carried_alone_by(link: EvidenceLink) -> list[EvidenceLink]:
    standing = EvidenceLink.objects.filter(evidence=link.evidence_id, withdrawn_at__isnull=True)
    others = standing.filter(origin=EvidenceLink.Origin.DIRECT).exclude(pk=link.pk)
    kept = Crosswalk.objects.filter(condition__in=others.values("condition"))
    targets = Crosswalk.objects.filter(condition=link.condition_id).exclude(
        counterpart__in=kept.values("counterpart")
    )
    carried = standing.filter(
        origin=EvidenceLink.Origin.CROSSWALK, condition__in=targets.values("counterpart")
    )
    return list(carried.select_related("condition__program").order_by("pk"))


def _withdraw(row: EvidenceLink, reason: str, *, by: User | None, as_of: datetime) -> None:
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = as_of, by, reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    _record("evidencelink.withdrawn", row, by=by, as_of=as_of, reason=reason)


def _require_link(link: LinkItem, conditions: dict[int, Condition], at: int) -> None:
    place = f"links[{at}]"
    condition = conditions.get(link.condition_id)
    field: str
    value: object
    if condition is None:
        remedy = "Choose a condition of a program on file."
        field, value, message = "condition", link.condition_id, "There is no such condition."
    elif link.stance not in list(Stance):
        remedy = f"Use one of {', '.join(Stance)}."
        field, value, message = "stance", link.stance, "This stance is not known."
    elif not _is_asked(condition, link.checklist_item_id):
        codes = condition.checklist.filter(retired_on__isnull=True).values_list("code", flat=True)
        remedy = f"Use one of {', '.join(codes)}, or none."
        field, value = "checklist_item", link.checklist_item_id
        message = f"{condition.code} asks no such item."
    else:
        return
    raise BadLink(message, field=f"{place}.{field}", value=value, remedy=remedy)


def _is_asked(condition: Condition, item_id: int | None) -> bool:
    asked = condition.checklist.filter(retired_on__isnull=True)
    return item_id is None or asked.filter(pk=item_id).exists()


def _require_free(link: LinkItem, taken: set[tuple[int, int | None]], condition: Condition) -> None:
    if (link.condition_id, link.checklist_item_id) in taken:
        raise AlreadyLinked(
            f"This document already bears on {condition.code}.",
            field="links",
            value=condition.code,
            remedy="Withdraw the link on file first, if its stance has to change.",
        )


def _row(
    evidence: Evidence, link: LinkItem, origin: str, *, by: User | None, as_of: datetime
) -> EvidenceLink:
    return EvidenceLink(
        evidence=evidence,
        condition_id=link.condition_id,
        checklist_item_id=link.checklist_item_id,
        stance=link.stance,
        note=link.note.strip(),
        origin=origin,
        recorded_at=as_of,
        recorded_by=by,
    )


def _record(
    verb: str, row: EvidenceLink, *, by: User | None, as_of: datetime, reason: str = ""
) -> None:
    record_event(
        verb=verb,
        subject=row,
        by=by,
        as_of=as_of,
        program=row.condition.program,
        condition=row.condition,
        after=snapshot(row, *_SAID),
        reason=reason,
    )
