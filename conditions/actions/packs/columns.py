"""The parts of a pack as the columns of the rows that keep them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

Part = Mapping[str, Any]


def program_columns(content: Part) -> dict[str, Any]:
    """What a pack says about its program: columns of Program, without what people set later."""
    program, calendar = content["program"], content["calendar"]
    instrument = program["instrument"]
    return {
        "title": program["title"],
        "short_title": program["short_title"],
        "summary": program["summary"],
        "country_iso3": program["country"]["iso3"],
        "country_name": program["country"]["name"],
        "instrument_title": instrument["title"],
        "citation": instrument["citation"],
        "official_url": instrument["official_url"],
        "legal_stage": instrument["stage"],
        "stage_note": instrument["stage_note"],
        "passed_on": _day(instrument["passed_on"]),
        "enacted_on": _day(instrument["enacted_on"]),
        "assessor_of_record": program["assessor_of_record"],
        "recipients": program["recipients"],
        "marks": {
            "mark": program["evidence_mark"],
            "sources": program["sources"],
            "facts": program.get("facts", []),
            "predecessor": instrument["predecessor"],
            "successor": instrument["successor"],
        },
        "time_zone": program["time_zone"],
        "anchor_on": _day(calendar["anchor"]),
        "anchor_note": calendar["anchor_note"],
        "first_interval_days": calendar["first_interval_days"],
        "interval_days": calendar["interval_days"],
        "basis": calendar["basis"],
        "roll": calendar["roll"],
        "until": _day(calendar["until"]),
        "certification": program["certification"],
        "status_scale": content["status_scale"],
        "reminder_ladder": content["reminder_ladder"],
        "consecutive_rule": content["consecutive_rule"],
        "four_eyes": program["four_eyes"],
        "is_public": program["public"],
        "is_default": program["default"],
    }


def condition_columns(condition: Part, position: int) -> dict[str, Any]:
    """What a pack says about one condition: columns of Condition."""
    provision = condition["provision"]
    return {
        "position": position,
        "title": condition["title"],
        "provision": provision["paraphrase"],
        "citation": provision["citation"],
        "marks": _marks(provision),
        "test": condition["test"],
        "in_force_from": _day(condition["in_force_from"]),
        "in_force_until": _day(condition["in_force_until"]),
    }


def item_columns(item: Part, position: int) -> dict[str, Any]:
    """What a pack says about one checklist item: columns of ChecklistItem."""
    return {
        "position": position,
        "statement": item["statement"],
        "evidence_rule": item["evidence_rule"],
        "where_to_look": item["where_to_look"],
        "baseline": item["baseline"],
        "hard_hurdle": item.get("hard_hurdle", False),
        "marks": _marks(item),
        "retired_on": None,
    }


def reading_columns(reading: Part) -> dict[str, Any]:
    """What a pack says about one reading: columns of Interpretation, without its condition."""
    return {
        "question": reading["question"],
        "options": reading["options"],
        "choice": reading["choice"],
        "basis": reading["basis"],
        "decided_by": reading["decided_by"],
        "decided_on": _day(reading["decided_on"]),
        "marks": _marks(reading),
    }


def wording_of(condition: Part) -> dict[str, Any]:
    """The content of a condition's version: all that the pack says about it, with its checklist.

    The crosswalk stands here too, so that it is known before the other program is.
    """
    provision = condition["provision"]
    return {
        "code": condition["code"],
        "title": condition["title"],
        "provision": provision["paraphrase"],
        "citation": provision["citation"],
        "marks": _marks(provision),
        "test": condition["test"],
        "in_force_from": condition["in_force_from"],
        "in_force_until": condition["in_force_until"],
        "crosswalk": [dict(entry) for entry in condition["crosswalk"]],
        "checklist": [
            {
                "code": item["code"],
                "statement": item["statement"],
                "evidence_rule": item["evidence_rule"],
                "where_to_look": item["where_to_look"],
                "baseline": item["baseline"],
                "hard_hurdle": item.get("hard_hurdle", False),
                "marks": _marks(item),
            }
            for item in condition["checklist"]
        ],
    }


def _marks(part: Part) -> dict[str, Any]:
    return {"mark": part["mark"], "sources": part["sources"]}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
