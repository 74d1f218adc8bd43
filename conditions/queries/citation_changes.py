"""By which documents a judgement differs from an earlier one, as far as a reader may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conditions.models import Citation
from conditions.queries.exhibits import Document, cited_documents


@dataclass(frozen=True, slots=True)
class Reweighed:
    """A document that both judgements cite, with another grade or stance."""

    before: Document
    after: Document


@dataclass(frozen=True, slots=True)
class CitationChange:
    """What a judgement cites otherwise than the one before it; ``kept`` counts the rest."""

    added: tuple[Document, ...] = ()
    dropped: tuple[Document, ...] = ()
    reweighed: tuple[Reweighed, ...] = ()
    kept: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the reader sees no document come, go or weigh otherwise."""
        return not (self.added or self.dropped or self.reweighed)


def citation_changes(
    pairs: Sequence[tuple[int | None, int]], sensitivities: Collection[str]
) -> Mapping[int, CitationChange]:
    """How the citations of each later judgement differ from those of the earlier one, if any.

    ``pairs`` are ids of assessments, (earlier, later); the answer goes by the later one. A document
    of which either side is closed to the reader is on neither list. Two queries.
    """
    ids = {pk for pair in pairs for pk in pair if pk is not None}
    shown = cited_documents(ids, sensitivities)
    cited: dict[int, set[str]] = {}
    rows = Citation.objects.filter(assessment__in=ids).values_list("assessment", "evidence__key")
    for pk, key in rows:
        cited.setdefault(pk, set()).add(key)
    return {
        now: _change(
            shown.get(was or 0, ()),
            shown.get(now, ()),
            cited_before=cited.get(was or 0, set()),
            cited_now=cited.get(now, set()),
        )
        for was, now in pairs
    }


def _change(
    before: Iterable[Document],
    after: Iterable[Document],
    *,
    cited_before: Collection[str],
    cited_now: Collection[str],
) -> CitationChange:
    earlier = {document.key: document for document in before}
    both = [(earlier[document.key], document) for document in after if document.key in earlier]
    reweighed = [Reweighed(was, now) for was, now in both if _weight(was) != _weight(now)]
    return CitationChange(
        # A text that was closed when it was cited before is not new because it can be read now.
        added=tuple(document for document in after if document.key not in cited_before),
        dropped=tuple(row for row in earlier.values() if row.key not in cited_now),
        reweighed=tuple(reweighed),
        kept=len(both) - len(reweighed),
    )


def _weight(document: Document) -> tuple[str, str]:
    return document.grade, document.stance
