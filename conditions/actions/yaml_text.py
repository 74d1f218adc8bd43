"""YAML as people write it: plain values and the line each stands on; nothing clever."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from conditions.actions.faults import Fault, Faulty

LARGEST_TEXT = 2_000_000
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """What a YAML text says, and the line on which each path of it begins."""

    value: Any
    lines: dict[str, int]
    faults: tuple[Fault, ...] = ()

    def located(self, fault: Fault) -> Fault:
        """The fault with its line: that of its path, or of the nearest place above it."""
        place = fault.path
        while place and place not in self.lines:
            place = re.sub(r"(\[\d+\]|\.?[^.\[\]]+)$", "", place)
        return Fault(fault.path, fault.message, fault.value, fault.remedy, self.lines.get(place, 1))


class _Loader(yaml.SafeLoader):
    """The safe loader without aliases, by which a small text can blow up to fill the memory."""

    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(AliasEvent):
            raise self._refusal("an alias (*name) stands here; write the value out")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._refusal(f"values are nested more than {_DEEPEST} deep")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _refusal(self, problem: str) -> yaml.MarkedYAMLError:
        return yaml.MarkedYAMLError(problem=problem, problem_mark=self.get_mark())


def _timestamp(loader: _Loader, node: ScalarNode) -> Any:
    # "2025-13-45" looks like a date and is none: hand on the text, and the schema says where.
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def read_yaml(source: Path | str) -> YamlDocument:
    """The one document in a file, or in ``source`` itself if it is text.

    Keys given twice become faults of it. Raises Faulty for what cannot be read as YAML at all.
    """
    text = source if isinstance(source, str) else _text_of(source)
    if len(text) > LARGEST_TEXT:
        remedy = f"Give at most {LARGEST_TEXT:,} characters."
        raise Faulty([Fault("", "This file is too large.", len(text), remedy)])
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            raise Faulty([Fault("", "This file is empty.", None, "Write something in it.")])
        lines: dict[str, int] = {}
        faults: list[Fault] = []
        _walk(node, "", lines, faults)
        return YamlDocument(loader.construct_document(node), lines, tuple(faults))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Faulty([_syntax_fault(error)]) from error


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"The file cannot be read: {error.strerror}."
        remedy = "Give the path of a file that can be read."
        raise Faulty([Fault("", message, str(file), remedy)]) from error
    except UnicodeDecodeError as error:
        message, remedy = "The file is not UTF-8 text.", "Save the file as UTF-8."
        raise Faulty([Fault("", message, str(file), remedy)]) from error


def _walk(node: Node, path: str, lines: dict[str, int], faults: list[Fault]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, SequenceNode):
        for index, entry in enumerate(node.value):
            _walk(entry, f"{path}[{index}]", lines, faults)
    elif isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, entry in node.value:
            name = key.value if isinstance(key, ScalarNode) else "?"
            place = f"{path}.{name}" if path else name
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                faults.append(_key_fault(place, name, line))
            elif name in seen:
                message = f"The field {name} stands here twice."
                faults.append(Fault(place, message, None, "Keep one of them.", line))
            seen.add(name)
            lines.setdefault(place, line)
            _walk(entry, place, lines, faults)


def _key_fault(place: str, name: str, line: int) -> Fault:
    return Fault(
        place, "A field name is text.", name, "Put the name in quotes or correct it.", line
    )


def _syntax_fault(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = mark.line + 1 if mark else None
    return Fault("", f"This is not plain YAML: {problem}.", None, "Correct it.", line)
