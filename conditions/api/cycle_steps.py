"""The steps of a review cycle: its key judgements, its extension, its closing or skipping."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from conditions import clock
from conditions.actions.cycle_closing import close_cycle
from conditions.actions.cycle_extension import extend_cycle
from conditions.actions.cycle_skipping import skip_cycle
from conditions.actions.key_judgements import write_key_judgements
from conditions.api.answering import answered
from conditions.api.bodies import LONGEST_TEXT, MOST_PARTS
from conditions.api.description import describes_row, describes_write
from conditions.api.parsing import read_body
from conditions.api.readers import person_writing
from conditions.api.views import View
from conditions.models import ReviewCycle, User
from conditions.queries.key_judgements import KeyJudgementsRow, cycle_seen, key_judgements_seen
from conditions.queries.lists.filters import LARGEST_NUMBER
from conditions.queries.lists.paging import row_of
from conditions.queries.lists.record import CYCLES


def _reason(about: str) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, help_text=about)


class ClosingBody(serializers.Serializer):
    """What is said on closing, if anything."""

    note = serializers.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        allow_blank=True,
        help_text="A note that stays with the closing and stands in the report.",
    )


class ExtensionBody(serializers.Serializer):
    """Until when a cycle is extended, and why."""

    due_on = serializers.DateField(help_text="The new due date, as 2027-03-19.")
    reason = _reason("The authority or event that moved the date.")


class SkippingBody(serializers.Serializer):
    """Why a cycle is closed without a review."""

    reason = _reason("Why there is no review, and who decided that.")


class KeyJudgementsBody(serializers.Serializer):
    """The sentences at the head of a cycle's report, most important first."""

    statements = serializers.ListField(
        child=serializers.CharField(
            max_length=LONGEST_TEXT, allow_blank=True, help_text="One sentence."
        ),
        max_length=MOST_PARTS,
        help_text="The sentences, most important first.",
    )
    number = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_NUMBER,
        help_text="The number of the set these replace; 0 where there is none yet.",
    )


class CycleStep(View):
    """One step of a review cycle."""

    body: ClassVar[type[serializers.Serializer]]

    def take(self, cycle: ReviewCycle, said: dict[str, Any], *, by: User, as_of: datetime) -> None:
        """Take the step."""
        raise NotImplementedError

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Take the step; the answer is the cycle as it is then."""
        self.check_parameters(request)
        by = person_writing(request)
        cycle, now = cycle_seen(by, pk), clock.now()
        self.take(cycle, read_body(self.body, request), by=by, as_of=now)
        return answered(request, row_of(CYCLES, by, as_of=now, pk=pk), is_public=False)


def _step(name: str, about: str, body: type[serializers.Serializer]) -> Any:
    return extend_schema_view(
        post=describes_write(name, about, body=body, row=CYCLES.row, status=200)
    )


@_step("close_cycle", "Close a cycle for good and publish its report.", ClosingBody)
class CycleClose(CycleStep):
    """Close a cycle for good and publish its report."""

    body = ClosingBody

    def take(self, cycle: ReviewCycle, said: dict[str, Any], *, by: User, as_of: datetime) -> None:
        """Close."""
        close_cycle(cycle=cycle, by=by, as_of=as_of, note=said.get("note", ""))


@_step("extend_cycle", "Move a cycle's due date past the scheduled one.", ExtensionBody)
class CycleExtend(CycleStep):
    """Move a cycle's due date past the scheduled one."""

    body = ExtensionBody

    def take(self, cycle: ReviewCycle, said: dict[str, Any], *, by: User, as_of: datetime) -> None:
        """Extend."""
        extend_cycle(cycle=cycle, due_on=said["due_on"], reason=said["reason"], by=by, as_of=as_of)


@_step("skip_cycle", "Close a cycle for good without a review.", SkippingBody)
class CycleSkip(CycleStep):
    """Close a cycle for good without a review."""

    body = SkippingBody

    def take(self, cycle: ReviewCycle, said: dict[str, Any], *, by: User, as_of: datetime) -> None:
        """Skip."""
        skip_cycle(cycle=cycle, reason=said["reason"], by=by, as_of=as_of)


@extend_schema_view(
    get=describes_row(
        "key_judgements", KeyJudgementsRow, "What a cycle's report says first; drafts for the team."
    ),
    post=describes_write(
        "write_key_judgements",
        "Put a new set of key judgements in place of the one named; the earlier stay on file.",
        body=KeyJudgementsBody,
        row=KeyJudgementsRow,
        status=201,
    ),
)
class CycleKeyJudgements(View):
    """The key judgements of a cycle, and the address at which a new set is written."""

    def get(self, request: Request, pk: int) -> HttpResponse:
        """The newest set that this reader may know."""
        self.check_parameters(request)
        row = key_judgements_seen(request.user, cycle_seen(request.user, pk))
        return answered(request, row, is_public=not request.user.is_authenticated)

    def post(self, request: Request, pk: int) -> HttpResponse:
        """Write a new set."""
        self.check_parameters(request)
        by = person_writing(request)
        cycle = cycle_seen(by, pk)
        said = read_body(KeyJudgementsBody, request)
        write_key_judgements(
            cycle=cycle,
            statements=said["statements"],
            by=by,
            as_of=clock.now(),
            expected_number=said["number"],
        )
        there = request.build_absolute_uri(request.path)
        row = key_judgements_seen(by, cycle)
        return answered(request, row, is_public=False, status=201, Location=there)
