"""A rich report as plain values, and publications made of it: what the report's faces are shown."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from datetime import datetime
from typing import Any

from conditions.models import Program, Publication, User
from conditions.queries.report import Report, read_report
from conditions.rules.fingerprint import canonical_json, fingerprint
from tests.days import FIRST_DUE, SECOND_DUE, noon
from tests.factories import SCALE_ROWS, make_user

HOSTILE = "<script>alert('x')</script> & “<b>bold</b>”"
ARABIC = "تقرير عن المقاتلين الأجانب"
SECRET = "ev-secret"
LONG = (
    "Two units stay under their own commanders, and no vetting is on file for any of them, "
    "which the ministry does not deny in public; nobody outside has been let in to see them."
)

Content = dict[str, Any]


def seal(text: str) -> str:
    """A hash to print."""
    return hashlib.sha256(text.encode()).hexdigest()


def document(key: str, **fields: Any) -> Content:
    """A public document of the annex."""
    return {
        "key": key,
        "title": f"Title of {key}",
        "url": f"https://example.org/{key}",
        "reference": "",
        "publisher": "United Nations",
        "published_on": "2026-02-01",
        "happened": "January 2026",
        "language": "en",
        "summary": f"What {key} says, in our words.",
        "grade": "A1",
        "is_primary": False,
        "version": 1,
        "sha256": seal(key),
        "captures": [],
        "cited_by": [],
        **fields,
    }


def documents() -> list[Content]:
    """A plain document, a hostile one, an Arabic one with a capture, one without an address."""
    return [
        document("ev-a", cited_by=["ALPHA"], is_primary=True),
        document("ev-b", title=HOSTILE, url="javascript:alert(1)", grade="F6", publisher=HOSTILE),
        document(
            "ev-c",
            title=ARABIC,
            language="ar",
            grade="C3",
            captures=[
                {
                    "sha256": seal("a capture"),
                    "captured_at": "2026-02-03T09:00:00+00:00",
                    "final_url": "https://example.org/moved",
                }
            ],
            cited_by=["ALPHA", "BRAVO"],
        ),
        document("ev-d", url="", reference="S/2026/12", published_on=None, happened=""),
    ]


def judgement(**fields: Any) -> Content:
    """An approved judgement with everything that one can carry."""
    return {
        "status": "1",
        "status_label": "Initial steps",
        "trend": "deteriorating",
        "confidence": "moderate",
        "confidence_reason": "Two independent sources, one of them on the ground.",
        "rationale": "The ministry announced a register. Nobody outside has seen it.\nIt is new.",
        "limb": "outcome",
        "authority": "",
        "dissent": "",
        "valid_from": FIRST_DUE.isoformat(),
        "approved_at": noon(SECOND_DUE).isoformat(),
        "correction_note": "",
        "is_demonstration": False,
        "sha256": seal("judgement"),
        "flags": [],
        "citations": [],
        "not_public": 0,
        **fields,
    }


def change(**fields: Any) -> Content:
    """How a condition was judged against the cycle before: not at all, unless said."""
    return {
        "before_cycle": None,
        "before": None,
        "before_label": "Not yet assessed",
        "direction": "new",
        "why": "",
        "new": [],
        "dropped": [],
        "items": [],
        **fields,
    }


def condition(code: str, **fields: Any) -> Content:
    """One condition without a judgement, unless said."""
    return {
        "code": code,
        "title": f"Title of {code}",
        "citation": "Test Act, section 1(a)",
        "provision": f"What {code} asks for.",
        "test": "outcome",
        "wording": 2,
        "wording_sha256": seal(f"wording of {code}"),
        "checklist": [],
        "judgement": None,
        "change": change(direction="none"),
        "official": None,
        "divergence": "not_recorded",
        "divergence_text": "Nobody has recorded yet whether there is an official report.",
        "supports": 0,
        "contradicts": 0,
        **fields,
    }


def alpha() -> Content:
    """A condition that fell, with dissent, a correction, flags, and an official report against."""
    return condition(
        "ALPHA",
        checklist=[
            {
                "code": "A.1",
                "statement": "A register of foreign fighters is published.",
                "rule": "Two independent sources, one of them B or better.",
                "hard_hurdle": True,
                "status": "1",
                "status_label": "Initial steps",
                "note": "Announced only.",
            },
            {
                "code": "A.2",
                "statement": "None of them holds a command.",
                "rule": "One primary document.",
                "hard_hurdle": False,
                "status": None,
                "status_label": "Not yet assessed",
                "note": "",
            },
        ],
        judgement=judgement(
            dissent="One reviewer would have said Partially met.",
            correction_note="The first judgement missed the decree of 3 February.",
            flags=["reversed", "single_source"],
            citations=[
                {"key": "ev-a", "grade": "A1", "stance": "contradicts", "same_voice": ["ev-c"]},
                {"key": "ev-c", "grade": "C3", "stance": "supports", "same_voice": ["ev-a"]},
            ],
            not_public=2,
        ),
        change=change(
            before_cycle=1,
            before="3",
            before_label="Largely met",
            direction="down",
            why="The first judgement missed the decree of 3 February.",
            new=["ev-a"],
            dropped=["ev-b"],
            items=[{"code": "A.1", "before": "3", "after": "1", "note": "Announced only."}],
        ),
        official={
            "finding": "affirmed",
            "label": "Affirmed",
            "found_on": "2026-07-20",
            "note": "Section 3 of the report.",
            "document": "ev-d",
        },
        divergence="we_say_no",
        divergence_text="The official report affirms this condition; our judgement says no.",
        supports=3,
        contradicts=5,
    )


def bravo() -> Content:
    """A waived condition, on which no official report was submitted."""
    return condition(
        "BRAVO",
        judgement=judgement(
            status="W",
            status_label="Waived",
            trend="no_change",
            confidence="high",
            rationale="Waived for the whole period.",
            authority="The President, by determination 2026-4 of 2 February 2026",
            citations=[{"key": "ev-c", "grade": "C3", "stance": "neutral"}],
        ),
        change=change(
            before_cycle=1,
            before="W",
            before_label="Waived",
            direction="same",
            why="Waived for the whole period.",
        ),
        official={
            "finding": "not_submitted",
            "label": "No official report submitted",
            "found_on": "2026-08-20",
            "note": "",
            "document": "",
        },
        divergence="not_required",
        divergence_text="This condition is waived, so there is no answer to compare.",
    )


def escalation() -> Content:
    """Both counts of the consecutive-period rule, one of them fired."""
    return {
        "consequence": "Sanctions should be put back.",
        "legal_effect": "sense_of_legislature",
        "citation": "Test Act, section 9",
        "runs": [
            {
                "basis": "own",
                "current": 2,
                "needed": 2,
                "counted": [1, 2],
                "missing": [],
                "has_fired": True,
            },
            {
                "basis": "official",
                "current": 1,
                "needed": 2,
                "counted": [2],
                "missing": [1],
                "has_fired": False,
            },
        ],
    }


def agreement() -> Content:
    """Two blind codings of a few conditions."""
    return {
        "unit": "condition",
        "pairs": 6,
        "agreed": 5,
        "outside": 1,
        "outside_agreed": 1,
        "kappa": "",
        "low": "",
        "high": "",
        "reason": "Kappa takes at least 20 pairs of grades; here only raw agreement tells.",
    }


def program_told(**fields: Any) -> Content:
    """The program of the report."""
    return {
        "slug": "test-program",
        "title": "Program test-program",
        "short_title": "Test Act",
        "country": "Syria",
        "instrument": "Test Act",
        "citation": "Test Act, section 1",
        "official_url": "https://example.org/act",
        "legal_stage": "Superseded",
        "stage_note": "Passed by the Senate and dropped in conference.",
        "assessor_of_record": "The President",
        "certification": "all",
        "interval_days": 120,
        "time_zone": "America/New_York",
        "four_eyes": True,
        "is_demonstration": False,
        "scale": [{key: row[key] for key in _GRADE} for row in SCALE_ROWS],
        **fields,
    }


_GRADE = ("code", "label", "meaning", "rank")


def cycle_told(number: int = 2) -> Content:
    """The cycle of the report: extended once, closed."""
    return {
        "number": number,
        "starts_on": FIRST_DUE.isoformat(),
        "scheduled_due_on": "2026-07-01",
        "due_on": SECOND_DUE.isoformat(),
        "closed_on": SECOND_DUE.isoformat(),
        "closing_note": "Closed on the day it was due.",
        "extensions": [
            {
                "due_on_before": "2026-07-01",
                "due_on": SECOND_DUE.isoformat(),
                "reason": "Access to the camps opened late.",
                "recorded_at": noon(FIRST_DUE).isoformat(),
            }
        ],
    }


def sample(*, conditions: int = 2, **fields: Any) -> Content:
    """Version 2 of a report with two conditions and something of everything.

    With one condition it has only the first; each beyond two is not yet assessed.
    """
    told = [alpha(), bravo()][:conditions]
    told += [condition(f"MORE-{place}") for place in range(3, conditions + 1)]
    content = {
        "schema": "publication/1",
        "program": program_told(),
        "cycle": cycle_told(),
        "version": 2,
        "note": "ALPHA was judged without the decree of 3 February.",
        "valid_at": "2026-07-07",
        "known_at": noon(SECOND_DUE).isoformat(),
        "previous": {"cycle": 2, "version": 1, "sha256": seal("version 1")},
        "annex_sha256": seal("annex"),
        "is_demonstration": False,
        "key_judgements": [
            "The register of foreign fighters exists on paper only.",
            "Nothing suggests that commands change hands before autumn.",
        ],
        "conditions": told,
        "counts": [
            {"code": "1", "label": "Initial steps", "count": 1},
            {"code": "W", "label": "Waived", "count": 1},
            {"code": None, "label": "Not yet assessed", "count": max(conditions - 2, 0)},
        ],
        "answer": {"answer": "not_affirmative", "reason": "Not affirmative: ALPHA."},
        "escalation": escalation(),
        "submission": {
            "submitted_on": "2026-07-20",
            "released_on": None,
            "opens_on": "2026-08-19",
            "closes_on": "2026-09-18",
            "document": "ev-d",
        },
        "agreement": [agreement()],
        "evidence": documents(),
        "earlier": [
            {
                "version": 1,
                "known_at": noon(SECOND_DUE).isoformat(),
                "sha256": seal("version 1"),
                "note": "",
            }
        ],
    }
    return deepcopy({**content, **fields})


def full_house() -> Content:
    """The fullest scorecard: eight conditions, every flag raised, every warning said."""
    codes = ("ISIS", "MINORITIES", "NEIGHBOURS", "TERRORISM", "FIGHTERS", "RIGHTS", "L7", "L8")
    content = sample(
        is_demonstration=True,
        program=program_told(four_eyes=False, stage_note=LONG),
        counts=[{"code": code, "label": "", "count": 1} for code in "0123UW"],
    )
    content["conditions"] = [
        {**alpha(), "code": code, "title": "Removal of foreign fighters from senior posts"}
        for code in codes
    ]
    for row in content["conditions"]:
        flags = ["reversed", "single_source", "one_sided", "stale"]
        row["judgement"] = {**row["judgement"], "rationale": LONG, "flags": flags}
    return content


def sample_report(*, is_draft: bool = False, **fields: Any) -> Report:
    """The sample read as a report; as a draft it has no hash."""
    content = sample(**fields)
    return read_report(content, sha256="" if is_draft else fingerprint(content), is_draft=is_draft)


def draft_report(**fields: Any) -> Report:
    """A draft of which much is missing."""
    cycle = {**cycle_told(), "closed_on": None, "closing_note": ""}
    lacking = {"conditions": 3, "cycle": cycle, "key_judgements": [], "earlier": [], "version": 1}
    return sample_report(is_draft=True, **{**lacking, "previous": None, "note": "", **fields})


def make_publication(
    program: Program,
    number: int = 2,
    /,
    *,
    as_of: datetime,
    by: User | None = None,
    note: str = "",
    content: Content | None = None,
    **fields: Any,
) -> Publication:
    """The sample, or ``content``, as the next version of a report, chained to the newest one."""
    cycle = program.cycles.get(number=number)
    by = by or make_user("manager")
    if cycle.closed_at is None:
        cycle.closed_on, cycle.closed_at, cycle.closed_by = as_of.date(), as_of, by
        cycle.save()
    newest = program.publications.newest_first().first()
    version = cycle.publications.count() + 1
    told = program_told(short_title=program.short_title)
    content = content or sample(**{"program": told, **fields})
    content |= {
        "cycle": cycle_told(number),
        "version": version,
        "note": note if version == 1 else note or "A corrected report.",
        "known_at": as_of.isoformat(),
        "earlier": [],
    }
    content["program"]["slug"] = program.slug
    row = Publication.objects.create(
        program=program,
        cycle=cycle,
        version=version,
        valid_at=content["valid_at"],
        known_at=as_of,
        content=canonical_json(content).decode(),
        annex=canonical_json({"rows": [[SECRET, seal(SECRET)]]}).decode(),
        sha256=fingerprint(content),
        previous=newest,
        note=content["note"],
        published_by=by,
    )
    Program.objects.touch(program.pk, as_of=as_of)
    return row
