"""Whether an answer is right: compared with the query that every face calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db.models import TextField, Value
from django.db.models.functions import Concat

from bench.requests import Request, Response
from bench.subject import Subject
from conditions.models import EvidenceText
from conditions.queries.asof import read_as_of
from conditions.queries.status import ConditionStatus, ProgramStatus, program_status

Faults = Iterator[str]


def status_faults(subject: Subject, request: Request, response: Response) -> Faults:
    """What a status answer says otherwise than ``program_status``."""
    expected = _expected(subject, request)
    body = json.loads(response.body)
    cycle = expected.cycle.number if expected.cycle else None
    yield from _differ("program", body["program"], subject.program.slug)
    yield from _differ("valid_at", body["valid_at"], expected.as_of.valid_at.isoformat())
    known_at = datetime.fromisoformat(body["known_at"])
    yield from _differ("known_at", known_at, expected.as_of.known_at)
    yield from _differ("cycle", body["cycle"] and body["cycle"]["number"], cycle)
    yield from _differ("conditions", len(body["conditions"]), len(expected.conditions))
    for said, meant in zip(body["conditions"], expected.conditions, strict=False):
        yield from _condition_faults(said, meant)


def scorecard_faults(subject: Subject, request: Request, response: Response) -> Faults:
    """What a scorecard page leaves out: each condition with its title and status."""
    page = unescape(response.body.decode())
    yield from _differ("end of page", page.rstrip().endswith("</html>"), True)
    for meant in _expected(subject, request).conditions:
        for text in (meant.code, meant.title, meant.status_label):
            if text not in page:
                yield f"the page does not say {text!r}"


def unchanged_faults(subject: Subject, request: Request, response: Response) -> Faults:
    """What a 304 must not have, and must repeat."""
    asked = dict(request.headers)["If-None-Match"]
    yield from _differ("bytes", response.sent, 0)
    yield from _differ("ETag", response.headers.get("etag"), asked)


def search_faults(subject: Subject, request: Request, response: Response) -> Faults:
    """What a search answers otherwise than a look at every text does: which documents, in order."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
    wanted, _, unwanted = query["q"].partition(" -")
    parts = ("title", Value(" "), "summary", Value(" "), "body")
    whole = Concat(Value(" "), *parts, Value(" "), output_field=TextField())
    texts = EvidenceText.objects.annotate(words=whole)
    texts = texts.filter(words__contains=f" {wanted} ")
    texts = texts.filter(evidence__sensitivity__in=_sees(subject, request))
    texts = texts.exclude(words__contains=f" {unwanted} ").order_by("-pk")
    meant = list(texts.values_list("pk", flat=True)[: int(query["page_size"])])
    yield from _differ(
        "documents", [row["id"] for row in json.loads(response.body)["results"]], meant
    )


def _condition_faults(said: dict[str, Any], meant: ConditionStatus) -> Faults:
    facts = {
        "code": meant.code,
        "title": meant.title,
        "status": meant.status,
        "status_label": meant.status_label,
        "trend": meant.trend or None,
        "confidence": meant.confidence or None,
        "rationale": meant.rationale,
        "valid_from": meant.valid_from and meant.valid_from.isoformat(),
        "judged_in_cycle": meant.judged_in_cycle,
        "official_finding": meant.official,
        "official_found_on": meant.official_found_on and meant.official_found_on.isoformat(),
        "flags": list(meant.flags.names()),
    }
    for name, value in facts.items():
        yield from _differ(f"{meant.code} {name}", said[name], value)
    for stance in ("supports", "contradicts", "neutral"):
        counted = getattr(meant.evidence, stance)
        yield from _differ(f"{meant.code} {stance}", said["evidence"][stance], counted)


def _expected(subject: Subject, request: Request) -> ProgramStatus:
    query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
    as_of = read_as_of(
        subject.program,
        valid_at=query.get("valid_at", ""),
        known_at=query.get("known_at", ""),
        today=subject.today,
    )
    return program_status(subject.program, as_of, sensitivities=_sees(subject, request))


def _sees(subject: Subject, request: Request) -> frozenset[str]:
    return subject.sensitivities(tuple(h for h in request.headers if h[0] == "Authorization"))


def _differ(what: str, said: object, meant: object) -> Faults:
    if said != meant:
        yield f"{what} is {said!r}, should be {meant!r}"
