"""Triage: what came in beside what is suggested; a person files it, corrects it or dismisses it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from conditions import clock
from conditions.actions.inbox import (
    accept_existing,
    accept_item,
    dismiss_item,
    reopen_item,
    supply_text,
)
from conditions.actions.triage_suggesting import triages_in_use
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.evidence import visible_document
from conditions.admin.pages.inbox_done import done_notice
from conditions.admin.pages.intake import MOST_SOURCES, asked_items
from conditions.admin.pages.triage_decided import decided
from conditions.admin.pages.triage_form import TriageForm
from conditions.admin.pages.triage_rows import cut_text, cut_title, groups_of, spare_rows
from conditions.admin.pages.triage_text import TEXT_SHOWN
from conditions.admin.rendering import page, person, require
from conditions.models import Evidence, InboxItem, Source
from conditions.outbound.fetching import may_call_outside
from conditions.queries.inbox_item import InboxView, inbox_item, item_seen
from conditions.queries.likely_copies import LikelyCopy
from conditions.queries.readers import sensitivities_for
from conditions.rules.refusals import Invalid
from conditions.rules.triage.copies import CLOSE

FILE, NOT_ABOUT, DISMISS, TEXT, EXISTING = "file", "not_about", "dismiss", "text", "existing-"
# How the action on a text names its field, and what it is called here.
_RENAMED = {"reason": "dismissal_reason", "text": "page_text"}


class NoSuchStep(Invalid):
    """A form made up by hand, that names no button of the page."""


def triage(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show an item with its suggestions, or take the decision on it."""
    require(request, "view_inboxitem", to="see the inbox")
    item = item_seen(person(request), object_id)
    is_waiting = item.state == InboxItem.State.WAITING
    if request.method == "POST":
        require(request, "change_inboxitem", to="decide on what is in the inbox")
        if not is_waiting:
            messages.error(request, "Somebody decided on this meanwhile. Nothing was changed.")
            return redirect("admin:conditions_inboxitem_change", item.pk)
    elif not is_waiting:
        return decided(site, request, item)
    view = inbox_item(item.pk, reader=person(request), triages=triages_in_use())
    if request.method == "POST":
        return _decide(site, request, view)
    typed = kept.take(request)
    form = TriageForm(typed, items=asked_items(), view=view)
    return _show(site, request, view, form, restored=typed is not None)


def reopen(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Put a dismissed item back to those that wait."""
    require(request, "change_inboxitem", to="decide on what is in the inbox")
    item = item_seen(person(request), object_id)
    if request.method == "POST":
        reopen_item(item=item, by=person(request), as_of=clock.now())
        messages.success(request, f"“{item}” waits again. What was decided stays on record.")
    return redirect("admin:conditions_inboxitem_change", item.pk)


def _decide(site: AdminSite, request: HttpRequest, view: InboxView) -> HttpResponse:
    form = TriageForm(request.POST, items=asked_items(), view=view)
    intent = request.POST.get("intent", FILE)
    if intent == FILE and not form.is_valid():
        return _show(site, request, view, form, status=422)
    if intent != FILE:
        form.forget_errors()
    try:
        if intent == FILE:
            _file(request, view, form)
        elif intent.startswith(EXISTING):
            _link(request, view, form, number(intent.removeprefix(EXISTING)))
        elif intent == TEXT:
            return _supply(request, view)
        else:
            _dismiss(request, view, intent)
    except REFUSED as error:
        words = put(error, form, fields=form.renamed() | (_RENAMED if intent != FILE else {}))
        existing = getattr(error, "existing", None)
        on_file = existing if isinstance(existing, Evidence) else None
        if on_file and on_file.sensitivity not in sensitivities_for(request.user):
            on_file = None
        return _show(site, request, view, form, status=words.status, existing=on_file)
    return redirect(_onward(view))


def _file(request: HttpRequest, view: InboxView, form: TriageForm) -> None:
    accept_item(
        item=view.item,
        evidence_item=form.item(),
        publisher=form.publisher(),
        links=form.links(),
        by=person(request),
        as_of=clock.now(),
    )


def _link(request: HttpRequest, view: InboxView, form: TriageForm, evidence_id: int) -> None:
    accept_existing(
        item=view.item,
        evidence=visible_document(request, evidence_id),
        links=form.links(),
        by=person(request),
        as_of=clock.now(),
    )


def _dismiss(request: HttpRequest, view: InboxView, intent: str) -> None:
    dismissed_as, reason = InboxItem.Dismissal.NOT_ABOUT.value, ""
    if intent not in (NOT_ABOUT, DISMISS):
        raise NoSuchStep(
            f"There is no step “{intent[:40]}” here.",
            field="intent",
            remedy="Use one of the buttons of the page.",
        )
    if intent == DISMISS:
        dismissed_as = request.POST.get("dismissed_as", "")
        reason = request.POST.get("dismissal_reason", "")
    dismiss_item(
        item=view.item,
        dismissed_as=dismissed_as,
        reason=reason,
        by=person(request),
        as_of=clock.now(),
    )


def _supply(request: HttpRequest, view: InboxView) -> HttpResponse:
    text = request.POST.get("page_text", "")
    supply_text(item=view.item, text=text, by=person(request), as_of=clock.now())
    messages.success(request, "The text is kept, and the suggestions were made anew from it.")
    return redirect("admin:conditions_inboxitem_change", view.item.pk)


def _onward(view: InboxView) -> str:
    """The next item that waits, or the list; both tell what was decided on this one."""
    if view.next_waiting is None:
        address = reverse("admin:conditions_inboxitem_changelist")
    else:
        address = reverse("admin:conditions_inboxitem_change", args=[view.next_waiting])
    return f"{address}?done={view.item.pk}"


def _is_unread(item: InboxItem) -> bool:
    """Whether its page was to be read and was not, so that only the title speaks."""
    return item.reading in (InboxItem.Reading.OWED, InboxItem.Reading.FAILED)


def _is_held(copy: LikelyCopy, view: InboxView) -> bool:
    """Whether this is on file already, word for word and from the same publisher."""
    publisher = view.prefill.publisher.casefold()
    return copy.kind != CLOSE and copy.score == 100 and copy.source.casefold() == publisher


def _show(
    site: AdminSite,
    request: HttpRequest,
    view: InboxView,
    form: TriageForm,
    *,
    status: int = 200,
    existing: Evidence | None = None,
    restored: bool = False,
) -> HttpResponse:
    read = [program.suggestion for program in view.programs if program.suggestion]
    # A page that was not read is not called a stranger for its title alone.
    is_about = not read or _is_unread(view.item) or any(one.about for one in read)
    held = next((copy for copy in view.copies if _is_held(copy, view)), None)
    return page(
        site,
        request,
        "triage",
        title=view.title,
        status=status,
        view=view,
        item=view.item,
        form=form,
        groups=groups_of(form, view),
        spare=spare_rows(form),
        cut_title=cut_title(view),
        cut_text=cut_text(view),
        is_cut=view.is_cut or len(view.text) > TEXT_SHOWN,
        copies=[copy for copy in view.copies if copy.kind != CLOSE],
        close=[copy for copy in view.copies if copy.kind == CLOSE],
        held=held,
        first="existing" if held else "file" if is_about else "not_about",
        existing=existing,
        restored=restored,
        as_of=clock.now(),
        done=done_notice(request),
        may_decide=request.user.has_perm("conditions.change_inboxitem"),
        may_call_outside=may_call_outside(),
        sources=Source.objects.order_by("name").values_list("name", flat=True)[:MOST_SOURCES],
        is_new_source=any(name.startswith("source_") for name in form.errors),
    )
