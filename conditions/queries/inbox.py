"""The inbox as a list: newest first, narrowed, cut into pages by key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, TextField, Value
from django.db.models.fields.json import HasKey, KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, Substr
from django.db.models.lookups import Exact

from conditions.models import InboxItem, Program
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader
from conditions.rules.refusals import Invalid

MOST: Final = 50
LONGEST_OPENING: Final = 280
LONGEST_WORDS: Final = 200
HIDDEN: Final = "A document you may not see"
_SEARCHED: Final = ("title", "text", "publisher", "url")


class BadInboxFilter(Invalid):
    """The inbox cannot be narrowed so."""


@dataclass(frozen=True, slots=True)
class ConditionHint:
    """A condition that triage suggested, 0 to 100 (50 at the threshold), with its stance."""

    code: str
    score: int
    stance: str


@dataclass(frozen=True, slots=True)
class ProgramHint:
    """What triage suggested for a program, in short; the strongest condition first."""

    program: str
    short_title: str
    about: bool
    conditions: tuple[ConditionHint, ...]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One item of the list. ``title`` is never empty.

    ``opening`` is the beginning of its text. ``last_error`` says why its page was not read.
    """

    id: int
    title: str
    url: str
    opening: str
    publisher: str
    published_on: date | None
    language: str
    origin: str
    origin_label: str
    feed_id: int | None
    feed: str
    received_at: datetime
    received_by: str
    reading: str
    reading_label: str
    last_error: str
    state: str
    state_label: str
    dismissed_as: str
    dismissed_label: str
    reason: str
    evidence_id: int | None
    evidence_key: str
    decided_at: datetime | None
    decided_by: str
    hints: tuple[ProgramHint, ...]


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many items there are in each state, whatever else narrows the list."""

    waiting: int = 0
    accepted: int = 0
    dismissed: int = 0


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some items, newest received first; ``after`` is where the next page begins, or empty."""

    rows: tuple[InboxRow, ...]
    after: str
    counts: InboxCounts


def visible_inbox(reader: Reader) -> QuerySet[InboxItem]:
    """The items this reader may see: all with ``view_inboxitem``, else none."""
    rows = InboxItem.objects.all()
    return rows if reader.has_perm("conditions.view_inboxitem") else rows.none()


def is_hidden(item: InboxItem, reader: Reader) -> bool:
    """Whether it was filed as a document that this reader may not see."""
    evidence = item.evidence
    return evidence is not None and evidence.sensitivity not in sensitivities_for(reader)


def as_seen(item: InboxItem, reader: Reader) -> InboxItem:
    """The item for this reader: of one that is hidden only that it came in. Not to be saved."""
    if is_hidden(item, reader):
        item.title = HIDDEN
        item.text = item.url = item.canonical_url = item.publisher = item.external_id = ""
        item.last_error = item.reason = ""
        item.published_on, item.suggested = None, {}
    return item


def inbox_page(
    *,
    reader: Reader,
    state: str = InboxItem.State.WAITING.value,
    program: str = "",
    condition: str = "",
    origin: str = "",
    about: str = "",
    q: str = "",
    after: str = "",
    feed: int | None = None,
    most: int = MOST,
) -> InboxPage:
    """One page of the inbox; nothing for a reader without ``view_inboxitem``. Three queries.

    ``state`` may be empty for all. ``about`` is ``yes`` (suggested for ``program``, or for any),
    ``no`` or empty. ``condition`` is a code, of ``program`` or of any. ``q`` are words that stand
    in title, text, publisher or address. Raises BadInboxFilter for what cannot be read.
    """
    visible = visible_inbox(reader)
    names = dict(Program.objects.order_by("-is_default", "slug").values_list("slug", "short_title"))
    _require("state", state, InboxItem.State.values)
    _require("origin", origin, InboxItem.Origin.values)
    _require("about", about, ("yes", "no"))
    _require("program", program, tuple(names))
    _require_words("condition", condition)
    _require_words("q", q)
    rows = visible.filter(**({"state": state} if state else {}))
    rows = rows.filter(**({"origin": origin} if origin else {}))
    rows = rows.filter(**({"feed": feed} if feed is not None else {}))
    rows = suggested_as(
        rows, (program,) if program else tuple(names), condition=condition, about=about
    )
    if q:
        # What is hidden is not found by its words either.
        open_to = Q(evidence__sensitivity__in=sensitivities_for(reader))
        rows = _worded(rows.filter(Q(evidence=None) | open_to), q)
    if after:
        rows = rows.filter(_beyond(after))
    found: list[Any] = list(
        rows.defer("text")
        .annotate(opening=Substr("text", 1, LONGEST_OPENING))
        .select_related("feed", "evidence", "received_by", "decided_by")
        .order_by("-received_at", "-id")[: most + 1]
    )
    shown = found[:most]
    last = shown[-1] if len(found) > most else None
    return InboxPage(
        rows=tuple(_row(item, reader, names) for item in shown),
        after=f"{last.received_at.isoformat()}_{last.pk}" if last else "",
        counts=_counts(visible),
    )


def suggested_as(
    rows: QuerySet[InboxItem], programs: Sequence[str], *, condition: str = "", about: str = ""
) -> QuerySet[InboxItem]:
    """Narrow to what was suggested for one of these programs: about it, or on a condition."""
    if condition:
        on = [Q(HasKey(_conditions(slug), condition)) for slug in programs]
        rows = rows.filter(_any(on))
    if about:
        is_about = _any([Q(_is_about(slug)) for slug in programs])
        rows = rows.filter(is_about if about == "yes" else ~is_about)
    return rows


def hints_of(suggested: Mapping[str, Any], names: Mapping[str, str]) -> tuple[ProgramHint, ...]:
    """What is kept of suggestions, in the order of the programs; ``names`` are theirs by slug."""
    return tuple(
        ProgramHint(
            slug,
            names[slug],
            suggested[slug]["about"],
            tuple(
                ConditionHint(code, one["score"], one["stance"])
                for code, one in sorted(
                    suggested[slug]["conditions"].items(), key=lambda each: -each[1]["score"]
                )
            ),
        )
        for slug in names
        if slug in suggested
    )


def _conditions(slug: str) -> KeyTransform:
    return KeyTransform("conditions", KeyTransform(slug, "suggested"))


def _is_about(slug: str) -> Exact:
    # What no program had suggested for yet is about none: without this it would be neither.
    said = KeyTextTransform("about", KeyTransform(slug, "suggested"))
    return Exact(Coalesce(said, Value(""), output_field=TextField()), Value("true"))


def _any(each: Sequence[Q]) -> Q:
    return reduce(or_, each, Q(pk__in=[]))


def _require_words(name: str, text: str) -> None:
    if len(text) > LONGEST_WORDS or "\x00" in text:
        raise BadInboxFilter(
            "This cannot be looked for.",
            field=name,
            value=text[:80],
            remedy=f"Give at most {LONGEST_WORDS} ordinary characters.",
        )


def _worded(rows: QuerySet[InboxItem], q: str) -> QuerySet[InboxItem]:
    for word in q.split():
        rows = rows.filter(_any([Q(**{f"{name}__icontains": word}) for name in _SEARCHED]))
    return rows


def _beyond(after: str) -> Q:
    moment, _, pk = after.rpartition("_")
    try:
        at, last = datetime.fromisoformat(moment.replace(" ", "+")), int(pk)
        at = at if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        at, last = None, 0
    if at is None or at.tzinfo is None or not (pk.isascii() and 0 < last < 2**53):
        remedy = "Follow the link to the next page, or start at the first."
        raise BadInboxFilter(
            "This page of the inbox is not known.", field="after", value=after, remedy=remedy
        )
    # Written so that the first part alone bounds a scan of the index.
    return Q(received_at__lte=at) & (Q(received_at__lt=at) | Q(pk__lt=last))


def _require(name: str, value: str, accepted: Collection[str]) -> None:
    if value and value not in accepted:
        remedy = f"Use one of {', '.join(accepted)}, or leave it out."
        raise BadInboxFilter(
            f"The inbox has no such {name}.", field=name, value=value, remedy=remedy
        )


def _counts(visible: QuerySet[InboxItem]) -> InboxCounts:
    counted = visible.order_by().values_list("state").annotate(many=Count("pk"))
    return InboxCounts(**dict(counted))


def _row(item: Any, reader: Reader, names: Mapping[str, str]) -> InboxRow:
    hidden = is_hidden(item, reader)
    opening = "" if hidden else item.opening
    item = as_seen(item, reader)
    received_by, decided_by = item.received_by, item.decided_by
    return InboxRow(
        id=item.pk,
        title=item.title or item.url or opening[:80],
        url=item.url,
        opening=opening,
        publisher=item.publisher,
        published_on=item.published_on,
        language=item.language,
        origin=item.origin,
        origin_label=item.get_origin_display(),
        feed_id=item.feed_id,
        feed=item.feed.title if item.feed else "",
        received_at=item.received_at,
        received_by=received_by.get_username() if received_by else "",
        reading=item.reading,
        reading_label=item.get_reading_display(),
        last_error=item.last_error,
        state=item.state,
        state_label=item.get_state_display(),
        dismissed_as=item.dismissed_as,
        dismissed_label=item.get_dismissed_as_display() if item.dismissed_as else "",
        reason=item.reason,
        evidence_id=None if hidden else item.evidence_id,
        evidence_key=item.evidence.key if item.evidence and not hidden else "",
        decided_at=item.decided_at,
        decided_by=decided_by.get_username() if decided_by else "",
        hints=hints_of(item.suggested, names),
    )
