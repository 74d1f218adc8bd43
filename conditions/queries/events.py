"""Which events a reader may know of."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from conditions.models import Event, Evidence, EvidenceLink, InboxItem, Program
from conditions.queries.lists.evidence import visible_evidence
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader, Sensitivity

# What a reader who sees approved judgements only may know to have happened.
OPEN_SUBJECTS: Final = (
    *("program", "condition", "reviewcycle", "officialfinding", "interpretation"),
)
# Documents and sources belong to no program; accounts and tokens are nobody's reading.
PROGRAMLESS_SUBJECTS: Final = (
    *("evidence", "evidencelink", "evidenceimport", "source", "feed", "inboxitem"),
)


def visible_events(reader: Reader) -> QuerySet[Event]:
    """The events of programs this reader may open; who sees drafts, those of no program too.

    What was done to a document that they may not see is not among them, nor what was done to its
    links or to the inbox item that became it: each tells its title or what it says.
    """
    seen = Q(program__in=Program.objects.for_reader(reader))
    if not reader.has_perm("conditions.view_draft_assessment"):
        told = Q(subject_type__in=OPEN_SUBJECTS) | Q(verb="assessment.approved")
        return Event.objects.filter(seen & told)
    events = Event.objects.filter(
        seen | Q(program__isnull=True, subject_type__in=PROGRAMLESS_SUBJECTS)
    )
    return events if _sees_every_document(reader) else events.exclude(_of_hidden_documents(reader))


def _sees_every_document(reader: Reader) -> bool:
    return reader.has_perm("conditions.view_program") and sensitivities_for(reader) >= frozenset(
        Sensitivity
    )


def _of_hidden_documents(reader: Reader) -> Q:
    hidden = Evidence.objects.exclude(pk__in=visible_evidence(reader).order_by().values("pk"))
    return (
        _about("evidence", hidden)
        | _about("evidencelink", EvidenceLink.objects.filter(evidence__in=hidden))
        | _about("inboxitem", InboxItem.objects.filter(evidence__in=hidden))
    )


def _about(subject_type: str, rows: QuerySet[Any]) -> Q:
    ids = rows.order_by().values_list(Cast("pk", CharField()))
    return Q(subject_type=subject_type, subject_id__in=ids)
