"""The OpenAPI document: whole, true to the answers, and browsable without another host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.generation import GenerationMode

from conditions.api.urls import urlpatterns
from conditions.models import (
    Assessment,
    ChecklistItem,
    Condition,
    Event,
    Evidence,
    EvidenceLink,
    Feed,
    InboxItem,
    OfficialFinding,
    OfficialReport,
    Program,
    Publication,
    ReviewCycle,
    SearchEntry,
    Source,
)
from tests.api.conftest import Caller, caller
from tests.factories import make_assessment
from tracker.wsgi import application

pytestmark = pytest.mark.django_db
CHECKS = [
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
]
NOT_DESCRIBED = {"schema", "docs", "nowhere"}


@pytest.fixture
def _connection_stays_open() -> Iterator[None]:
    """What Django's own test client does: a request does not close the test's connection."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def description(program: Program, _connection_stays_open: None) -> Any:
    """The document, as the server in this process gives it, with something of everything."""
    make_assessment(
        condition=program.conditions.get(code="CHARLIE"),
        cycle=program.cycles.get(number=2),
        state="submitted",
    )
    return schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)


@pytest.mark.parametrize("generation", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("role", [None, "manager"])
def test_every_answer_is_one_that_the_document_knows(
    description: Any, role: str | None, generation: GenerationMode
) -> None:
    who = caller(role)
    headers = {"Authorization": f"Bearer {who.token}"} if role else {}
    operations = [result.ok() for result in description.get_all_operations()]
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=generation))
        @settings(
            max_examples=6,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def try_out(case: Any) -> None:
            if generation is GenerationMode.POSITIVE:
                _aim(case)
            case.call_and_validate(headers=headers, checks=CHECKS)

        with suppress(Unsatisfiable):
            try_out()
    assert len(operations) == 66


def _aim(case: Any) -> None:
    """Names things that exist, so that more than the way to a 404 is tried."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = "judged" if name == "slug" else _newest(case.path)
    if case.method == "POST" and isinstance(case.body, dict) and "program" in case.body:
        case.body.update(program="judged", condition="ALPHA")
        if "cycle" in case.body:
            case.body.update(cycle=4, valid_from="2026-11-20", findings=[], cited=[])
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = "*"


def _newest(path: str) -> int:
    kinds: dict[str, Any] = {
        "assessments": Assessment,
        "checklist-items": ChecklistItem,
        "conditions": Condition,
        "cycles": ReviewCycle,
        "events": Event,
        "evidence": Evidence,
        "evidence-links": EvidenceLink,
        "feeds": Feed,
        "inbox": InboxItem,
        "official-findings": OfficialFinding,
        "official-reports": OfficialReport,
        "publications": Publication,
        "search-log": SearchEntry,
        "sources": Source,
    }
    newest = kinds[path.split("/")[3]].objects.order_by("pk").last()
    return newest.pk if newest else 1


def test_the_document_is_valid_and_complete(stranger: Caller, capsys: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")
    document = stranger.get("schema/", {"format": "json"}).json()
    addresses = {
        "/api/v1/"
        + str(one.pattern)
        .replace("<slug:", "{")
        .replace("<int:pk>", "{id}")
        .replace("<int:", "{")
        .replace(">", "}")
        for one in urlpatterns
        if one.name not in NOT_DESCRIBED
    }

    assert document["openapi"].startswith("3.1")
    assert document["paths"].keys() == addresses
    for address, operations in document["paths"].items():
        for method, operation in operations.items():
            refusals = {code for code in operation["responses"] if code >= "400"}
            assert refusals, (address, method)
            for code in refusals:
                kinds = operation["responses"][code]["content"].keys()
                assert kinds == {"application/problem+json"}, (address, method, code)


def test_the_status_is_described_with_its_parameters_and_forms(stranger: Caller) -> None:
    document = stranger.get("schema/", {"format": "json"}).json()
    status = document["paths"]["/api/v1/programs/{slug}/status/"]["get"]

    assert {one["name"] for one in status["parameters"]} == {
        *("slug", "valid_at", "known_at", "format", "If-None-Match")
    }
    assert status["responses"]["200"]["content"].keys() == {"application/json", "text/csv"}
    assert status["responses"].keys() == {"200", "304", "400", "401", "404"}
