"""How commands say no: every fault on a line of its own, exit code 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from conditions.actions.faults import Faulty
from conditions.rules.refusals import Refusal


@contextmanager
def refusals_as_errors(subject: str) -> Iterator[None]:
    """Turn a refusal of what ``subject`` names into the command's error; nothing was changed."""
    try:
        yield
    except Faulty as refusal:
        count = len(refusal.faults)
        head = f"{subject} was refused: {count} error{'' if count == 1 else 's'}. Nothing changed."
        raise CommandError("\n".join([head, *(f"  {fault}" for fault in refusal.faults)])) from None
    except Refusal as refusal:
        place = f"{refusal.field}: " if refusal.field else ""
        raise CommandError(f"{subject} was refused. Nothing changed.\n  {place}{refusal}") from None
