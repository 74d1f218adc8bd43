"""The search log: read, written and corrected."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from conditions import clock
from conditions.actions.searches import SearchItem, record_search
from conditions.api.bodies import LONGEST_TEXT
from conditions.api.description import describes_list, describes_row, describes_write
from conditions.api.making import made
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import ListView, RowView
from conditions.models import SearchEntry
from conditions.queries.lists.filters import LARGEST_NUMBER
from conditions.queries.lists.searches import SEARCHES, SearchRow, search_entry_seen
from conditions.queries.named import condition_named, cycle_numbered, item_named


class SearchBody(serializers.Serializer):
    """A search for evidence: where, for which words, and what came of it."""

    program = serializers.CharField(max_length=60, help_text="The program's slug.")
    condition = serializers.CharField(max_length=20, help_text="The condition's code.")
    cycle = serializers.IntegerField(
        min_value=1, max_value=LARGEST_NUMBER, help_text="The cycle's number."
    )
    checklist_item = serializers.CharField(
        max_length=20,
        required=False,
        allow_null=True,
        help_text="The checklist item's code; none for the condition as a whole.",
    )
    places = serializers.CharField(max_length=LONGEST_TEXT, help_text="Where: sites, archives.")
    terms = serializers.CharField(
        max_length=LONGEST_TEXT, required=False, allow_blank=True, help_text="The words."
    )
    searched_on = serializers.DateField(help_text="The day of the search, as 2026-03-18.")
    result = serializers.ChoiceField(
        choices=SearchEntry.Result.choices, help_text="What came of it."
    )
    note = serializers.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        allow_blank=True,
        help_text="What stands out; why, for a correction.",
    )
    corrects = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_NUMBER,
        required=False,
        allow_null=True,
        help_text="The id of the entry it corrects.",
    )


@extend_schema_view(
    get=describes_list("search_log", SEARCHES, "Where somebody looked, and what came of it."),
    post=describes_write(
        "record_search",
        "Log a search for evidence, or correct an earlier entry.",
        body=SearchBody,
        row=SearchRow,
        status=201,
    ),
)
class SearchList(ListView):
    """The search log, and the address at which a search is logged."""

    listing = SEARCHES

    def post(self, request: Request) -> HttpResponse:
        """Log one search; a correction says which entry it corrects, and why."""
        self.check_parameters(request)
        by = person_writing(request)
        body = read_body(SearchBody, request)
        condition = condition_named(by, body["program"], body["condition"])
        corrects, code = body.get("corrects"), body.get("checklist_item")
        [saved] = record_search(
            search=SearchItem(
                places=body["places"],
                searched_on=body["searched_on"],
                terms=body.get("terms", ""),
                result=body["result"],
                note=body.get("note", ""),
            ),
            condition=condition,
            cycle=cycle_numbered(by, body["program"], body["cycle"]),
            checklist_items=[item_named(condition, code, field="checklist_item")] if code else (),
            by=by,
            as_of=clock.now(),
            corrects=search_entry_seen(by, corrects, field="corrects") if corrects else None,
        )
        return made(request, SEARCHES, by, "search-entry", saved.pk)


@extend_schema_view(get=describes_row("search_entry", SearchRow, "One entry of the search log."))
class SearchOne(RowView):
    """One entry of the search log."""

    listing = SEARCHES
