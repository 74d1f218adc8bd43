"""Things by the names that a reader uses for them, if the reader may see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from conditions.models import (
    Assessment,
    ChecklistItem,
    Condition,
    Evidence,
    EvidenceLink,
    OfficialFinding,
    Program,
    ReviewCycle,
)
from conditions.queries.lists.assessments import visible_assessments
from conditions.queries.lists.evidence import visible_evidence, visible_links
from conditions.queries.lists.filters import BadFilter
from conditions.rules.authority import Reader
from conditions.rules.refusals import NotFound

M = TypeVar("M", bound=Model)


class NotKnown(NotFound):
    """Something that was named does not exist, or this reader may not know of it."""


def require_on_file(reader: Reader, values: Mapping[str, Any]) -> None:
    """Refuse to narrow a list to a program or condition that this reader knows nothing of.

    That there is none is answered as that it may not be seen. A query for each that is named.
    Raises BadFilter.
    """
    programs = Program.objects.for_reader(reader)
    if "program" in values:
        programs = programs.filter(slug=values["program"])
        if not programs.exists():
            raise _not_on_file("program", values["program"], "Give the slug of a program")
    if "condition" in values:
        conditions = Condition.objects.filter(program__in=programs, code=values["condition"])
        if not conditions.exists():
            raise _not_on_file("condition", values["condition"], "Give the code of a condition")


def condition_named(reader: Reader, program: str, code: str) -> Condition:
    """The condition of a program by its code, with the program. Raises NotKnown. One query."""
    rows = Condition.objects.filter(
        program__in=Program.objects.for_reader(reader), program__slug=program, code=code
    )
    return _only(rows.select_related("program"), "condition", f"{program} {code}")


def cycle_numbered(reader: Reader, program: str, number: int) -> ReviewCycle:
    """The cycle of a program by its number, with the program. Raises NotKnown. One query."""
    rows = ReviewCycle.objects.filter(
        program__in=Program.objects.for_reader(reader), program__slug=program, number=number
    )
    return _only(rows.select_related("program"), "cycle", number)


def condition_seen(reader: Reader, pk: int) -> Condition:
    """The condition with this id, with the program. Raises NotKnown. One query."""
    rows = Condition.objects.filter(program__in=Program.objects.for_reader(reader), pk=pk)
    return _only(rows.select_related("program"), "id", pk)


def item_named(condition: Condition, code: str, *, field: str) -> ChecklistItem:
    """The checklist item of a condition by its code. Raises NotKnown. One query."""
    return _only(condition.checklist.filter(code=code), field, code)


def assessment_seen(reader: Reader, pk: int) -> Assessment:
    """The assessment with this id, with its condition and cycle. Raises NotKnown. One query."""
    rows = visible_assessments(reader).select_related("condition__program", "cycle__program")
    return _only(rows.filter(pk=pk), "id", pk)


def evidence_seen(reader: Reader, pk: int, *, field: str = "id") -> Evidence:
    """The evidence item with this id, with its source. Raises NotKnown. One query."""
    return _only(visible_evidence(reader).filter(pk=pk).select_related("source"), field, pk)


def link_seen(reader: Reader, pk: int) -> EvidenceLink:
    """The link with this id. Raises NotKnown. One query."""
    return _only(visible_links(reader).filter(pk=pk), "id", pk)


def official_finding_seen(reader: Reader, pk: int, *, field: str = "id") -> OfficialFinding:
    """The official finding with this id. Raises NotKnown. One query."""
    rows = OfficialFinding.objects.filter(
        condition__program__in=Program.objects.for_reader(reader), pk=pk
    )
    return _only(rows, field, pk)


def _only(rows: QuerySet[M], field: str, value: Any) -> M:
    found = rows.order_by().first()
    if found is None:
        raise NotKnown(
            "There is no such thing here.",
            field=field,
            value=value,
            remedy="See the lists for what there is.",
        )
    return found


def _not_on_file(name: str, value: str, remedy: str) -> BadFilter:
    return BadFilter(
        f"There is no {name} “{value}” here.",
        field=name,
        value=value,
        remedy=f"{remedy}, as /api/v1/{name}s/ lists them.",
    )
