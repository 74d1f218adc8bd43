"""One document as a citation, in every form at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request

from conditions import clock
from conditions.api.answering import answered
from conditions.api.description import describes_row
from conditions.api.views import View
from conditions.outbound.citations import FORMS
from conditions.queries.named import evidence_seen
from conditions.queries.works import work_of


@dataclass(frozen=True, slots=True)
class EvidenceCitation:
    """How to cite one document: ``plain`` text, a ``wiki`` template, ``bib`` (BibTeX), ``ris``."""

    key: str
    plain: str
    wiki: str
    bib: str
    ris: str


@extend_schema_view(
    get=describes_row("evidence_citation", EvidenceCitation, "How to cite one published item.")
)
class EvidenceCitationOne(View):
    """A document that this reader may see, as a citation."""

    def get(self, request: Request, pk: int) -> HttpResponse:
        """The citation in every form."""
        self.check_parameters(request)
        work = work_of(evidence_seen(request.user, pk), clock.now())
        row = EvidenceCitation(work.key, **{form.name: form.write([work]) for form in FORMS})
        return answered(request, row, is_public=not request.user.is_authenticated)
