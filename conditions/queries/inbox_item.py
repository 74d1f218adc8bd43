"""One inbox item as it is triaged: what is suggested, the passages that say so, likely copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from conditions.models import ChecklistItem, Condition, Crosswalk, InboxItem, Program
from conditions.queries.inbox import UNTITLED, as_seen, is_hidden, visible_inbox
from conditions.queries.inbox_prefill import Prefill, prefill_of
from conditions.queries.likely_copies import LikelyCopy, likely_copies
from conditions.rules.authority import Reader
from conditions.rules.refusals import NotFound
from conditions.rules.triage import ConditionSuggestion, Suggestion, Triage
from conditions.rules.triage.passages import LONGEST_TEXT


class NoInboxItem(NotFound):
    """There is no such item, or this person may not see the inbox."""


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """A checklist item that a link may name; ``score`` is 0 where it was not suggested."""

    id: int
    code: str
    statement: str
    score: int


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition of a program and what was suggested for it, None where nothing was.

    ``items`` are the items of its checklist that are asked, the suggested ones first.
    """

    id: int
    code: str
    title: str
    suggestion: ConditionSuggestion | None
    items: tuple[ItemChoice, ...]


@dataclass(frozen=True, slots=True)
class ProgramView:
    """What the terms of one program say of the item, None where it has none.

    ``conditions`` are all of the program: the suggested ones by strength, then the rest in order.
    """

    id: int
    slug: str
    short_title: str
    suggestion: Suggestion | None
    conditions: tuple[ConditionView, ...]


@dataclass(frozen=True, slots=True)
class ProposedLink:
    """A link that a person may take over, with a condition as a whole.

    ``is_carried`` where the crosswalk makes it anyway, from another one that is proposed.
    """

    program: str
    condition_id: int
    condition: str
    stance: str
    score: int
    is_carried: bool


@dataclass(frozen=True, slots=True)
class InboxView:
    """An item with everything beside it that helps to decide; nothing of it is decided.

    ``text`` is what the passages' places count in (the first 200,000 characters of the text, which
    ``is_cut`` tells). ``next_waiting`` is the id of the item that comes after it in the list.
    """

    item: InboxItem
    title: str
    text: str
    is_cut: bool
    programs: tuple[ProgramView, ...]
    copies: tuple[LikelyCopy, ...]
    prefill: Prefill
    links: tuple[ProposedLink, ...]
    next_waiting: int | None


def inbox_item(pk: int, *, reader: Reader, triages: Mapping[str, Triage]) -> InboxView:
    """The item as a person triages it. Raises NoInboxItem. A fixed number of queries.

    ``triages`` are those of ``actions.triage_suggesting.triages_in_use()``.
    """
    item = item_seen(reader, pk)
    title, text = item.title, item.text[:LONGEST_TEXT]
    if is_hidden(item, reader):
        title = ""
    suggestions = {slug: triage.suggest(title=title, text=text) for slug, triage in triages.items()}
    programs = tuple(_programs(suggestions))
    copies = likely_copies(
        title=title,
        text=text,
        canonical_url=item.canonical_url,
        reader=reader,
        other_than=item.evidence_id,
    )
    return InboxView(
        item=item,
        title=item.title or item.url or UNTITLED,
        text=text,
        is_cut=len(item.text) > LONGEST_TEXT,
        programs=programs,
        copies=copies,
        prefill=prefill_of(item),
        links=tuple(_links(programs)),
        next_waiting=_next_waiting(item),
    )


def item_seen(reader: Reader, pk: int) -> InboxItem:
    """The row of an item, for an action on it. Raises NoInboxItem. One query.

    Of one that was filed as a document hidden from this reader, only that it came in.
    """
    rows = visible_inbox(reader).select_related(
        "feed__source", "evidence", "received_by", "decided_by"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NoInboxItem(
            "There is no such item in the inbox.",
            field="id",
            value=pk,
            remedy="See the inbox for what there is.",
        )
    return as_seen(found, reader)


def _programs(suggestions: Mapping[str, Suggestion]) -> Iterator[ProgramView]:
    asked = ChecklistItem.objects.filter(retired_on__isnull=True).order_by("position")
    rows = Program.objects.filter(is_active=True).prefetch_related(
        Prefetch("conditions", Condition.objects.order_by("position")),
        Prefetch("conditions__checklist", asked, to_attr="asked_items"),
    )
    for program in rows.order_by("-is_default", "slug"):
        suggestion = suggestions.get(program.slug)
        said = {one.code: one for one in suggestion.conditions} if suggestion else {}
        places = {code: place for place, code in enumerate(said)}
        conditions = sorted(
            program.conditions.all(), key=lambda one: places.get(one.code, len(places))
        )
        yield ProgramView(
            id=program.pk,
            slug=program.slug,
            short_title=program.short_title,
            suggestion=suggestion,
            conditions=tuple(_condition(one, said.get(one.code)) for one in conditions),
        )


def _condition(condition: Condition, said: ConditionSuggestion | None) -> ConditionView:
    scores = {one.code: one.score for one in said.items} if said else {}
    asked: list[ChecklistItem] = condition.asked_items  # type: ignore[attr-defined]
    items = (ItemChoice(one.pk, one.code, one.statement, scores.get(one.code, 0)) for one in asked)
    return ConditionView(
        id=condition.pk,
        code=condition.code,
        title=condition.title,
        suggestion=said,
        items=tuple(sorted(items, key=lambda one: -one.score)),
    )


def _links(programs: Sequence[ProgramView]) -> Iterator[ProposedLink]:
    """What was suggested, marked where the crosswalk carries it over from another of them."""
    said = {
        one.id: one.suggestion
        for program in programs
        for one in program.conditions
        if one.suggestion is not None
    }
    carriers = _carriers(list(said))
    carried: set[int] = set()
    # From the last program on, so that of two that carry each other the first is linked itself.
    for pk in reversed(list(said)):
        others = (said[one].stance for one in carriers[pk] - carried if one in said)
        if said[pk].stance in others:
            carried.add(pk)
    for program in programs:
        for one in program.conditions:
            if one.suggestion is not None:
                yield ProposedLink(
                    program=program.slug,
                    condition_id=one.id,
                    condition=one.code,
                    stance=one.suggestion.stance,
                    score=one.suggestion.score,
                    is_carried=one.id in carried,
                )


def _carriers(condition_ids: Sequence[int]) -> defaultdict[int, set[int]]:
    """For each condition, those from which the crosswalk carries a link over to it."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Crosswalk.objects.filter(counterpart__in=condition_ids).order_by()
    for pk, counterpart in rows.values_list("condition_id", "counterpart_id"):
        found[counterpart].add(pk)
    return found


def _next_waiting(item: InboxItem) -> int | None:
    later = Q(received_at__lte=item.received_at) & (
        Q(received_at__lt=item.received_at) | Q(pk__lt=item.pk)
    )
    rows = InboxItem.objects.waiting().filter(later).order_by("-received_at", "-id")
    return rows.values_list("pk", flat=True).first()
