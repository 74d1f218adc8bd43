"""The way in: what there is, and an answer for addresses that lead nowhere."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.decorators import method_decorator
from django.views import View as PlainView
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from conditions.api.answering import answered
from conditions.api.description import READ, problems
from conditions.api.problems import problem_of
from conditions.api.views import View

LISTS = (
    *("programs", "conditions", "checklist-items", "sources", "evidence", "evidence-links"),
    *("assessments", "cycles", "official-findings", "official-reports", "search-log"),
    *("publications", "events", "inbox", "feeds"),
)


class RootView(View):
    """Every list, the status of a program, and the description of it all."""

    @extend_schema(
        operation_id="get_root",
        summary="What there is.",
        responses={
            200: {"type": "object", "additionalProperties": {"type": "string"}},
            **problems(*READ),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """The addresses by name."""
        self.check_parameters(request)
        here = request.build_absolute_uri(reverse("api:root"))
        body = {
            **{name: f"{here}{name}/" for name in LISTS},
            "status": f"{here}programs/<slug>/status/",
            "schema": f"{here}schema/",
            "docs": f"{here}docs/",
        }
        return answered(request, body, is_public=not request.user.is_authenticated)


@method_decorator(csrf_exempt, name="dispatch")
class NowhereView(PlainView):
    """An address under the API that leads nowhere."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """On to the address with its closing slash where that one exists; else a problem."""
        if request.method in ("GET", "HEAD") and _leads_somewhere(f"{request.path_info}/"):
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(f"{request.path}/{'?' if query else ''}{query}")
        problem = problem_of(Http404())
        assert problem is not None
        return problem.answer(request)


def _leads_somewhere(path: str) -> bool:
    try:
        return resolve(path).url_name != "nowhere"
    except Resolver404:
        return False
