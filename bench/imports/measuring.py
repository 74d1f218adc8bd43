"""What bringing in a sheet takes: the dry run and the load, by the clock, processor and memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from bench.imports.sheet import LINKS, sheet
from conditions.actions.imports import import_at_once, plan_import
from conditions.models import (
    CaptureOrder,
    Evidence,
    EvidenceImport,
    EvidenceLink,
    Program,
    TextComparison,
)

NAME = "bench.csv"


@dataclass(frozen=True, slots=True)
class Imported:
    """One sheet on one database: seconds on the clock and of this process, memory in MiB."""

    vendor: str
    rows: int
    plan_seconds: float
    plan_cpu: float
    load_seconds: float
    load_cpu: float
    mib_before: float
    mib: float
    faults: list[str]


def measure(program: Program, rows: int) -> Imported:
    """Plan a sheet of so many rows, then file it, as ``import_evidence`` does.

    ``mib_before`` is the most that the process had held before, with the sheet in it.
    """
    codes = program.conditions.order_by("code").values_list("code", flat=True)
    body = sheet(rows, list(codes))
    before = _most_mib()

    def plan() -> list[str]:
        found = plan_import(program=program, filename=NAME, body=body, mapping={}, as_of=_now())
        told = [] if found.good == rows else [f"the dry run finds {found.good:,} rows good"]
        return told + [str(fault) for fault in found.faults[:3]]

    def load() -> list[str]:
        done = import_at_once(
            program=program,
            filename=NAME,
            body=body,
            mapping={},
            only_good_rows=False,
            by=None,
            clock=_now,
        )
        return list(_missing(done, rows))

    planned, loaded = _timed(plan), _timed(load)
    return Imported(
        vendor=connection.vendor,
        rows=rows,
        plan_seconds=planned[1],
        plan_cpu=planned[2],
        load_seconds=loaded[1],
        load_cpu=loaded[2],
        mib_before=before,
        mib=_most_mib(),
        faults=planned[0] + loaded[0],
    )


def _missing(done: EvidenceImport, rows: int) -> Iterator[str]:
    """What a load should have left and did not."""
    if done.outcome["filed"] != rows:
        yield f"{done.outcome['filed']:,} documents were filed, should be {rows:,}"
    for model, wanted in (
        (Evidence, rows),
        (EvidenceLink, rows * LINKS),
        (CaptureOrder, rows),
        (TextComparison, rows),
    ):
        # The crosswalk may carry links further.
        if (found := model._default_manager.count()) < wanted:
            yield f"{found:,} {model._meta.verbose_name_plural}, should be {wanted:,}"


def _timed(work: Callable[[], list[str]]) -> tuple[list[str], float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    faults = work()
    return faults, time.perf_counter() - clock, time.process_time() - processor


def _most_mib() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _now() -> datetime:
    return datetime.now(UTC)
