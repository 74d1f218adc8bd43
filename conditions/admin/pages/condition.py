"""The condition page: text, checklist, evidence on both sides, judgement, cycle's work, history."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from conditions import clock
from conditions.admin.pages.assess_bench import number
from conditions.admin.rendering import page, require
from conditions.models import Condition
from conditions.queries.asof import AsOf
from conditions.queries.evidence_sides import ORDER, Side
from conditions.queries.flags import Flags, flags_of
from conditions.queries.link_health import lost_links
from conditions.queries.readers import sensitivities_for
from conditions.queries.searches import searches_of
from conditions.queries.workbench import Workbench, workbench
from conditions.rules.workflow import WorkState

SEARCHES = 12


def condition(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """One condition, with everything an analyst needs and the next thing to do."""
    require(request, "view_condition", to="see conditions")
    found = Condition.objects.select_related("program", "lead").filter(pk=object_id).first()
    if found is None:
        raise Http404("There is no such condition.")
    as_of = clock.now()
    bench = workbench(
        found,
        as_of=as_of,
        sensitivities=sensitivities_for(request.user),
        with_drafts=request.user.has_perm("conditions.view_draft_assessment"),
        pages={stance.value: number(request.GET.get(stance.value)) for stance in ORDER},
    )
    judged = [bench.judgement.pk] if bench.judgement else []
    step = next_step(request, bench)
    flags = flags_of(judged, found.program.scale, AsOf(bench.day, as_of))
    return page(
        site,
        request,
        "condition",
        title=f"{found.code} {found.title}",
        bench=bench,
        condition=found,
        program=found.program,
        scale=found.program.scale,
        searches=searches_of(found.pk, as_of)[:SEARCHES],
        filed=sum(side.total for side in bench.sides),
        turns={side.stance: _turns(request.GET, side) for side in bench.sides},
        flags=flags.get(judged[0], Flags()) if judged else Flags(),
        step=step,
        lost=lost_links([row.id for side in bench.sides for row in side.rows], known_at=as_of),
        may_confirm=step == "assess" and _has_something_to_confirm(bench),
        is_carried_over=_is_carried_over(bench),
    )


def _turns(asked: QueryDict, side: Side) -> list[tuple[str, str, str]]:
    """The links to the pages beside this one: relation, address and words."""
    beside = (("prev", side.number - 1, "Newer"), ("next", side.number + 1, "Older"))
    turns = []
    for relation, place, words in beside:
        if 1 <= place <= side.pages:
            there = asked.copy()
            there[side.stance] = str(place)
            turns.append((relation, f"?{there.urlencode()}#side-{side.stance}", words))
    return turns


def next_step(request: HttpRequest, bench: Workbench) -> str:
    """What this person can do next: assess, continue, review, wait, or nothing."""
    work = bench.next_work
    may_write = request.user.has_perm("conditions.add_assessment")
    if work is None:
        return "none"
    if work.in_work is None:
        return "assess" if may_write else "none"
    if work.in_work.state != WorkState.SUBMITTED:
        return "continue" if may_write else "none"
    is_author = work.in_work.author_id == request.user.pk
    may_review = request.user.has_perm("conditions.approve_assessment")
    return "review" if may_review and not is_author else "wait"


def _has_something_to_confirm(bench: Workbench) -> bool:
    work = bench.next_work
    return work is not None and any(
        row.approved_at is not None and row.cycle.number < work.cycle.number
        for row in bench.history
        if work.approved is None
    )


def _is_carried_over(bench: Workbench) -> bool:
    newest = bench.cycles[-1].cycle if bench.cycles else None
    judgement = bench.judgement
    return bool(newest and judgement and judgement.cycle_id != newest.pk)
