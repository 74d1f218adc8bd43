"""The status of a program: the hot path, answered before the framework would have begun."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import MethodNotAllowed

from conditions import clock
from conditions.api.answering import JSON, dumped, finished, names_etag
from conditions.api.description import NOT_MODIFIED, READ, if_none_match, problems
from conditions.api.parameters import require_known
from conditions.api.problems import problem_of
from conditions.api.readers import NOBODY, reader_and_mark
from conditions.api.scorecard import COLUMNS, Scorecard, scorecard, table
from conditions.api.shapes import serializer_of
from conditions.api.sheet import as_csv
from conditions.api.views import View
from conditions.queries.answers import RELEASE, SHELF, Answer, ProgramMark, program_mark
from conditions.queries.asof import read_as_of
from conditions.queries.readers import NoProgram, program_for, sensitivities_for
from conditions.queries.status import program_status
from conditions.rules.authority import Reader
from conditions.rules.calendar import legal_day
from conditions.rules.refusals import Invalid

CSV = "text/csv; charset=utf-8"
NOTHING = Answer(b"", JSON)
PARAMETERS = ("valid_at", "known_at", "format")


class UnknownFormat(Invalid):
    """A form of answer that the status does not have."""


@dataclass(frozen=True, slots=True)
class _Question:
    slug: str
    valid_at: str
    known_at: str
    as_sheet: bool
    today: date
    sensitivities: tuple[str, ...]
    for_team: bool


class ProgramStatusView(View):
    """A program's whole scorecard in one call."""

    @extend_schema(
        operation_id="get_program_status",
        summary="The whole scorecard of a program, on any day, as known at any moment.",
        parameters=[
            OpenApiParameter("slug", str, OpenApiParameter.PATH),
            OpenApiParameter("valid_at", OpenApiTypes.DATE, description="The day asked about."),
            OpenApiParameter(
                "known_at",
                str,
                description="Only what was known then: a date (to its end) or a moment.",
            ),
            OpenApiParameter(
                "format", str, enum=("json", "csv"), description="Or Accept: text/csv."
            ),
            if_none_match(),
        ],
        responses={
            (200, JSON): serializer_of(Scorecard),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "One row for each condition."),
            304: NOT_MODIFIED,
            **problems(*(status for status in READ if status != 429), 404),
        },
    )
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Answered from memory where nothing was written since; the ETag comes before any work."""
        if request.GET:
            require_known(request.GET, PARAMETERS)
        reader, mark = reader_and_mark(request, slug)
        mark = _require_open(mark, reader, slug)
        question = _read(request, slug, reader, mark)
        etag = f'"{_key(question, mark)}"'
        answer: Answer | None = NOTHING
        if not names_etag(request, etag):
            answer = SHELF.find(etag)
        if answer is None:
            answer, lasting = _computed(question, reader, mark)
            if lasting:
                SHELF.keep(etag, answer)
        return finished(
            request,
            answer.body,
            etag=etag,
            content_type=answer.content_type,
            is_public=reader is NOBODY,
        )

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The framework's own dispatch costs more than the answer, so this address goes without."""
        try:
            if request.method not in ("GET", "HEAD"):
                raise MethodNotAllowed(request.method)
            return self.get(request, **kwargs)
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            response = problem.answer(request)
            if problem.status == 405:
                response["Allow"] = "GET, HEAD"
            return response


def _require_open(mark: ProgramMark | None, reader: Reader, slug: str) -> ProgramMark:
    if mark is None or not (mark.is_public or reader.has_perm("conditions.view_program")):
        raise NoProgram(
            "There is no such program.",
            field="program",
            value=slug,
            remedy="See the list of programs for their names.",
        )
    return mark


def _read(request: HttpRequest, slug: str, reader: Reader, mark: ProgramMark) -> _Question:
    query = request.GET
    form = query.get("format", "")
    if form not in ("", "json", "csv"):
        raise UnknownFormat(
            f"There is no form “{form}”.", field="format", value=form, remedy="Use json or csv."
        )
    accepts = request.headers.get("accept", "")
    return _Question(
        slug=slug,
        valid_at=query.get("valid_at", ""),
        known_at=query.get("known_at", ""),
        as_sheet=form == "csv" or (not form and accepts.startswith("text/csv")),
        today=legal_day(clock.now(), mark.time_zone),
        sensitivities=tuple(sorted(sensitivities_for(reader))),
        for_team=reader.has_perm("conditions.view_assessment"),
    )


def _key(question: _Question, mark: ProgramMark) -> str:
    text = f"{RELEASE}|{mark}|{question}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _computed(question: _Question, reader: Reader, mark: ProgramMark | None) -> tuple[Answer, bool]:
    """The answer worked out, and whether nothing was written while it was."""
    program = program_for(reader, question.slug)
    as_of = read_as_of(
        program, valid_at=question.valid_at, known_at=question.known_at, today=question.today
    )
    status = program_status(program, as_of, sensitivities=question.sensitivities)
    card = scorecard(status, for_team=question.for_team)
    if question.as_sheet:
        answer = Answer(as_csv(table(card), COLUMNS), CSV)
    else:
        answer = Answer(dumped(card), JSON)
    return answer, program_mark(question.slug) == mark
