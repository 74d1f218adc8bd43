"""Reading a file of demonstration judgements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conditions.actions.documents import DEMO_SCHEMA, schema_faults
from conditions.actions.faults import Faulty, sorted_faults
from conditions.actions.yaml_text import read_yaml


class BadDemo(Faulty):
    """A file of demonstration judgements with faults; nothing of it was loaded."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Made-up judgements on one program, and the closings of its cycles."""

    program_slug: str
    assessments: tuple[dict[str, Any], ...]
    closings: tuple[dict[str, Any], ...]
    key_judgements: tuple[dict[str, Any], ...] = ()
    corrected_reports: tuple[dict[str, Any], ...] = ()

    @property
    def cited(self) -> set[str]:
        """Keys of the evidence that the judgements rest on."""
        return {key for row in self.assessments for key in row["cites"]}


def read_demo(source: Path | str) -> Demo:
    """The judgements in a file. Raises BadDemo with every fault, its path and line."""
    try:
        document = read_yaml(source)
    except Faulty as refusal:
        raise BadDemo(refusal.faults) from refusal
    faults = [*document.faults, *schema_faults(document.value, DEMO_SCHEMA)]
    if faults:
        raise BadDemo(sorted_faults(map(document.located, faults)))
    content = document.value
    return Demo(
        content["program"],
        tuple(content["assessments"]),
        tuple(content["closings"]),
        tuple(content.get("key_judgements", ())),
        tuple(content.get("corrected_reports", ())),
    )
