"""What a reader may see, told once for every face."""

from __future__ import annotations

from conditions.models import Program
from conditions.rules.authority import Reader, visible_sensitivities
from conditions.rules.refusals import NotFound

_EYE_OPENERS = ("view_evidence", "view_restricted_evidence", "view_source_protected_evidence")


# Everything on which it depends what a reader is shown.
_SIGHTS = (
    *_EYE_OPENERS,
    *("view_program", "view_condition", "view_source"),
    *("view_assessment", "view_draft_assessment", "view_capture"),
    *("view_searchentry", "view_inboxitem", "view_feed"),
)


class NoProgram(NotFound):
    """There is no such program, or this reader may not know of it."""


def sensitivities_for(reader: Reader) -> frozenset[str]:
    """The sensitivities of evidence this reader may see; public evidence always."""
    held = {codename for codename in _EYE_OPENERS if reader.has_perm(f"conditions.{codename}")}
    return frozenset(level.value for level in visible_sensitivities(held))


def sight_of(reader: Reader) -> str:
    """A short name for what this reader is shown; readers of the same name see the same."""
    return "".join("01"[reader.has_perm(f"conditions.{codename}")] for codename in _SIGHTS)


def program_for(reader: Reader, slug: str) -> Program:
    """The program of that slug if this reader may open it. Raises NoProgram. One query."""
    program = Program.objects.for_reader(reader).filter(slug=slug).first()
    if program is None:
        raise NoProgram(
            "There is no such program.",
            field="program",
            value=slug,
            remedy="See the list of programs for their names.",
        )
    return program
