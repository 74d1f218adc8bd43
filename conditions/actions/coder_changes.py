"""What may change in a double coding: a coder who has not coded, and that it is called off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conditions.actions.coders import (
    held_double_coding,
    require_coder,
    require_standing,
    require_two,
    require_unwritten,
    require_worked_on,
)
from conditions.actions.double_coding import people_of, record_choice
from conditions.actions.record import require_permission
from conditions.models import DoubleCoding, User
from conditions.rules.refusals import Conflict, Invalid

_CALL_OFF = "Call the double coding off: who has read what was written is not blind."


class NotItsCoder(Invalid):
    """The person to be replaced is not one of the two."""


class AlreadyCoded(Conflict):
    """What was coded stays as it was coded."""


class ReasonNeeded(Invalid):
    """Calling a double coding off takes a reason in words."""


def replace_coder(
    *,
    double_coding: DoubleCoding,
    coder: User,
    replacement: User,
    by: User,
    as_of: datetime,
    reason: str = "",
) -> DoubleCoding:
    """Put ``replacement`` in the place of a coder who has not coded yet.

    Raises NotItsCoder, AlreadyCoded, CalledOff, CycleNotOpen, NotChoosable, TwoNeeded and
    CannotCode.
    """
    require_permission(by, "change_doublecoding", to="replace a coder")
    with transaction.atomic():
        present = held_double_coding(double_coding)
        require_standing(present)
        require_worked_on(present.cycle, as_of)
        place = _place_of(present, coder)
        if present.codings.filter(coder=coder).exists():
            raise AlreadyCoded(
                f"{coder} has coded {present.condition.code} already.",
                field="coder",
                value=coder.get_username(),
                remedy="What they sealed stays. Replace the other coder, or leave it.",
            )
        require_unwritten(present.condition, present.cycle, remedy=_CALL_OFF)
        before = people_of(present)
        setattr(present, place, replacement)
        require_two(present.condition, (present.first_coder, present.second_coder))
        require_coder(replacement)
        present.save(update_fields=[place])
        record_choice(
            "doublecoding.coder_replaced", present, by, as_of, before=before, reason=reason
        )
    return present


def call_off(
    *, double_coding: DoubleCoding, reason: str, by: User, as_of: datetime
) -> DoubleCoding:
    """End a double coding that will not be finished; a coding sealed in it stays unread.

    Raises ReasonNeeded, CalledOff, and AlreadyCoded once both have coded: then it counts.
    """
    require_permission(by, "change_doublecoding", to="call off a double coding")
    if not reason.strip():
        raise ReasonNeeded(
            "Calling a double coding off needs a reason.",
            field="reason",
            value=reason,
            remedy="Say why it will not be finished.",
        )
    with transaction.atomic():
        present = held_double_coding(double_coding)
        require_standing(present)
        if present.codings.count() == 2:
            raise AlreadyCoded(
                f"Both have coded {present.condition.code}.",
                field="double_coding",
                value=present.pk,
                remedy="Reconcile it. What both have coded counts in the agreement.",
            )
        present.called_off_at, present.called_off_reason = as_of, reason.strip()
        present.save(update_fields=["called_off_at", "called_off_reason"])
        record_choice("doublecoding.called_off", present, by, as_of, reason=reason)
    return present


def _place_of(double_coding: DoubleCoding, coder: User) -> str:
    for place in ("first_coder", "second_coder"):
        if getattr(double_coding, f"{place}_id") == coder.pk:
            return place
    raise NotItsCoder(
        f"{coder} does not code {double_coding.condition.code}.",
        field="coder",
        value=coder.get_username(),
        remedy=f"Replace {double_coding.first_coder} or {double_coding.second_coder}.",
    )
