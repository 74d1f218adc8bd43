"""Evidence rules: whether what is filed under each checklist item is enough, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from conditions.models import ConditionVersion
from conditions.queries.asof import AsOf
from conditions.queries.sql import fetch
from conditions.rules.evidence import EvidenceRule, Exhibit, Verdict, rule_met

NOTHING_FILED = Verdict(False, "No document is filed under this item.")


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """A checklist item's evidence rule as a sentence, whether it is met, and why.

    ``documents`` counts those filed under the item itself that this reader may see.
    """

    item_id: int
    code: str
    rule: str
    met: bool
    reason: str
    documents: int


@dataclass(slots=True)
class _Asked:
    id: int
    code: str
    retired_on: date | None
    exhibits: list[Exhibit] = field(default_factory=list)


# As the document's version of then tells; what that does not tell, the document tells.
_TOLD = {
    "sqlite": ("json_extract(v.content, '$.{}')", "{}"),
    "postgresql": ("v.content ->> '{}'", "({})::{}"),
}
_TYPES = {
    "source_id": "bigint",
    "voice": "text",
    "credibility": "integer",
    "is_primary": "boolean",
    "sensitivity": "text",
}
_FILED = """
SELECT i.condition_id, i.id, i.code, i.retired_on, f.stance, f.source_id, f.voice,
       COALESCE((SELECT g.reliability FROM conditions_sourcegrade g
                 WHERE g.source_id = f.source_id AND g.recorded_at <= %(known_at)s
                 ORDER BY g.recorded_at DESC, g.id DESC LIMIT 1), s.reliability),
       f.credibility, f.is_primary
FROM conditions_checklistitem i
LEFT JOIN (
    SELECT l.checklist_item_id, l.stance, COALESCE({source_id}, d.source_id) AS source_id,
           COALESCE({voice}, d.voice) AS voice, COALESCE({credibility}, d.credibility)
           AS credibility, COALESCE({is_primary}, d.is_primary) AS is_primary
    FROM conditions_evidencelink l
    JOIN conditions_evidence d ON d.id = l.evidence_id
    LEFT JOIN conditions_evidenceversion v ON v.id = (
        SELECT w.id FROM conditions_evidenceversion w
        WHERE w.evidence_id = d.id AND w.recorded_at <= %(known_at)s
        ORDER BY w.number DESC LIMIT 1)
    WHERE l.condition_id IN %(conditions)s AND l.checklist_item_id IS NOT NULL
      AND l.recorded_at <= %(known_at)s
      AND (l.withdrawn_at IS NULL OR l.withdrawn_at > %(known_at)s)
      AND d.sensitivity IN %(sensitivities)s
      AND COALESCE({sensitivity}, d.sensitivity) IN %(sensitivities)s
) f ON f.checklist_item_id = i.id
LEFT JOIN conditions_source s ON s.id = f.source_id
WHERE i.condition_id IN %(conditions)s
ORDER BY i.condition_id, i.position, i.id
"""


def rule_verdicts(
    condition_ids: Collection[int], as_of: AsOf, sensitivities: Collection[str]
) -> Mapping[int, tuple[ItemVerdict, ...]]:
    """By condition, each checklist item asked on ``as_of.valid_at`` with its rule as worded then.

    Documents, grades and links as known at ``as_of.known_at``, of these ``sensitivities`` only.
    Two queries.
    """
    if not condition_ids or not sensitivities:
        return {}
    rules, newest = _rules(condition_ids, as_of)
    found: dict[int, list[ItemVerdict]] = {}
    for condition_id, items in _filed(condition_ids, as_of, sensitivities).items():
        for item in items:
            rule = rules.get((condition_id, item.code))
            is_asked = item.code in newest.get(condition_id, ()) or (
                item.retired_on is not None and as_of.valid_at < item.retired_on
            )
            if rule is not None and is_asked:
                found.setdefault(condition_id, []).append(_verdict(item, rule))
    return {pk: tuple(several) for pk, several in found.items()}


def _verdict(item: _Asked, rule: EvidenceRule) -> ItemVerdict:
    # Without any document under it, an item is not met, whatever its rule.
    verdict = rule_met(rule, item.exhibits) if item.exhibits else NOTHING_FILED
    return ItemVerdict(
        item_id=item.id,
        code=item.code,
        rule=rule.sentence(),
        met=verdict.met,
        reason=verdict.reason,
        documents=len(item.exhibits),
    )


def _rules(
    condition_ids: Collection[int], as_of: AsOf
) -> tuple[dict[tuple[int, str], EvidenceRule], dict[int, frozenset[str]]]:
    """Each item's rule as worded last, and the codes in the newest wording of each condition."""
    rows: Iterable[tuple[int, Any]] = (
        ConditionVersion.objects.filter(
            condition__in=condition_ids, recorded_at__lte=as_of.known_at
        )
        .order_by("condition", "-number")
        .values_list("condition_id", "content__checklist")
    )
    rules: dict[tuple[int, str], EvidenceRule] = {}
    newest: dict[int, frozenset[str]] = {}
    for condition_id, checklist in rows:
        parts = checklist or ()
        newest.setdefault(condition_id, frozenset(part["code"] for part in parts))
        for part in parts:
            place = (condition_id, part["code"])
            if place not in rules:
                rules[place] = EvidenceRule.from_mapping(part.get("evidence_rule", {}))
    return rules, newest


def _filed(
    condition_ids: Collection[int], as_of: AsOf, sensitivities: Collection[str]
) -> dict[int, list[_Asked]]:
    value, typed = _TOLD[connection.vendor]
    told = {name: typed.format(value.format(name), kind) for name, kind in _TYPES.items()}
    rows = fetch(
        _FILED.format(**told),
        {
            "conditions": tuple(condition_ids),
            "known_at": as_of.known_at,
            "sensitivities": tuple(sensitivities),
        },
    )
    items: dict[int, _Asked] = {}
    found: dict[int, list[_Asked]] = {}
    for condition_id, pk, code, retired_on, stance, *bears in rows:
        if pk not in items:
            day = date.fromisoformat(retired_on) if isinstance(retired_on, str) else retired_on
            items[pk] = _Asked(pk, code, day)
            found.setdefault(condition_id, []).append(items[pk])
        if stance is not None:
            source_id, voice, reliability, credibility, is_primary = bears
            items[pk].exhibits.append(
                Exhibit(
                    source_id=source_id,
                    voice=voice or None,
                    reliability=reliability,
                    credibility=int(credibility),
                    stance=stance,
                    is_primary=bool(is_primary),
                )
            )
    return found
