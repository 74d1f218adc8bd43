"""How evidence is narrowed beside its words: one meaning for the list, the search and the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from conditions.models import Condition, Evidence, EvidenceLink, Program, ReviewCycle
from conditions.queries.lists.filters import BadFilter, number, one_of, text
from conditions.rules.authority import Reader
from conditions.rules.evidence import (
    CREDIBILITY,
    RELIABILITY,
    UNKNOWN_CREDIBILITY,
    UNKNOWN_RELIABILITY,
    Stance,
)

PROGRAM = text("program", "Bears on this program (slug).")
CONDITION = text("condition", "Bears on a condition with this code.")
STANCE = one_of("stance", "Is linked with this stance.", [stance.value for stance in Stance])
AT_LEAST_RELIABLE = one_of(
    "reliability", "Its source is at least this reliable; F finds those not judged.", RELIABILITY
)
AT_LEAST_CREDIBLE = one_of(
    "credibility",
    "It is at least this credible (1 is best); 6 finds those not judged.",
    map(str, CREDIBILITY),
)
SOURCE = number("source", "The source's id.", "source_id")
LANGUAGE = text("language", "The item's language.", "language")
VOICE = text("voice", "Carries the words of this voice (copies of one wire share one).", "voice")
CYCLE = number(
    "cycle", "Published in the span of the program's review cycle of this number; give program too."
)
_BY_CONDITION = {PROGRAM.name: "program__slug", CONDITION.name: "code"}


def graded(rows: QuerySet[Evidence], values: Mapping[str, Any]) -> QuerySet[Evidence]:
    """Those graded at least as well as was asked, of the source and of the item.

    Unknown is not the worst grade: F and 6 find what was not judged, and nothing else does.
    """
    if "reliability" in values:
        asked = values["reliability"]
        judged = [letter for letter in RELIABILITY if letter <= asked]
        letters = [asked] if asked == UNKNOWN_RELIABILITY else judged
        rows = rows.filter(source__reliability__in=letters)
    if "credibility" in values:
        asked_number = int(values["credibility"])
        is_unknown = asked_number == UNKNOWN_CREDIBILITY
        rows = rows.filter(**{"credibility" if is_unknown else "credibility__lte": asked_number})
    return rows


def linked(
    rows: QuerySet[Evidence], values: Mapping[str, Any], reader: Reader
) -> QuerySet[Evidence]:
    """Those of these documents, which the reader may see, with one standing link that fits program,
    condition and stance; links of programs that the reader may not open are not known."""
    wanted = {path: values[name] for name, path in _BY_CONDITION.items() if name in values}
    stance = {STANCE.name: values[STANCE.name]} if STANCE.name in values else {}
    if not (wanted or stance):
        return rows
    conditions = Condition.objects.filter(program__in=Program.objects.for_reader(reader), **wanted)
    standing = EvidenceLink.objects.filter(
        condition__in=conditions.order_by(), withdrawn_at__isnull=True, **stance
    ).order_by()
    if wanted:
        return rows.filter(pk__in=standing.values("evidence"))
    # Of all conditions there are links by the million: SQLite would gather them all first.
    return rows.filter(Exists(standing.filter(evidence=OuterRef("pk"))))


def published_in(
    rows: QuerySet[Evidence], values: Mapping[str, Any], reader: Reader
) -> QuerySet[Evidence]:
    """Those published in the span of the cycle that was asked for; none where this reader knows no
    such cycle. One query at once. Raises BadFilter."""
    if CYCLE.name not in values:
        return rows
    known = ReviewCycle.objects.filter(
        program__in=Program.objects.for_reader(reader),
        program__slug=require_program(values),
        number=values[CYCLE.name],
    )
    span = known.order_by().values_list("starts_on", "due_on").first()
    if span is None:
        return rows.filter(Q(pk__in=[]))
    return rows.filter(published_on__gte=span[0], published_on__lt=span[1])


def require_program(values: Mapping[str, Any]) -> str:
    """The slug beside a cycle's number. Raises BadFilter without one."""
    if PROGRAM.name not in values:
        raise BadFilter(
            "Cycles are numbered in each program.",
            field=CYCLE.name,
            value=values[CYCLE.name],
            remedy="Give its program too, by the slug.",
        )
    return str(values[PROGRAM.name])
