"""What stands around a judgement: evidence counted, titles, work states."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from conditions.queries.cycles import CycleDates
from conditions.queries.sql import fetch

WORK_STATE_AFTER = {
    "assessment.drafted": "draft",
    "assessment.submitted": "submitted",
    "assessment.returned": "returned",
    "assessment.approved": "approved",
    "assessment.withdrawn": "not_started",
}
_COUNTS = """
SELECT l.condition_id, l.stance, COUNT(DISTINCT l.evidence_id)
FROM conditions_evidencelink l JOIN conditions_evidence d ON d.id = l.evidence_id
WHERE l.condition_id IN %(conditions)s AND l.recorded_at <= %(known_at)s
  AND (l.withdrawn_at IS NULL OR l.withdrawn_at > %(known_at)s)
  AND d.sensitivity IN %(sensitivities)s
GROUP BY l.condition_id, l.stance
"""
_TITLE = {
    "sqlite": "json_extract(v.content, '$.title')",
    "postgresql": "v.content ->> 'title'",
}
_TITLES = """
SELECT v.condition_id, {title} FROM conditions_conditionversion v
WHERE v.condition_id IN %(conditions)s AND v.recorded_at <= %(known_at)s
ORDER BY v.condition_id, v.number
"""
_WORK = """
SELECT e.condition_id, e.verb FROM conditions_event e
WHERE e.cycle_id = %(cycle)s AND e.condition_id IN %(conditions)s AND e.verb IN %(verbs)s
  AND e.at <= %(known_at)s
ORDER BY e.at, e.id
"""


@dataclass(frozen=True, slots=True)
class EvidenceCount:
    """How many standing links a condition has for, against and beside it."""

    supports: int = 0
    contradicts: int = 0
    neutral: int = 0


def evidence_counts(
    condition_ids: Collection[int], known_at: datetime, sensitivities: Collection[str]
) -> Mapping[int, EvidenceCount]:
    """Documents standing for, against and beside each condition at ``known_at``. One query."""
    if not condition_ids or not sensitivities:
        return {}
    parameters = {
        "conditions": tuple(condition_ids),
        "known_at": known_at,
        "sensitivities": tuple(sensitivities),
    }
    found: dict[int, dict[str, int]] = {}
    for condition_id, stance, documents in fetch(_COUNTS, parameters):
        found.setdefault(condition_id, {})[stance] = documents
    return {condition_id: EvidenceCount(**by_stance) for condition_id, by_stance in found.items()}


def titles(condition_ids: Collection[int], known_at: datetime) -> Mapping[int, str]:
    """What each condition was called at ``known_at``. One query."""
    if not condition_ids:
        return {}
    sql = _TITLES.format(title=_TITLE[connection.vendor])
    return dict(fetch(sql, {"conditions": tuple(condition_ids), "known_at": known_at}))


def work_states(
    condition_ids: Collection[int], cycle: CycleDates | None, known_at: datetime
) -> Mapping[int, str]:
    """How far the work on each condition had come in a cycle at ``known_at``. One query.

    What was withdrawn never was: the condition is where it stood before.
    """
    if cycle is None or not condition_ids:
        return {}
    parameters = {
        "cycle": cycle.id,
        "conditions": tuple(condition_ids),
        "verbs": tuple(WORK_STATE_AFTER),
        "known_at": known_at,
    }
    states: dict[int, str] = {}
    approved = set()
    for condition_id, verb in fetch(_WORK, parameters):
        states[condition_id] = WORK_STATE_AFTER[verb]
        if verb == "assessment.approved":
            approved.add(condition_id)
        elif verb == "assessment.withdrawn" and condition_id in approved:
            states[condition_id] = WORK_STATE_AFTER["assessment.approved"]
    return states
