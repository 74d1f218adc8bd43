"""Decisions on inbox items: filed, linked to what is on file, dismissed, put back.

Whoever decides sees what was suggested and says otherwise or not; both are kept, program by
program, and never used unseen: they are counted, and proposed as field terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from conditions.actions.captures import PASTED_BY, FileRefused, upload_capture
from conditions.actions.documents import UNSTORABLE
from conditions.actions.evidence import EvidenceItem, LinkItem
from conditions.actions.evidence_links import write_links
from conditions.actions.intake import Publisher, take_in
from conditions.actions.record import record_event, require_permission
from conditions.actions.triage_decisions import keep_decisions, suggested_now
from conditions.models import Evidence, InboxItem, User
from conditions.rules.files import NotThisKind
from conditions.rules.refusals import Conflict, Invalid

LONGEST_REASON: Final = 2_000
State = InboxItem.State
Dismissal = InboxItem.Dismissal


class DecidedAlready(Conflict):
    """Somebody has decided on the item, or it waits; ``existing`` is the item as it is now."""

    def __init__(self, item: InboxItem, message: str, remedy: str) -> None:
        super().__init__(message, field="state", value=str(item.state), remedy=remedy)
        self.existing = item


class DismissalUnexplained(Invalid):
    """An item is dismissed as one of five things, and in words where that says nothing."""


def accept_item(
    *,
    item: InboxItem,
    evidence_item: EvidenceItem,
    publisher: Publisher,
    links: Iterable[LinkItem],
    by: User | None,
    as_of: datetime,
) -> Evidence:
    """File an item as evidence, with what a person says it bears on. All or nothing.

    ``evidence_item.source_id`` is not read (0 will do): the source is found by the publisher's
    name, as in ``take_in``. A text that was pasted is kept as a copy of the document. Raises
    DecidedAlready, AlreadyOnFile (then offer ``accept_existing``) and what ``take_in`` raises.
    """
    require_permission(by, "change_inboxitem", to="decide on what is in the inbox")
    suggested = suggested_now(item)
    with transaction.atomic():
        held = hold_waiting(item)
        evidence = take_in(item=evidence_item, publisher=publisher, links=links, by=by, as_of=as_of)
        _keep_pasted(held, evidence, by=by, as_of=as_of)
        _file(held, evidence, suggested, by=by, as_of=as_of)
    return evidence


def accept_existing(
    *,
    item: InboxItem,
    evidence: Evidence,
    links: Iterable[LinkItem],
    by: User | None,
    as_of: datetime,
) -> Evidence:
    """The item is a document on file already: link that, and mark the item as filed by it.

    Links that stand already, with the same stance, are left as they are. Raises DecidedAlready,
    BadLink, and AlreadyLinked where one stands with another stance.
    """
    require_permission(by, "change_inboxitem", to="decide on what is in the inbox")
    require_permission(by, "add_evidencelink", to="link evidence")
    suggested = suggested_now(item)
    with transaction.atomic():
        held = hold_waiting(item)
        evidence = Evidence.objects.select_for_update(no_key=True).get(pk=evidence.pk)
        standing = set(
            evidence.links.filter(withdrawn_at__isnull=True).values_list(
                "condition_id", "checklist_item_id", "stance"
            )
        )
        wanted = [
            link
            for link in links
            if (link.condition_id, link.checklist_item_id, link.stance) not in standing
        ]
        write_links(evidence, wanted, by=by, as_of=as_of, carry=True)
        _file(held, evidence, suggested, by=by, as_of=as_of)
    return evidence


def dismiss_item(
    *, item: InboxItem, dismissed_as: str, reason: str, by: User | None, as_of: datetime
) -> InboxItem:
    """Decide that an item is not filed; ``dismissed_as`` is a value of InboxItem.Dismissal.

    "Not about any program" teaches. Raises DecidedAlready and DismissalUnexplained (no such kind,
    or "another reason" without words). Needs ``change_inboxitem``.
    """
    require_permission(by, "change_inboxitem", to="decide on what is in the inbox")
    _require_explained(dismissed_as, reason)
    suggested = suggested_now(item) if dismissed_as == Dismissal.NOT_ABOUT else {}
    with transaction.atomic():
        held = hold_waiting(item)
        held.state, held.dismissed_as, held.reason = State.DISMISSED, dismissed_as, reason.strip()
        held.decided_at, held.decided_by = as_of, by
        held.save()
        keep_decisions(held, suggested, evidence=None, by=by, as_of=as_of)
        _tell("inboxitem.dismissed", held, by=by, as_of=as_of, after={"as": dismissed_as})
    return held


def reopen_item(*, item: InboxItem, by: User | None, as_of: datetime) -> InboxItem:
    """Put a dismissed item back to those that wait; what was decided stays on record.

    Raises DecidedAlready for a filed or a waiting one. Needs ``change_inboxitem``.
    """
    require_permission(by, "change_inboxitem", to="decide on what is in the inbox")
    with transaction.atomic():
        held = InboxItem.objects.select_for_update().get(pk=item.pk)
        if held.state != State.DISMISSED:
            told = {
                State.WAITING: "This item waits already.",
                State.ACCEPTED: "This item is filed.",
            }
            remedy = "Only a dismissed item is put back."
            raise DecidedAlready(held, told[State(held.state)], remedy)
        before = {"as": held.dismissed_as, "reason": held.reason}
        held.state, held.dismissed_as, held.reason = State.WAITING, "", ""
        held.decided_at, held.decided_by = None, None
        held.save()
        _tell("inboxitem.reopened", held, by=by, as_of=as_of, before=before)
    return held


def hold_waiting(item: InboxItem) -> InboxItem:
    """The item, locked for this transaction, if nobody has decided on it. Raises DecidedAlready."""
    held = InboxItem.objects.select_for_update().get(pk=item.pk)
    if held.state == State.WAITING:
        return held
    who = f" by {held.decided_by.get_username()}" if held.decided_by else ""
    when = f"{held.decided_at:%Y-%m-%d %H:%M} UTC" if held.decided_at else ""
    if held.state == State.ACCEPTED:
        remedy = "Open the document that it became; amend or link that."
        raise DecidedAlready(held, f"This item was filed{who} on {when}.", remedy)
    remedy = "Put it back to the waiting ones first, if it should be filed after all."
    raise DecidedAlready(held, f"This item was dismissed{who} on {when}.", remedy)


def _file(
    held: InboxItem,
    evidence: Evidence,
    suggested: Mapping[str, Any],
    *,
    by: User | None,
    as_of: datetime,
) -> None:
    held.state, held.evidence = State.ACCEPTED, evidence
    held.decided_at, held.decided_by = as_of, by
    held.suggested = dict(suggested)
    held.save()
    keep_decisions(held, suggested, evidence=evidence, by=by, as_of=as_of)
    _tell("inboxitem.accepted", held, by=by, as_of=as_of, after={"evidence": evidence.key})


def _keep_pasted(held: InboxItem, evidence: Evidence, *, by: User | None, as_of: datetime) -> None:
    """A text that a person pasted may be the only copy there ever is."""
    if held.reading != InboxItem.Reading.GIVEN:
        return
    # What looks like a page is no plain text to be kept; it stays with the item.
    with suppress(FileRefused, NotThisKind):
        upload_capture(
            evidence=evidence,
            filename=f"pasted-{held.received_at:%Y-%m-%d}.txt",
            body=held.text.encode(),
            by=by,
            as_of=as_of,
            tool=PASTED_BY,
        )


def _require_explained(dismissed_as: str, reason: str) -> None:
    if dismissed_as not in Dismissal.values:
        raise DismissalUnexplained(
            "An item is dismissed as something.",
            field="dismissed_as",
            value=dismissed_as,
            remedy=f"Use one of {', '.join(Dismissal.values)}.",
        )
    if dismissed_as == Dismissal.OTHER and not reason.strip():
        raise DismissalUnexplained(
            "Another reason has to be told.",
            field="reason",
            value=reason,
            remedy="Say in a few words why it is not filed.",
        )
    if len(reason) > LONGEST_REASON or UNSTORABLE.search(reason):
        raise DismissalUnexplained(
            "This reason cannot be kept.",
            field="reason",
            value=reason[:80],
            remedy=f"Use at most {LONGEST_REASON:,} ordinary characters.",
        )


def _tell(
    verb: str,
    held: InboxItem,
    *,
    by: User | None,
    as_of: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record_event(
        verb=verb,
        subject=held,
        by=by,
        as_of=as_of,
        before=before,
        after=after,
        reason=held.reason,
    )
