"""Reading a pack: YAML, then the published schema, then the rules; every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conditions.actions.documents import PROGRAM_SCHEMA, schema_faults
from conditions.actions.faults import Fault, Faulty, sorted_faults
from conditions.actions.packs.meaning import meaning_faults
from conditions.actions.yaml_text import YamlDocument, read_yaml
from conditions.rules.fingerprint import fingerprint


class BadPack(Faulty):
    """A program pack with faults; nothing of it was loaded."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A program pack that is sound in itself: what it says, and where each part stands in it."""

    content: dict[str, Any]
    sha256: str
    document: YamlDocument

    @property
    def slug(self) -> str:
        """The program's name in addresses."""
        return str(self.content["program"]["slug"])

    def refuse(self, faults: list[Fault]) -> None:
        """Raise BadPack with these faults, each with its line in the file, if there are any."""
        if faults:
            raise BadPack(sorted_faults(map(self.document.located, faults)))


def read_pack(source: Path | str) -> Pack:
    """The pack in a file, or in ``source`` itself if it is text. Needs no database.

    Raises BadPack with every fault: its path and line, the value, and what would be accepted.
    """
    try:
        document = read_yaml(source)
    except Faulty as refusal:
        raise BadPack(refusal.faults) from refusal
    faults = [*document.faults, *schema_faults(document.value, PROGRAM_SCHEMA)]
    if isinstance(document.value, dict):
        # The rules look at every part that the schema has not already found wrong.
        broken = {fault.path for fault in faults}
        faults += [fault for fault in meaning_faults(document.value) if fault.path not in broken]
    if faults:
        raise BadPack(sorted_faults(map(document.located, faults)))
    return Pack(document.value, fingerprint(document.value), document)
