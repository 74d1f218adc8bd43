"""A spreadsheet on its way in: uploaded, its columns matched, and what the check found."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib.admin import AdminSite
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from conditions import clock
from conditions.actions.imports import (
    AT_ONCE,
    advance_import,
    check_again,
    import_preview,
    last_progress,
    map_columns,
    upload_sheet,
)
from conditions.actions.leases import new_owner
from conditions.actions.sheets import BadSheet, Row
from conditions.admin.answers import REFUSED, put
from conditions.admin.rendering import page, person, require
from conditions.models import EvidenceImport, Program
from conditions.outbound.attachments import attached
from conditions.outbound.sheets import (
    CSV_TYPE,
    XLSX_TYPE,
    faults_csv,
    template_csv,
    template_xlsx,
)
from conditions.rules.sheets.columns import COLUMNS, MOST_BYTES, MOST_ROWS

FAULTS_SHOWN: Final = 100
LONGEST_SHOWN: Final = 60
State = EvidenceImport.State


class UploadForm(forms.Form):
    """A spreadsheet, and whose conditions its codes name."""

    program = forms.ModelChoiceField(
        Program.objects.none(),
        empty_label=None,
        help_text="Whose conditions the codes in the sheet name.",
    )
    file = forms.FileField(
        label="Spreadsheet",
        max_length=400,
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
        help_text=f"CSV UTF-8 or an Excel workbook (.xlsx), at most {MOST_ROWS:,} rows and "
        f"{MOST_BYTES // 1024**2} MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    sheet = forms.CharField(
        required=False,
        max_length=100,
        label="Sheet",
        help_text="Of a workbook with several sheets: the name of the one. Empty is the first.",
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="id_%s")
        programs = self.fields["program"]
        assert isinstance(programs, forms.ModelChoiceField)
        programs.queryset = Program.objects.filter(is_active=True).order_by("-is_default", "slug")


class MappingForm(forms.Form):
    """Which column of the sheet holds what."""

    def __init__(self, found: EvidenceImport, data: Any = None) -> None:
        super().__init__(data, auto_id="id_%s", initial=found.mapping)
        headings = [(heading, heading) for heading in found.headers if heading]
        for column in COLUMNS:
            self.fields[column.name] = forms.ChoiceField(
                choices=[("", "No column"), *headings],
                required=False,
                label=column.label,
                help_text=column.meaning,
            )


def upload(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Take a spreadsheet in; what cannot be read is refused at its field."""
    require(request, "add_evidenceimport", to="bring in spreadsheets")
    if request.method != "POST":
        return _show_upload(site, request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            kept = _keep(request, form)
        except REFUSED as error:
            put(error, form)
        else:
            return redirect("admin:conditions_evidenceimport_mapping", kept.pk)
    return _show_upload(site, request, form, status=422)


def mapping(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Match columns and fields, beside the first rows, and begin the check."""
    require(request, "add_evidenceimport", to="bring in spreadsheets")
    found = import_of(object_id)
    if found.state not in (State.UPLOADED, State.CHECKED, State.FAILED):
        return redirect("admin:conditions_evidenceimport_change", found.pk)
    if request.method != "POST":
        return _show_mapping(site, request, found, MappingForm(found))
    form = MappingForm(found, request.POST)
    if form.is_valid():
        try:
            map_columns(
                found=found, mapping=form.cleaned_data, by=person(request), as_of=clock.now()
            )
        except REFUSED as error:
            put(error, form)
        else:
            work_at_once(found)
            return redirect("admin:conditions_evidenceimport_change", found.pk)
    return _show_mapping(site, request, found, form, status=422)


def imported(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Where an import stands: how far the check is, each error at its cell, what can be done."""
    require(request, "view_evidenceimport", to="see imports")
    found = import_of(object_id)
    faults = Paginator(found.faults, FAULTS_SHOWN).get_page(request.GET.get("p"))
    return page(
        site,
        request,
        "import",
        title=f"Import of {found.filename}",
        found=found,
        faults=faults,
        is_working=found.state in EvidenceImport.WORKING,
        last_progress=last_progress(found),
        is_held=found.lease_until is not None and found.lease_until > clock.now(),
        is_mine=found.created_by_id in (None, request.user.pk)
        and request.user.has_perm("conditions.add_evidenceimport"),
        rows_wrong=found.rows_done - found.rows_good,
    )


def check(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Check an import anew."""
    require(request, "add_evidenceimport", to="bring in spreadsheets")
    found = import_of(object_id)
    if request.method == "POST":
        check_again(found=found, by=person(request), as_of=clock.now())
        work_at_once(found)
    return redirect("admin:conditions_evidenceimport_change", found.pk)


def errors(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Every error that is kept, as CSV."""
    require(request, "view_evidenceimport", to="see imports")
    found = import_of(object_id)
    name = f"errors-{found.filename.rpartition('.')[0] or found.filename}.csv"
    return attached(HttpResponse(faults_csv(found.faults), content_type=CSV_TYPE), name)


def template(site: AdminSite, request: HttpRequest, kind: str) -> HttpResponse:
    """The sheet to fill in."""
    require(request, "add_evidenceimport", to="bring in spreadsheets")
    made = {"csv": (template_csv, CSV_TYPE), "xlsx": (template_xlsx, XLSX_TYPE)}.get(kind)
    if made is None:
        raise Http404("There is no such template.")
    write, media_type = made
    return attached(HttpResponse(write(), content_type=media_type), f"evidence-template.{kind}")


def import_of(object_id: int) -> EvidenceImport:
    """The import with its errors, without its file."""
    rows = EvidenceImport.objects.defer("body").select_related("program", "created_by")
    return get_object_or_404(rows, pk=object_id)


def work_at_once(found: EvidenceImport) -> None:
    """Do what is owed while the person waits, where it is little; the worker does the rest."""
    if found.rows_total <= AT_ONCE:
        advance_import(pk=found.pk, owner=new_owner(), clock=clock.now)


def _keep(request: HttpRequest, form: UploadForm) -> EvidenceImport:
    file: UploadedFile = form.cleaned_data["file"]
    # Before it is read: a larger one stays on disk.
    if (file.size or 0) > MOST_BYTES:
        raise BadSheet(
            f"This file is larger than {MOST_BYTES // 1024**2} MB.",
            field="file",
            value=file.size,
            remedy="Divide it into smaller ones.",
        )
    return upload_sheet(
        program=form.cleaned_data["program"],
        filename=file.name or "",
        body=file.read(),
        sheet=form.cleaned_data["sheet"],
        by=person(request),
        as_of=clock.now(),
    )


def _show_upload(
    site: AdminSite, request: HttpRequest, form: UploadForm, *, status: int = 200
) -> HttpResponse:
    return page(
        site,
        request,
        "import_upload",
        title="Bring in a spreadsheet",
        status=status,
        form=form,
        columns=COLUMNS,
    )


def _show_mapping(
    site: AdminSite,
    request: HttpRequest,
    found: EvidenceImport,
    form: MappingForm,
    *,
    status: int = 200,
) -> HttpResponse:
    return page(
        site,
        request,
        "import_mapping",
        title=f"Columns of {found.filename}",
        status=status,
        form=form,
        found=found,
        rows=[_shown(row, len(found.headers)) for row in import_preview(found)],
    )


def _shown(row: Row, width: int) -> tuple[int, list[str]]:
    texts = [cell if isinstance(cell, str) else cell.message for cell in row.cells[:width]]
    texts += [""] * (width - len(texts))
    cut = (f"{text[:LONGEST_SHOWN]}…" if len(text) > LONGEST_SHOWN else text for text in texts)
    return row.number, list(cut)
