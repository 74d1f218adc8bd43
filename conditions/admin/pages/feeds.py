"""Feeds: what is read into the inbox by itself, how that goes, and the form that adds one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from conditions import clock
from conditions.actions.feeds import FeedItem, add_feed, change_feed, hasten_feed
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.intake import MOST_SOURCES
from conditions.admin.rendering import page, person, require
from conditions.models import Feed, InboxItem, Source
from conditions.outbound.fetching import may_call_outside
from conditions.rules.refusals import NotFound

PER_PAGE: Final = 50
OFF: Final = "Nothing is read until an operator allows outside calls."


class NoFeed(NotFound):
    """There is no such feed."""


class FeedForm(forms.Form):
    """A feed as a person describes it."""

    url = forms.CharField(
        max_length=2000,
        label="Address of the feed",
        help_text="RSS or Atom. It is read over http or https, without a password in it.",
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the address of the feed."},
    )
    title = forms.CharField(
        required=False, max_length=200, help_text="Empty: it is called by its host."
    )
    source = forms.CharField(
        required=False,
        max_length=200,
        label="Published by",
        help_text="A source on file. Empty where the entries say it, or come from several.",
        widget=forms.TextInput(attrs={"list": "sources-on-file", "autocomplete": "off"}),
    )
    language = forms.CharField(
        initial="en", max_length=12, help_text="A code such as en, ar or ku."
    )
    is_active = forms.BooleanField(required=False, initial=True, label="Read it")

    def clean_source(self) -> int | None:
        """The id of the source of that name."""
        name = self.cleaned_data["source"]
        if not name:
            return None
        found = Source.objects.named(name)
        if found is None:
            raise forms.ValidationError(
                f"No source on file is called “{name}”. Add it under Sources first, or leave "
                "this empty."
            )
        return found.pk

    def item(self) -> FeedItem:
        """The feed as typed; the form must be valid."""
        typed = dict(self.cleaned_data)
        return FeedItem(source_id=typed.pop("source"), **typed)


def feeds(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """All feeds, those in trouble first, each with its last reading and its next."""
    require(request, "view_feed", to="see the feeds")
    waiting = Count("items", filter=Q(items__state=InboxItem.State.WAITING))
    rows = Feed.objects.select_related("source").annotate(waiting=waiting)
    in_order = rows.order_by("-is_active", "-failures", "title", "id")
    found = Paginator(in_order, PER_PAGE).get_page(request.GET.get("p"))
    return page(
        site,
        request,
        "feeds",
        title="Feeds",
        found=found,
        here=f"?p={found.number}" if found.has_previous() else "",
        as_of=clock.now(),
        may_add=request.user.has_perm("conditions.add_feed"),
        may_change=request.user.has_perm("conditions.change_feed"),
        may_call_outside=may_call_outside(),
    )


def add(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The form of a new feed."""
    require(request, "add_feed", to="add a feed")
    if request.method != "POST":
        typed = kept.take(request)
        form = FeedForm(initial=typed.dict() if typed else None, auto_id="id_%s")
        return _show(site, request, form, None, restored=typed is not None)
    form = FeedForm(request.POST, auto_id="id_%s")
    existing = None
    if form.is_valid():
        try:
            added = add_feed(item=form.item(), by=person(request), as_of=clock.now())
        except REFUSED as error:
            existing = getattr(error, "existing", None)
            put(error, form, fields={"source_id": "source"})
        else:
            follows = "It is read within minutes." if may_call_outside() else OFF
            messages.success(request, f"“{added}” is on the list. {follows}")
            return redirect("admin:conditions_feed_changelist")
    return _show(site, request, form, None, status=422, existing=existing)


def change(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """The form of a feed on the list."""
    found = _found(request, object_id)
    require(request, "change_feed", to="change a feed")
    if request.method != "POST":
        typed = kept.take(request)
        initial = typed.dict() if typed else _on_list(found)
        form = FeedForm(initial=initial, auto_id="id_%s")
        return _show(site, request, form, found, restored=typed is not None)
    form = FeedForm(request.POST, auto_id="id_%s")
    existing = None
    if form.is_valid():
        try:
            changed = change_feed(
                feed=found, item=form.item(), by=person(request), as_of=clock.now()
            )
        except REFUSED as error:
            existing = getattr(error, "existing", None)
            put(error, form, fields={"source_id": "source"})
        else:
            messages.success(request, f"“{changed}” is changed.")
            return redirect("admin:conditions_feed_changelist")
    return _show(site, request, form, found, status=422, existing=existing)


def pause(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Stop reading a feed, or take it up again."""
    require(request, "change_feed", to="change a feed")
    found = _found(request, object_id)
    if request.method == "POST":
        is_active = request.POST.get("active") == "yes"
        item = replace(FeedItem.of(found), is_active=is_active)
        change_feed(feed=found, item=item, by=person(request), as_of=clock.now())
        resumed = f"“{found}” is read again. {'' if may_call_outside() else OFF}"
        paused = f"“{found}” is paused. What it brought stays in the inbox."
        messages.success(request, resumed if is_active else paused)
    return _back(request)


def hasten(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Have a feed read at the next pulse."""
    require(request, "change_feed", to="change a feed")
    found = _found(request, object_id)
    if request.method == "POST":
        hasten_feed(feed=found, by=person(request), as_of=clock.now())
        follows = "is read within minutes." if may_call_outside() else f"is due now. {OFF}"
        messages.success(request, f"“{found}” {follows}")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page of the list on which the button was."""
    address = reverse("admin:conditions_feed_changelist")
    on = request.GET.urlencode()
    return redirect(f"{address}?{on}" if on else address)


def _found(request: HttpRequest, object_id: int) -> Feed:
    require(request, "view_feed", to="see the feeds")
    found = Feed.objects.select_related("source").filter(pk=object_id).first()
    if found is None:
        raise NoFeed("There is no such feed.", field="id", value=object_id)
    return found


def _on_list(found: Feed) -> dict[str, Any]:
    return {
        "url": found.url,
        "title": found.title,
        "source": found.source.name if found.source else "",
        "language": found.language,
        "is_active": found.is_active,
    }


def _show(
    site: AdminSite,
    request: HttpRequest,
    form: FeedForm,
    found: Feed | None,
    *,
    status: int = 200,
    existing: Feed | None = None,
    restored: bool = False,
) -> HttpResponse:
    return page(
        site,
        request,
        "feed_form",
        title="Change a feed" if found else "Add a feed",
        status=status,
        form=form,
        found=found,
        existing=existing,
        restored=restored,
        sources=Source.objects.order_by("name").values_list("name", flat=True)[:MOST_SOURCES],
        may_call_outside=may_call_outside(),
    )
