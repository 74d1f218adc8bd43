"""The captures on the page of a document."""

from __future__ import annotations

from typing import TypedDict

from conditions.models import Evidence
from conditions.outbound.fetching import may_call_outside
from conditions.queries.captures import Captures, captures_of


class Copies(TypedDict):
    """What the block shows: the copies, and whether new ones can be fetched at all."""

    captures: Captures
    may_call_outside: bool


def copies(evidence: Evidence) -> Copies:
    """What was captured of a document that this person may see."""
    return {"captures": captures_of(evidence), "may_call_outside": may_call_outside()}
