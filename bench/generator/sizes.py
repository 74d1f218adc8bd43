"""How much a generated database holds; everything grows with the number of programs."""

from __future__ import annotations

from dataclasses import dataclass

CONDITIONS = 10
CYCLES_BEGUN = 20
CYCLES_AHEAD = 2
JUDGEMENTS = 5
LINKS = 100
DOCUMENTS = 100
LEADS = 5
ASSESSMENTS = CONDITIONS * CYCLES_BEGUN * JUDGEMENTS


@dataclass(frozen=True, slots=True)
class Size:
    """A size by its number of programs, each with 10 conditions, 1,000 assessments and links."""

    programs: int

    @classmethod
    def of_assessments(cls, wanted: int) -> Size:
        """The size with about this many assessments; one program at least."""
        return cls(max(1, round(wanted / ASSESSMENTS)))

    @property
    def conditions(self) -> int:
        """Conditions, ten to a program."""
        return self.programs * CONDITIONS

    @property
    def cycles(self) -> int:
        """Review cycles: those begun, and two ahead."""
        return self.programs * (CYCLES_BEGUN + CYCLES_AHEAD)

    @property
    def assessments(self) -> int:
        """Assessments, five to a condition and cycle begun."""
        return self.conditions * CYCLES_BEGUN * JUDGEMENTS

    @property
    def links(self) -> int:
        """Evidence links, a hundred to a condition."""
        return self.conditions * LINKS

    @property
    def documents(self) -> int:
        """Evidence items, a hundred to a program; each is linked ten times."""
        return self.programs * DOCUMENTS


LARGE = Size(1_000)
