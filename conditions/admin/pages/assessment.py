"""The assessment page: what changed, on what evidence; here a reviewer approves or returns."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions import clock
from conditions.actions.reviews import approve_assessment, return_assessment
from conditions.actions.withdrawing import may_withdraw
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.assess_form import text_field
from conditions.admin.rendering import page, person, require
from conditions.models import Assessment, Citation
from conditions.queries.changes import Review, review_of
from conditions.queries.copies import copies_beside
from conditions.queries.evidence_sides import ORDER
from conditions.queries.link_health import lost_links
from conditions.queries.readers import sensitivities_for
from conditions.queries.standing import standing_of
from conditions.rules.authority import may_approve
from conditions.rules.evidence import Stance
from conditions.rules.refusals import NotFound
from conditions.rules.workflow import WorkState, may_edit


class NoAssessment(NotFound):
    """There is no such assessment, or this person may not know of it."""


class ApproveForm(forms.Form):
    """A reviewer's approval, confirmed."""

    note = text_field(2, required=False, label="Note (optional)")
    confirmed = forms.BooleanField(
        label="I read the rationale and the cited evidence. This judgement can stand.",
        error_messages={"required": "Tick this to approve. An approval cannot be undone."},
    )


class ReturnForm(forms.Form):
    """A reviewer's reason to send work back."""

    reason = text_field(
        3,
        label="Reason",
        error_messages={"required": "Say what the author should look at again."},
    )


def assessment(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """One assessment, beside the judgement before it."""
    found = visible_assessment(request, object_id)
    typed = kept.take(request)
    initial = typed.dict() if typed else None
    approving = ApproveForm(auto_id="approve_%s", initial=initial)
    returning = ReturnForm(auto_id="return_%s", initial=initial)
    return _show(site, request, found, approving=approving, returning=returning)


def approve(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Approve what was submitted, at the revision that was read."""
    if request.method != "POST":
        return assessment(site, request, object_id)
    require(request, "approve_assessment", to="approve assessments")
    found = visible_assessment(request, object_id)
    form = ApproveForm(request.POST, auto_id="approve_%s")
    if form.is_valid():
        try:
            approve_assessment(
                assessment=found,
                by=person(request),
                as_of=clock.now(),
                expected_revision=number(request.POST.get("revision")),
                note=form.cleaned_data["note"],
            )
        except REFUSED as error:
            put(error, form)
        else:
            messages.success(request, f"{found} is approved. The dashboard and the API show it.")
            return redirect("admin:index")
    returning = ReturnForm(auto_id="return_%s")
    found = visible_assessment(request, object_id)
    return _show(site, request, found, status=409, approving=form, returning=returning)


def send_back(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Return what was submitted to its author, with a reason."""
    if request.method != "POST":
        return assessment(site, request, object_id)
    require(request, "return_assessment", to="return assessments")
    found = visible_assessment(request, object_id)
    form = ReturnForm(request.POST, auto_id="return_%s")
    if form.is_valid():
        try:
            return_assessment(
                assessment=found,
                by=person(request),
                as_of=clock.now(),
                reason=form.cleaned_data["reason"],
                expected_revision=number(request.POST.get("revision")),
            )
        except REFUSED as error:
            put(error, form)
        else:
            messages.success(request, f"{found} went back to {found.author} with your reason.")
            return redirect("admin:index")
    approving = ApproveForm(auto_id="approve_%s")
    found = visible_assessment(request, object_id)
    return _show(site, request, found, status=409, approving=approving, returning=form)


def visible_assessment(request: HttpRequest, object_id: int) -> Assessment:
    """The assessment with this id, if this person may know of it. Raises NoAssessment."""
    require(request, "view_assessment", to="see assessments")
    rows = Assessment.objects.select_related(
        "condition__program", "cycle", "author", "approved_by", "returned_by", "submitted_by",
        "withdrawn_by",        "condition_version", "corrects__cycle", "corrects__author",
    )  # fmt: skip
    if not request.user.has_perm("conditions.view_draft_assessment"):
        rows = rows.approved()
    found = rows.filter(pk=object_id).first()
    if found is None:
        raise NoAssessment(
            "There is no such assessment.",
            field="id",
            value=object_id,
            remedy="It may still be in work; you see it here once it is approved.",
        )
    return found


def _show(
    site: AdminSite,
    request: HttpRequest,
    found: Assessment,
    *,
    approving: forms.Form,
    returning: forms.Form,
    status: int = 200,
) -> HttpResponse:
    now, sensitivities = clock.now(), sensitivities_for(request.user)
    review = review_of(found, as_of=now, sensitivities=sensitivities)
    cited = [citation.evidence_id for citation in review.citations]
    waits = found.state == WorkState.SUBMITTED
    may_review = request.user.has_perm("conditions.approve_assessment")
    may_write = request.user.has_perm("conditions.change_assessment")
    return page(
        site,
        request,
        "assessment",
        title=f"{found.condition.code} {found.condition.title}",
        status=status,
        review=review,
        assessment=found,
        condition=found.condition,
        program=found.condition.program,
        scale=found.condition.program.scale,
        may_approve=waits and may_review and _may_approve(request, review),
        may_return=waits and request.user.has_perm("conditions.return_assessment"),
        sides=_by_stance(review),
        standing=standing_of(found, as_of=now, sensitivities=sensitivities),
        copies=copies_beside(cited, at=found.approved_at or now, known_at=now),
        lost=lost_links(cited, known_at=now),
        newest_wording=found.condition.versions.aggregate(newest=Max("number"))["newest"],
        # After a refusal the page shows what is on file now, so that is what is decided upon next.
        read_revision=found.revision,
        is_own=waits and may_review and not _may_approve(request, review),
        may_continue=may_write and may_edit(found.state),
        may_correct=may_write and found.state == WorkState.APPROVED,
        may_withdraw=may_edit(found.state) and may_withdraw(person(request), review.author_ids),
        approving=approving,
        returning=returning,
    )


def _by_stance(review: Review) -> list[tuple[str, list[Citation]]]:
    return [
        (
            stance.value,
            [row for row in review.citations if (row.stance or Stance.NEUTRAL) == stance],
        )
        for stance in ORDER
    ]


def _may_approve(request: HttpRequest, review: Review) -> bool:
    four_eyes = review.assessment.condition.program.four_eyes
    return may_approve(review.author_ids, person(request).pk, four_eyes=four_eyes)
