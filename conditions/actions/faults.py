"""Faults: everything that is wrong with what was given, found in one reading and told at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from conditions.rules.refusals import Invalid, Refusal

_LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (``calendar.roll``), what was given, what would do."""

    path: str
    message: str
    value: object = None
    remedy: str = ""
    line: int | None = None

    @classmethod
    def of(cls, refusal: Refusal, path: str) -> Self:
        """The fault that a rule's refusal finds at ``path``."""
        return cls(path, refusal.message, refusal.value, refusal.remedy)

    def under(self, prefix: str) -> Fault:
        """The same fault, seen from the place that holds ``prefix``."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return replace(self, path=f"{prefix}{joint}{self.path}")

    def __str__(self) -> str:
        place = self.path if self.line is None else f"line {self.line}: {self.path}".rstrip(": ")
        given = "" if self.value is None else f" Given: {_short(self.value)}."
        return f"{place or 'file'}: {self.message}{given} {self.remedy}".rstrip()


class Faulty(Invalid):
    """What was given has faults; nothing of it was taken.

    ``faults`` holds all of them. As a refusal it speaks for the first.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(first.message, field=first.path, value=first.value, remedy=first.remedy)
        self.faults = tuple(faults)


def sorted_faults(faults: Iterable[Fault]) -> list[Fault]:
    """Faults in the order of the file, each once."""
    unique = {(fault.path, fault.message): fault for fault in faults}
    return sorted(unique.values(), key=lambda fault: fault.line or 0)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
