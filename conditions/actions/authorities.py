"""Who waived a condition: named where it is judged waived, and nowhere else."""

from __future__ import annotations

from conditions.rules.refusals import Invalid
from conditions.rules.scale import Scale

LONGEST_AUTHORITY = 200


class BadAuthority(Invalid):
    """An authority too long to stand, or beside a status that is no waiver."""


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
