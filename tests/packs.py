"""Packs for tests: a small one to bend, and the shipped ones."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from conditions.actions.packs import Pack, PackOutcome, load_pack, read_pack
from tests.days import TODAY, noon

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
SENATE = FIXTURES / "programs" / "us-senate-3899.yaml"
LAW = FIXTURES / "programs" / "us-pl119-60-8369.yaml"
EVIDENCE = FIXTURES / "evidence" / "syria.jsonl"
DEMO = FIXTURES / "demo" / "us-senate-3899.yaml"

RULE = {"independent_sources": 2, "one_at_least": "B", "or_primary_document": True}


def item(code: str, statement: str = "A benchmark.") -> dict[str, Any]:
    return {
        "code": code,
        "statement": statement,
        "evidence_rule": dict(RULE),
        "where_to_look": "Reports.",
        "baseline": "To be set.",
        "mark": "K",
        "sources": [],
    }


def condition(code: str, *items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "code": code,
        "title": f"Title of {code}",
        "provision": {
            "paraphrase": f"What {code} asks for.",
            "citation": "Test Act, section 1",
            "mark": "K",
            "sources": [],
        },
        "test": "outcome",
        "in_force_from": "2025-11-10",
        "in_force_until": None,
        "crosswalk": [],
        "checklist": list(items) or [item(f"{code[0]}.1"), item(f"{code[0]}.2")],
        **fields,
    }


def reading(code: str = "anchor") -> dict[str, Any]:
    return {
        "code": code,
        "question": "From which day?",
        "options": ["The visit", "The passage"],
        "choice": "The visit",
        "basis": "The text is silent.",
        "decided_by": "Editors",
        "decided_on": "2026-11-20",
        "mark": "K",
        "sources": [],
    }


def content(slug: str = "test-act", *conditions: dict[str, Any]) -> dict[str, Any]:
    """A sound pack with two conditions, reviewed every 120 days from the White House visit."""
    shipped = yaml.safe_load(SENATE.read_text(encoding="utf-8"))
    program = shipped["program"] | {"slug": slug, "default": False, "facts": []}
    program["instrument"] = program["instrument"] | {"successor": None}
    return {
        **{key: deepcopy(shipped[key]) for key in ("pack", "calendar", "status_scale")},
        "reminder_ladder": deepcopy(shipped["reminder_ladder"]),
        "consecutive_rule": deepcopy(shipped["consecutive_rule"]),
        "program": program,
        "conditions": list(conditions) or [condition("ALPHA"), condition("BETA")],
        "interpretations": [reading()],
    }


def bent(change: Callable[[dict[str, Any]], object], slug: str = "test-act") -> Pack:
    """The small pack with one change to its content."""
    pack = content(slug)
    change(pack)
    return read_pack(dumped(pack))


def dumped(pack: dict[str, Any]) -> str:
    return yaml.safe_dump(pack, sort_keys=False, allow_unicode=True)


def load(pack: Pack | dict[str, Any], **options: Any) -> PackOutcome:
    """Load a pack as an operator would, today."""
    sound = pack if isinstance(pack, Pack) else read_pack(dumped(pack))
    return load_pack(**{"pack": sound, "by": None, "as_of": noon(TODAY), **options})


def linked(slug: str, code: str, relation: str = "same") -> dict[str, str]:
    return {"program": slug, "condition": code, "relation": relation, "note": "The same duty."}
