"""Warnings that stand beside a judgement: reversed, stale, one-sided, single-source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection

from conditions.queries.asof import AsOf
from conditions.queries.sql import fetch
from conditions.rules.evidence import Exhibit, is_one_sided, is_single_source
from conditions.rules.scale import Scale

# No status has the empty code, and IN takes at least one.
NO_CODE = ("",)


@dataclass(frozen=True, slots=True)
class Flags:
    """What a reader should know before relying on a judgement; false is the calm state.

    ``reversed``: an earlier judgement was Largely met or Met and this one is lower. ``stale``: the
    wording, a cited document or its source's grade changed after approval.
    """

    reversed: bool = False
    stale: bool = False
    one_sided: bool = False
    single_source: bool = False

    def names(self) -> tuple[str, ...]:
        """The raised flags, by name."""
        return tuple(name for name in self.__slots__ if getattr(self, name))


# A judgement that was corrected by then does not count as the stronger one before.
_CHANGES = """
SELECT a.id,
    a.status IN %(weak)s AND EXISTS (
        SELECT 1 FROM conditions_assessment e
        WHERE e.condition_id = a.condition_id AND e.state = 'approved'
          AND e.valid_from < a.valid_from AND e.approved_at <= %(known_at)s
          AND e.status IN %(strong)s
          AND NOT EXISTS (
            SELECT 1 FROM conditions_assessment k
            WHERE k.corrects_id = e.id AND k.state = 'approved' AND k.approved_at <= %(known_at)s)),
    EXISTS (
        SELECT 1 FROM conditions_citation t
        JOIN conditions_evidenceversion cited ON cited.id = t.evidence_version_id
        JOIN conditions_evidenceversion later ON later.evidence_id = t.evidence_id
        WHERE t.assessment_id = a.id AND later.number > cited.number
          AND later.recorded_at <= %(known_at)s),
    EXISTS (
        SELECT 1 FROM conditions_citation t
        JOIN conditions_evidence d ON d.id = t.evidence_id
        JOIN conditions_sourcegrade g ON g.source_id = d.source_id
        WHERE t.assessment_id = a.id AND g.recorded_at > a.approved_at
          AND g.recorded_at <= %(known_at)s),
    EXISTS (
        SELECT 1 FROM conditions_conditionversion judged
        JOIN conditions_conditionversion later ON later.condition_id = judged.condition_id
        WHERE judged.id = a.condition_version_id AND later.number > judged.number
          AND later.recorded_at <= %(known_at)s)
FROM conditions_assessment a WHERE a.id IN %(ids)s
"""
# As the version says that was cited; what an old version does not tell, the document tells.
_TOLD = {
    "sqlite": ("json_extract(v.content, '$.{}')", "{}"),
    "postgresql": ("v.content ->> '{}'", "({})::{}"),
}
_EXHIBITS = """
SELECT t.assessment_id, COALESCE({source_id}, d.source_id), COALESCE({voice}, d.voice), t.grade,
       t.stance, COALESCE({is_primary}, d.is_primary)
FROM conditions_citation t
JOIN conditions_evidence d ON d.id = t.evidence_id
JOIN conditions_evidenceversion v ON v.id = t.evidence_version_id
WHERE t.assessment_id IN %(ids)s ORDER BY t.id
"""
_TYPES = {"source_id": "bigint", "voice": "text", "is_primary": "boolean"}


def flags_of(assessment_ids: Collection[int], scale: Scale, as_of: AsOf) -> Mapping[int, Flags]:
    """The flags of each judgement as known at ``as_of.known_at``. Two queries."""
    if not assessment_ids:
        return {}
    exhibits = _exhibits(assessment_ids)
    rows = fetch(
        _CHANGES,
        {
            "ids": tuple(assessment_ids),
            "known_at": as_of.known_at,
            "weak": scale.weak_codes() or NO_CODE,
            "strong": scale.strong_codes() or NO_CODE,
        },
    )
    return {
        pk: Flags(
            reversed=bool(reversed_),
            stale=bool(rewritten or regraded or reworded),
            one_sided=bool(exhibits.get(pk)) and is_one_sided(exhibits[pk]),
            single_source=bool(exhibits.get(pk)) and is_single_source(exhibits[pk]),
        )
        for pk, reversed_, rewritten, regraded, reworded in rows
    }


def _exhibits(assessment_ids: Collection[int]) -> dict[int, list[Exhibit]]:
    found: dict[int, list[Exhibit]] = {}
    value, typed = _TOLD[connection.vendor]
    told = {name: typed.format(value.format(name), kind) for name, kind in _TYPES.items()}
    rows = fetch(_EXHIBITS.format(**told), {"ids": tuple(assessment_ids)})
    for pk, source_id, voice, grade, stance, is_primary in rows:
        found.setdefault(pk, []).append(
            Exhibit(
                source_id=source_id,
                voice=voice or None,
                reliability=grade[0],
                credibility=int(grade[1]),
                stance=stance,
                is_primary=bool(is_primary),
            )
        )
    return found
