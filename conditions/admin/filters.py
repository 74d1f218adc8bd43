"""How the changelists are narrowed: by program, cycle, status, lead and staleness."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from conditions import clock
from conditions.models import Program, ReviewCycle, User
from conditions.queries.staleness import carried_over, in_force_now, stale

Rows = QuerySet[Any]
Admin = ModelAdmin


class ByProgram(SimpleListFilter):
    """One program; ``path`` leads to it from the rows."""

    title = "program"
    parameter_name = "program"
    path = "program"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        """The programs this person may open."""
        programs = Program.objects.for_reader(request.user)
        return list(programs.values_list("slug", "short_title")[:50])

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows of the chosen program."""
        if not self.value():
            return queryset
        return queryset.filter(**{f"{self.path}__slug": self.value()}).distinct()


class ByConditionProgram(ByProgram):
    """One program, by way of the condition."""

    path = "condition__program"


class ByLinkedProgram(ByProgram):
    """One program, by way of what the document bears on."""

    path = "links__condition__program"


class ByCycleProgram(ByProgram):
    """One program, by way of the cycle."""

    path = "cycle__program"


class ByCycle(SimpleListFilter):
    """One cycle by its number, of any program."""

    title = "cycle"
    parameter_name = "cycle"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        """The numbers of cycles that have begun."""
        numbers = ReviewCycle.objects.exclude(opened_at=None).order_by("-number")
        return [
            (str(number), f"Cycle {number}")
            for number in numbers.values_list("number", flat=True).distinct()[:30]
        ]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows of that cycle."""
        value = self.value() or ""
        return queryset.filter(cycle__number=int(value)) if value.isdecimal() else queryset


class ByClosing(SimpleListFilter):
    """Whether a cycle was closed, and whether after a review."""

    title = "closing"
    parameter_name = "closing"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        """Not closed, closed, skipped."""
        return [
            ("none", "Not closed"),
            ("closed", "Closed after a review"),
            ("skipped", "Skipped"),
        ]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The cycles in that position."""
        match self.value():
            case "none":
                return queryset.filter(closed_at=None)
            case "closed":
                return queryset.filter(closed_at__isnull=False, is_skipped=False)
            case "skipped":
                return queryset.filter(is_skipped=True)
        return queryset


class ByStatus(SimpleListFilter):
    """One status of the programs' scales."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        """Every status that a program on file uses."""
        scales = Program.objects.for_reader(request.user).values_list("status_scale", flat=True)
        rows = {row["code"]: row["label"] for scale in scales[:50] for row in scale}
        return [(code, f"{code} {label}") for code, label in rows.items()]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows of that status."""
        return queryset.filter(status=self.value()) if self.value() else queryset


class ByLead(SimpleListFilter):
    """Who leads the condition; ``path`` leads to it from the rows."""

    title = "lead"
    parameter_name = "lead"
    path = "condition__lead"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        """You, nobody, and everybody who leads something."""
        leads = User.objects.exclude(led_conditions=None).distinct().order_by("username")[:50]
        others = [(str(user.pk), str(user)) for user in leads if user != request.user]
        return [("me", "You"), ("nobody", "Nobody"), *others]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows whose condition that person leads."""
        value = self.value() or ""
        if value == "me":
            return queryset.filter(**{self.path: request.user})
        if value == "nobody":
            return queryset.filter(**{self.path: None})
        return queryset.filter(**{self.path: int(value)}) if value.isdecimal() else queryset


class ByConditionLead(ByLead):
    """Who leads this condition."""

    path = "lead"


class ByStaleness(SimpleListFilter):
    """Whether a judgement still holds, and whether something under it has changed."""

    title = "judgement"
    parameter_name = "judgement"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        """In force, stale, replaced."""
        return [
            ("in_force", "In force"),
            ("stale", "In force, but stale: something under it changed"),
            ("replaced", "Replaced or corrected"),
        ]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The rows in that position now."""
        as_of = clock.now()
        match self.value():
            case "in_force":
                return queryset.filter(pk__in=in_force_now(as_of).values("pk"))
            case "stale":
                return queryset.filter(pk__in=stale(as_of).values("pk"))
            case "replaced":
                in_force = in_force_now(as_of).values("pk")
                return queryset.filter(approved_at__isnull=False).exclude(pk__in=in_force)
        return queryset


class ByCarriedOver(SimpleListFilter):
    """Whether the condition was judged in its current cycle."""

    title = "judgement"
    parameter_name = "judgement"

    def lookups(self, request: HttpRequest, model_admin: Admin) -> list[tuple[str, str]]:
        """Never judged, carried over, stale."""
        return [
            ("none", "Not yet assessed"),
            ("carried", "Carried over from an earlier cycle"),
            ("stale", "Stale: something under it changed"),
        ]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """The conditions in that position now."""
        as_of = clock.now()
        match self.value():
            case "none":
                return queryset.exclude(assessments__approved_at__isnull=False)
            case "carried":
                return queryset.filter(pk__in=carried_over(as_of).values("condition"))
            case "stale":
                return queryset.filter(pk__in=stale(as_of).values("condition"))
        return queryset
