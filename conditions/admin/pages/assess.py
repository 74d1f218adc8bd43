"""The Assess page: a proposal to change, a draft to go on with, or two versions to choose from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from conditions import clock
from conditions.actions.assessments import AlreadyOpen
from conditions.actions.drafting import write_assessment
from conditions.actions.steps import ChangedMeanwhile
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_bench import Bench, last_findings, number, open_bench, shown
from conditions.admin.pages.assess_form import SEARCH_FIELDS, AssessForm
from conditions.admin.pages.assess_values import from_assessment, from_proposal
from conditions.admin.pages.conflict import differences
from conditions.admin.pages.reconcile import blind_first, from_codings
from conditions.admin.rendering import page, person, require
from conditions.models import ChecklistItem, Event
from conditions.queries.captures import held_copies
from conditions.queries.evidence_rules import ItemVerdict
from conditions.queries.evidence_sides import sides
from conditions.queries.link_health import lost_links
from conditions.queries.proposals import findings_of, proposal, suggestion
from conditions.rules.workflow import may_edit

SAVING = {"save", "submit"}
RENAMED = {
    **{"findings": "", "assessment": "", "condition": "", "revision": ""},
    **{"places": "search_places", "terms": "search_terms", "result": "search_result"},
}


def assess(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the form; save a draft, submit it, narrow the evidence, or settle a conflict."""
    require(request, "add_assessment", to="write assessments")
    typed = request.POST if request.method == "POST" else kept.take(request)
    bench = open_bench(
        request, object_id, typed if typed is not None else request.GET, as_of=clock.now()
    )
    if bench.assessment and not may_edit(bench.assessment.state) and typed is None:
        messages.info(request, f"This assessment is {bench.assessment.state}.")
        return redirect("admin:conditions_assessment_change", bench.assessment.pk)
    if request.method == "POST" and request.POST.get("intent", "save") in SAVING:
        return _save(site, request, bench)
    if typed is None:
        turned = blind_first(request, bench)
        return turned or _show(site, request, bench, _form(bench, initial=_on_file(bench)))
    blank = _form(bench)
    mine = blank.typed(typed)
    if typed.get("intent") == "theirs":
        rows = differences(blank, theirs=_on_file(bench), mine=mine, documents=bench.rows)
        form = _form(bench, initial=_on_file(bench))
        return _show(site, request, bench, form, set_aside=rows)
    restored = request.method == "GET"
    return _show(site, request, bench, _form(bench, initial=mine), typed=typed, restored=restored)


def _save(site: AdminSite, request: HttpRequest, bench: Bench) -> HttpResponse:
    submit = request.POST.get("intent") == "submit"
    form = _form(bench, data=_with_day_of(bench, request.POST), submitting=submit)
    if not form.is_valid():
        return _show(site, request, bench, form, status=422, typed=request.POST)
    started = bench.assessment is not None and request.POST.get("assessment")
    try:
        saved = write_assessment(
            condition=bench.condition,
            cycle=bench.cycle,
            judgement=form.judgement(),
            by=person(request),
            as_of=bench.as_of,
            submit=submit,
            assessment=bench.assessment if started else None,
            expected_revision=number(request.POST.get("revision")),
            corrects=bench.corrects,
            correction_note=form.cleaned_data.get("correction_note", ""),
            search=form.search(bench.condition.program.day_of(bench.as_of)),
        )
    except (ChangedMeanwhile, AlreadyOpen):
        return _conflict(site, request, object_id=bench.condition.pk)
    except REFUSED as error:
        put(error, form, fields=RENAMED)
        return _show(site, request, bench, form, status=409, typed=request.POST)
    if submit:
        messages.success(request, f"{saved} is submitted. A reviewer can approve it now.")
    else:
        messages.success(request, f"The draft of {saved} is saved.")
    return redirect("admin:conditions_condition_change", bench.condition.pk)


def _conflict(site: AdminSite, request: HttpRequest, *, object_id: int) -> HttpResponse:
    """Both versions: the one on file now, and what this person typed, which stays in the form."""
    bench = open_bench(request, object_id, request.POST, as_of=clock.now())
    blank = _form(bench)
    mine = blank.typed(request.POST)
    rows = differences(blank, theirs=_on_file(bench), mine=mine, documents=bench.rows)
    return _show(
        site,
        request,
        bench,
        _form(bench, initial=mine),
        status=409,
        conflict=rows,
        is_conflict=True,
        saved=_last_event(bench),
        q=request.POST.get("q", ""),
    )


def _last_event(bench: Bench) -> Event | None:
    if bench.assessment is None:
        return None
    events = Event.objects.filter(subject_type="assessment", subject_id=str(bench.assessment.pk))
    return events.select_related("actor").order_by("-id").first()


def _form(bench: Bench, **options: Any) -> AssessForm:
    return AssessForm(
        condition=bench.condition,
        items=bench.items,
        documents=[row.id for row in bench.rows],
        last=bench.last,
        corrects=bench.corrects is not None and bench.assessment is None,
        searched=bench.is_searched,
        may_log=bench.cycle.closed_at is None,
        **options,
    )


def _on_file(bench: Bench) -> dict[str, Any]:
    if bench.assessment is not None:
        return from_assessment(bench.assessment, findings_of(bench.assessment))
    proposed = proposal(bench.condition, bench.cycle, last=bench.last, as_of=bench.as_of)
    values = from_proposal(proposed)
    return values if bench.reconciled is None else from_codings(values, bench.reconciled)


def _with_day_of(bench: Bench, data: QueryDict) -> QueryDict:
    """The data, with the proposed day moved along when another cycle was chosen."""
    chosen = data.get("valid_from", "")
    if bench.first_day <= chosen <= bench.last_day or chosen != data.get("proposed_day"):
        return data
    moved = data.copy()
    moved["valid_from"] = bench.last_day
    return moved


def _show(
    site: AdminSite,
    request: HttpRequest,
    bench: Bench,
    form: AssessForm,
    *,
    typed: QueryDict | None = None,
    q: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page; with ``typed``, it goes on from the version those words were written over."""
    ticked = {str(pk) for pk in form["cited"].value() or ()}
    q = typed.get("q", "") if typed is not None else q or request.GET.get("q", "")
    rows = shown(bench.rows, ticked=ticked, words=q)
    before = last_findings(bench)
    return page(
        site,
        request,
        "assess",
        title=f"Assess {bench.condition.code}",
        status=status,
        bench=bench,
        form=form,
        scale=bench.condition.program.scale,
        sides=sides(rows),
        copies=held_copies([row.id for row in rows], known_at=bench.as_of),
        lost=lost_links([row.id for row in rows], known_at=bench.as_of),
        ticked=ticked,
        q=q,
        hidden_rows=len(bench.rows) - len(rows),
        findings=_findings(bench, form, before),
        search_fields=[form[name] for name in SEARCH_FIELDS if name in form.fields],
        unclear=bench.condition.program.scale.unclear_codes(),
        suggestion=suggestion(bench.condition, bench.items, before),
        may_save=bench.assessment is None or may_edit(bench.assessment.state),
        **_begun(bench, typed),
        **more,
    )


def _begun(bench: Bench, typed: QueryDict | None) -> dict[str, Any]:
    """The version that is written over, and the day that was proposed with it."""
    if typed is not None:
        names = {"started": "assessment", "revision": "revision", "proposed_day": "proposed_day"}
        return {name: typed.get(sent, "") for name, sent in names.items()}
    on_file = bench.assessment
    started, revision = (on_file.pk, on_file.revision) if on_file else ("", "")
    return {"started": started, "revision": revision, "proposed_day": bench.last_day}


def _findings(
    bench: Bench, form: AssessForm, before: dict[int, tuple[str, str]]
) -> list[tuple[ChecklistItem, BoundField, BoundField, tuple[str, str], ItemVerdict | None]]:
    """Each checklist item with its two fields and what was found last time."""
    return [
        (
            item,
            form[f"finding_{item.pk}_status"],
            form[f"finding_{item.pk}_note"],
            before.get(item.pk, ("", "")),
            bench.verdicts.get(item.pk),
        )
        for item in bench.items
    ]
