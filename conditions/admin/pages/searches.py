"""The search log: logging a search, doing the same one again, correcting an entry."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conditions import clock
from conditions.actions.searches import SearchItem, SearchRefused, record_search
from conditions.admin.base import LONGEST_ID
from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.assess_form import day_field, text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import page, person, require
from conditions.models import ChecklistItem, Condition, ReviewCycle, SearchEntry

ROWS: Final = SearchEntry.objects.select_related(
    "condition__program", "cycle__program", "checklist_item", "recorded_by", "corrects"
)
WHERE: Final = "Sites, archives, databases, people. Only the team reads this."


class ItemsField(forms.ModelMultipleChoiceField):
    """Checklist items; a number longer than any id is no choice, where it overflowed."""

    def clean(self, value: Any) -> Any:
        """The items. Raises ValidationError for one that is not offered."""
        for one in value or ():
            if len(str(one)) > LONGEST_ID:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": str(one)[:40]},
                )
        return super().clean(value)


class SearchForm(forms.Form):
    """One search in the log of a condition."""

    cycle = forms.ModelChoiceField(queryset=ReviewCycle.objects.none(), empty_label=None)
    places = text_field(
        3,
        label="Where you looked",
        help_text=WHERE,
        error_messages={"required": "Say where you looked."},
    )
    terms = text_field(
        2, required=False, label="Words looked for", help_text="In which languages, too."
    )
    searched_on = day_field(
        label="Day of the search",
        error_messages={
            "required": "Say on which day somebody looked.",
            "invalid": "This is not a date. Write it as 2026-03-09.",
        },
    )
    result = forms.ChoiceField(
        choices=SearchEntry.Result.choices,
        label="What came of it",
        widget=forms.RadioSelect,
        error_messages={"required": "Say what came of it."},
    )
    checklist_items = ItemsField(
        queryset=ChecklistItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="For which checklist items",
        help_text="None ticked: for the condition as a whole.",
    )
    note = text_field(2, required=False, label="Note")

    def __init__(self, *args: Any, condition: Condition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        checklist = condition.checklist.filter(retired_on__isnull=True).order_by("position")
        self.fields["checklist_items"].queryset = checklist  # type: ignore[attr-defined]
        day = condition.program.day_of(clock.now())
        begun = condition.program.cycles.filter(starts_on__lte=day, closed_at=None)
        self.fields["cycle"].queryset = begun.order_by("-number")  # type: ignore[attr-defined]


class CorrectionForm(SearchForm):
    """What an entry should have said; its cycle stays, and the note says why."""

    note = text_field(
        2,
        label="Why it is corrected",
        error_messages={"required": "A correction says why. Say what was wrong."},
    )

    def __init__(self, *args: Any, condition: Condition, **kwargs: Any) -> None:
        super().__init__(*args, condition=condition, **kwargs)
        del self.fields["cycle"]


def log_search(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Log a search on a condition; filled in from the last one, or from the one to do again."""
    require(request, "add_searchentry", to="write in the search log")
    pk = number(request.GET.get("condition"))
    if not pk:
        return _choose(site, request)
    condition = get_object_or_404(Condition.objects.select_related("program"), pk=pk)
    again = number(request.GET.get("again"))

    def act(typed: dict[str, Any]) -> str:
        entries = record_search(
            search=_search(typed),
            condition=condition,
            cycle=typed["cycle"],
            checklist_items=tuple(typed["checklist_items"]),
            by=person(request),
            as_of=clock.now(),
        )
        return f"The search is in the log of {condition.code}, cycle {entries[0].cycle.number}."

    step = Step(
        title="Log a search",
        lead=f"Where somebody looked for evidence on {condition.code} {condition.title}.",
        remark="It stands behind “cannot be assessed”. It is never changed, only corrected by a "
        "new entry. The public reads the day and the result, not the places or the words.",
        button="Record",
        back=f"{reverse('admin:conditions_condition_change', args=[pk])}#searches",
        act=act,
        initial=_proposed(condition, again, cycle=number(request.GET.get("cycle"))),
    )
    return confirm(site, request, _form(SearchForm, condition), step)


def correct_search(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Put a new entry in the place of one that was wrong."""
    require(request, "add_searchentry", to="write in the search log")
    wrong = get_object_or_404(ROWS, pk=object_id)
    condition = wrong.condition

    def act(typed: dict[str, Any]) -> str:
        items = tuple(typed["checklist_items"])
        [entry] = record_search(
            search=_search(typed),
            condition=condition,
            cycle=wrong.cycle,
            checklist_items=items,
            by=person(request),
            as_of=clock.now(),
            corrects=wrong,
        )
        return f"The entry is corrected. {entry}."

    if hasattr(wrong, "corrected_by"):
        raise SearchRefused(
            "This entry was corrected already.",
            field="corrects",
            value=wrong.pk,
            remedy="Correct the newest entry instead.",
        )
    step = Step(
        title="Correct an entry of the search log",
        lead=f"{condition.code}, cycle {wrong.cycle.number}: {wrong}.",
        remark="The wrong entry stays on record, marked as corrected.",
        button="Record the correction",
        back=reverse("admin:conditions_searchentry_change", args=[wrong.pk]),
        act=act,
        initial={**_words(wrong), "searched_on": wrong.searched_on, "result": wrong.result},
    )
    return confirm(site, request, _form(CorrectionForm, condition), step)


def search_entry(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """One entry, with what corrects it."""
    require(request, "view_searchentry", to="see the search log")
    found = get_object_or_404(ROWS.select_related("corrected_by"), pk=object_id)
    return page(
        site,
        request,
        "searchentry",
        title=f"Search of {found.searched_on:%d %b %Y}, {found.condition.code}",
        entry=found,
        correction=getattr(found, "corrected_by", None),
    )


def _choose(site: AdminSite, request: HttpRequest) -> HttpResponse:
    rows = Condition.objects.filter(program__is_active=True).select_related("program")
    return page(
        site,
        request,
        "searchentry_choose",
        title="Log a search",
        conditions=rows.order_by("-program__is_default", "program__slug", "position"),
    )


def _form(kind: type[SearchForm], condition: Condition) -> Any:
    def made(*args: Any, **options: Any) -> SearchForm:
        return kind(*args, condition=condition, **options)

    return made


def _proposed(condition: Condition, again: int, *, cycle: int) -> dict[str, Any]:
    """The search to do again, or the places of the last one, as of today and to be checked."""
    own = ROWS.filter(condition=condition).order_by("-recorded_at", "-pk")
    last = own.filter(pk=again).first() if again else own.first()
    today = condition.program.day_of(clock.now())
    proposed: dict[str, Any] = {"searched_on": today}
    if cycle:
        proposed["cycle"] = cycle
    if last is not None:
        proposed |= _words(last)
    if again and last is not None:
        proposed["result"] = last.result
    return proposed


def _words(entry: SearchEntry) -> dict[str, Any]:
    items = [entry.checklist_item_id] if entry.checklist_item_id else []
    return {"places": entry.places, "terms": entry.terms, "checklist_items": items}


def _search(typed: dict[str, Any]) -> SearchItem:
    return SearchItem(**{name: typed[name] for name in SearchItem.__slots__})
