"""What a reader may see, told once for every face."""

from __future__ import annotations

from conditions.models import Program
from conditions.rules.authority import Reader, visible_sensitivities
from conditions.rules.refusals import NotFound

_EYE_OPENERS = ("view_evidence", "view_restricted_evidence", "view_source_protected_evidence")


class NoProgram(NotFound):
    """There is no such program, or this reader may not know of it."""


def sensitivities_for(reader: Reader) -> frozenset[str]:
    """The sensitivities of evidence this reader may see; public evidence always."""
    held = {codename for codename in _EYE_OPENERS if reader.has_perm(f"conditions.{codename}")}
    return frozenset(level.value for level in visible_sensitivities(held))


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
