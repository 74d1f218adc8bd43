"""The evidence package of a publication: which copies of what it cites a person may take along."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conditions.models import Capture, Citation, Publication
from conditions.queries.captures import HELD, HeldCopy
from conditions.queries.copies import copies_judged
from conditions.queries.exhibits import is_open
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import TRAVELS, Reader

_DOCUMENT = ("evidence__key", "evidence__title", "evidence__url", "evidence__sensitivity")


@dataclass(frozen=True, slots=True)
class PackedCopy:
    """One copy in the package, with the document it is of and the conditions that cite it."""

    key: str
    title: str
    url: str
    sensitivity: str
    copy: HeldCopy
    cited_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """What a package holds: ``without`` are documents of which no copy was held, ``left_out``
    counts those that this person may not see or that may not leave.
    """

    copies: tuple[PackedCopy, ...]
    without: tuple[str, ...]
    left_out: int

    @property
    def size(self) -> int:
        """The bytes of all copies together, unpacked."""
        return sum(one.copy.size for one in self.copies)


def package_of(publication: Publication, reader: Reader) -> Package:
    """What the package of this publication holds for this reader. Three queries.

    The copies are those that were held when each judgement was approved, and those that the
    publication names.
    """
    content = json.loads(publication.content)
    seen = sensitivities_for(reader) & TRAVELS
    cited = _citations(publication, content)
    held = copies_judged({assessment_id for assessment_id, *_ in cited})
    packed: dict[tuple[str, str], PackedCopy] = {}
    without, hidden = set(), set()
    for assessment_id, code, then, *document in cited:
        key, *_, sensitivity = document
        copy = held.get((assessment_id, key))
        if sensitivity not in seen or not is_open({"sensitivity": then}, seen):
            hidden.add(key)
        elif copy is None:
            without.add(key)
        else:
            one = packed.setdefault((key, copy.sha256), _packed(document, copy))
            codes = (*one.cited_by, code) if code not in one.cited_by else one.cited_by
            packed[key, copy.sha256] = replace(one, cited_by=codes)
    for document, copy in _named(publication, content):
        if document[3] in seen:
            packed.setdefault((document[0], copy.sha256), _packed(document, copy))
    return Package(
        copies=tuple(packed[place] for place in sorted(packed)),
        without=tuple(sorted(without - {key for key, _ in packed})),
        left_out=len(hidden),
    )


def _packed(document: Sequence[str], copy: HeldCopy) -> PackedCopy:
    key, title, url, sensitivity = document
    return PackedCopy(key, title, url, sensitivity, copy)


def _citations(publication: Publication, content: Mapping[str, Any]) -> list[Any]:
    judgements = [one["judgement"] for one in content["conditions"] if one["judgement"]]
    rows = Citation.objects.filter(
        assessment__cycle=publication.cycle_id,
        assessment__sha256__in=[one["sha256"] for one in judgements],
    )
    told = (
        "assessment_id",
        "assessment__condition__code",
        "evidence_version__content__sensitivity",
    )
    return list(rows.order_by("pk").values_list(*told, *_DOCUMENT))


def _named(
    publication: Publication, content: Mapping[str, Any]
) -> list[tuple[tuple[str, str, str, str], HeldCopy]]:
    """The copies that the publication itself names, with their documents."""
    named = {
        (document["key"], copy["sha256"])
        for document in content["evidence"]
        for copy in document["captures"]
    }
    rows = Capture.objects.stored().filter(
        evidence__key__in={key for key, _ in named},
        sha256__in={sha256 for _, sha256 in named},
        captured_at__lte=publication.known_at,
    )
    return [
        (row[:4], HeldCopy(*row[4:]))
        for row in rows.order_by("-captured_at", "-pk").values_list(*_DOCUMENT, *HELD)
        if (row[0], row[5]) in named
    ]
