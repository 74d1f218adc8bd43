"""The evidence package of a published report: what is in it, and the file."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from conditions import clock
from conditions.actions.packages import export_package
from conditions.admin.pages.assess_bench import number
from conditions.admin.rendering import page, person, require
from conditions.models import Publication, ReviewCycle
from conditions.outbound.attachments import attached
from conditions.queries.packages import package_of
from conditions.queries.publications import versions_of
from conditions.rules.refusals import NotFound


def package(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponseBase:
    """What the package of the newest version, or of the one asked for, holds; on POST, the ZIP."""
    require(request, "open_capture", to="download the evidence package")
    cycle = get_object_or_404(ReviewCycle.objects.select_related("program"), pk=object_id)
    asked = request.POST if request.method == "POST" else request.GET
    row = _publication(cycle, number(asked.get("version")))
    if request.method == "POST":
        file = export_package(publication=row, by=person(request), as_of=clock.now())
        name = f"{cycle.program.slug}-cycle-{cycle.number}-v{row.version}-evidence.zip"
        return attached(FileResponse(file, content_type="application/zip"), name)
    return page(
        site,
        request,
        "package",
        title=f"Evidence package of {str(cycle).lower()}",
        cycle=cycle,
        program=cycle.program,
        publication=row,
        versions=versions_of(cycle.program, cycle.number),
        package=package_of(row, request.user),
    )


def _publication(cycle: ReviewCycle, version: int) -> Publication:
    rows = cycle.publications.select_related("program", "cycle").order_by("-version")
    found = rows.filter(version=version).first() if version else rows.first()
    if found is None:
        raise NotFound(
            "There is no such published report.",
            field="version",
            value=version or "newest",
            remedy="A report is published when its cycle is closed.",
        )
    return found
