"""Pasting: one field takes an address or a text, and leads to its triage."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from conditions import clock
from conditions.actions.evidence import AlreadyOnFile
from conditions.actions.inbox import InInboxAlready, paste_address, paste_text
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_form import day_field, text_field
from conditions.admin.rendering import page, person, require
from conditions.models import Evidence, InboxItem
from conditions.outbound.fetching import may_call_outside
from conditions.queries.inbox import as_seen
from conditions.queries.readers import sensitivities_for

# Whatever begins like an address, so that one of a kind that is not taken is refused as such.
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:\S+|www\.\S+)", re.IGNORECASE)
_RENAMED = {"url": "pasted", "text": "pasted"}


class PasteForm(forms.Form):
    """What was found somewhere: an address, a text, or an address with the text under it."""

    pasted = text_field(
        9,
        label="Address or text",
        help_text="An address, or the text itself. With both, the address comes first, on a line "
        "of its own.",
        error_messages={"required": "Paste an address or a text."},
    )
    title = forms.CharField(
        required=False, max_length=400, help_text="Empty: the first line, or the page's own."
    )
    publisher = forms.CharField(required=False, max_length=200, label="Published by")
    published_on = day_field(
        required=False,
        label="Published on",
        error_messages={"invalid": "This is not a date. Write it as 2026-03-09."},
    )
    language = forms.CharField(
        required=False, max_length=12, help_text="A code such as en, ar or ku."
    )

    def parts(self) -> tuple[str, str]:
        """The address and the text that were pasted; either may be empty."""
        return split_pasted(self.cleaned_data["pasted"])


def split_pasted(pasted: str) -> tuple[str, str]:
    """An address on the first line, and what stands under it; or all of it as a text."""
    first, _, rest = pasted.strip().partition("\n")
    first = first.strip()
    if not _ADDRESS.fullmatch(first):
        return "", pasted.strip()
    return (f"https://{first}" if first.lower().startswith("www.") else first), rest.strip()


def paste(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the field, prefilled from the address of the page, or take what was pasted."""
    require(request, "add_inboxitem", to="put something into the inbox")
    if request.method != "POST":
        typed = kept.take(request)
        initial = typed.dict() if typed is not None else _from_query(request)
        form = PasteForm(initial=initial, auto_id="id_%s")
        form.fields["pasted"].widget.attrs["autofocus"] = True
        return _show(site, request, form, restored=typed is not None)
    form = PasteForm(request.POST, auto_id="id_%s")
    known: Any = None
    if form.is_valid():
        try:
            item = _take(request, form)
        except REFUSED as error:
            known = getattr(error, "existing", None)
            put(error, form, fields=_RENAMED)
            if not isinstance(error, (InInboxAlready, AlreadyOnFile)):
                known = None
        else:
            messages.success(request, "It is in the inbox. Here is what it seems to bear on.")
            return redirect("admin:conditions_inboxitem_change", item.pk)
    return _show(site, request, form, status=422, known=known)


def _take(request: HttpRequest, form: PasteForm) -> InboxItem:
    url, text = form.parts()
    typed = {
        name: form.cleaned_data[name] for name in ("title", "publisher", "published_on", "language")
    }
    more = {**typed, "text": text, "by": person(request), "as_of": clock.now()}
    return paste_address(url=url, **more) if url else paste_text(**more)


def _from_query(request: HttpRequest) -> dict[str, str]:
    asked = request.GET
    pasted = "\n\n".join(filter(None, (asked.get("url", ""), asked.get("text", ""))))
    return {"pasted": pasted} | {
        name: asked.get(name, "")[:400]
        for name in ("title", "publisher", "published_on", "language")
    }


def _show(
    site: AdminSite,
    request: HttpRequest,
    form: PasteForm,
    *,
    status: int = 200,
    known: Any = None,
    restored: bool = False,
) -> HttpResponse:
    is_document = isinstance(known, Evidence)
    if is_document and known.sensitivity not in sensitivities_for(request.user):
        known = None
    return page(
        site,
        request,
        "inbox_paste",
        title="Paste into the inbox",
        status=status,
        form=form,
        known_item=None if is_document or not known else as_seen(known, request.user),
        known_document=known if is_document else None,
        restored=restored,
        may_call_outside=may_call_outside(),
        here=request.build_absolute_uri(reverse("admin:conditions_inboxitem_paste")),
    )
