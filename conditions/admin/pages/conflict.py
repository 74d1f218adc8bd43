"""Two people, one draft: both versions side by side, so that the second loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conditions.admin.pages.assess_form import FROM_STATUS, AssessForm
from conditions.queries.evidence_sides import EvidenceRow


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of the form: what is on file, and what this person typed."""

    name: str
    label: str
    theirs: str
    mine: str


def differences(
    form: AssessForm,
    *,
    theirs: Mapping[str, Any],
    mine: Mapping[str, Any],
    documents: tuple[EvidenceRow, ...],
) -> tuple[Difference, ...]:
    """The fields in which the version on file and the typed one differ, in the form's order."""
    titles = {str(row.id): row.title for row in documents}
    found = []
    for name, field in form.fields.items():
        if name == "trend" and mine.get(name) == FROM_STATUS:
            continue
        # Proposed by every form, so it tells nothing until somebody says where they looked.
        if name == "search_result" and not mine.get("search_places"):
            continue
        one, other = (_words(field, values.get(name), titles) for values in (theirs, mine))
        if one != other:
            found.append(Difference(name, str(form[name].label), one, other))
    return tuple(found)


def _words(field: Any, value: Any, titles: Mapping[str, str]) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(sorted(titles.get(str(pk), f"Document {pk}") for pk in value))
    text = "" if value is None else str(value).replace("\r\n", "\n").strip()
    choices = dict(getattr(field, "choices", ()))
    return str(choices.get(text, text)) if text else ""
