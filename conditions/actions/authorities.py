"""Who waived a condition: named where it is judged waived, and nowhere else."""

from __future__ import annotations

from conditions.models import User
from conditions.rules.refusals import Invalid, NotAllowed
from conditions.rules.scale import Scale

LONGEST_AUTHORITY = 200


class BadAuthority(Invalid):
    """An authority that is missing, too long to stand, or beside a status that is no waiver."""


class NotYoursToWaive(NotAllowed):
    """A status that says waived is written by those who may waive."""


def require_may_waive(by: User, status: str, scale: Scale) -> None:
    """Raise NotYoursToWaive where ``status`` is a waiver and the role of ``by`` includes none."""
    if status in scale.waived_codes() and not by.has_perm("conditions.waive_condition"):
        raise NotYoursToWaive(
            f"Your role does not let you judge a condition {status} {scale.label(status)}.",
            field="status",
            value=status,
            remedy="Choose another status, or ask a manager to waive it.",
        )


def require_named_authority(authority: str, status: str, scale: Scale) -> None:
    """Raise BadAuthority where ``status`` is a waiver and nobody is named who gave it."""
    if status in scale.waived_codes() and not authority.strip():
        raise BadAuthority(
            f"This is judged {status} {scale.label(status)} and does not say who waived it.",
            field="authority",
            value=authority,
            remedy="Return it, so that its author names who waived it, by which act.",
        )


def require_fitting_authority(authority: str, status: str, scale: Scale) -> None:
    """Raise BadAuthority unless ``authority`` is empty or names who gave the waiver ``status``.

    Beside no status yet it may stand, until the assessment is submitted.
    """
    waived = scale.waived_codes()
    if len(authority) > LONGEST_AUTHORITY:
        raise BadAuthority(
            f"The authority is {len(authority)} characters long.",
            field="authority",
            value=authority,
            remedy=f"Use {LONGEST_AUTHORITY} at most; the rationale has room for more.",
        )
    if authority and status and status not in waived:
        words = " or ".join(f"{code} {scale.label(code)}" for code in waived)
        raise BadAuthority(
            f"Only a waived condition names an authority; this is judged {status} "
            f"{scale.label(status)}.",
            field="authority",
            value=authority,
            remedy=f"Leave it empty{f', or choose {words}' if words else ''}.",
        )
