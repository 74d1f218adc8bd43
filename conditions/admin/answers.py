"""How the admin answers a refusal: one place from families, and from the database, to words."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError
from django.forms import Form
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from conditions.actions.faults import Faulty
from conditions.models.contention import BUSY, SECONDS_TO_WAIT, is_busy
from conditions.models.guards import all_guards
from conditions.rules.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal

REFUSED = (Refusal, IntegrityError, OperationalError, PermissionDenied, Http404)
_STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}
_TITLES = {
    404: "Not found",
    403: "Not yours to do",
    409: "Not possible now",
    422: "Refused",
    503: "Busy for a moment",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal as the person reads it; ``field`` is empty when it is about the whole."""

    message: str
    remedy: str
    field: str
    status: int

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


def told(error: Exception) -> Told:
    """A refusal of our own, of Django or of the database, in words; its guards speak for it.

    Raises again what the database fails at for another reason than that it is busy.
    """
    if isinstance(error, Refusal):
        status = next(code for family, code in _STATUS.items() if isinstance(error, family))
        return Told(error.message, error.remedy, error.field, status)
    if isinstance(error, Http404):
        return Told("There is nothing at this address.", "It may have been mistyped.", "", 404)
    if isinstance(error, PermissionDenied):
        remedy = "Ask a manager for the role, or a colleague who has it."
        return Told("Your role does not let you open or do this.", remedy, "", 403)
    if isinstance(error, OperationalError):
        if not is_busy(error):
            raise error
        return Told(BUSY, "Nothing was written. Try again in a moment.", "", 503)
    text = str(error)
    sentence = next((guard.sentence for guard in all_guards() if guard.sentence in text), "")
    if sentence:
        return Told(sentence, "", "", 409)
    return Told(
        "The database refused this: it does not fit what is on file.",
        f"Reload the page and look again. It said: {text.splitlines()[0]}",
        "",
        409,
    )


def put(error: Exception, form: Form, *, fields: dict[str, str] | None = None) -> Told:
    """Add a refusal with all its faults to ``form``, at their fields; ``fields`` renames some."""
    words = told(error)
    parts = [(words.field, str(words))]
    if isinstance(error, Faulty):
        parts = [(fault.path, f"{fault.message} {fault.remedy}") for fault in error.faults]
    for path, text in parts:
        name = (fields or {}).get(path, path)
        form.add_error(name if name in form.fields else None, text.strip())
    return words


def refused_page(
    request: HttpRequest, error: Exception, context: dict[str, object]
) -> TemplateResponse:
    """The page for a refusal that no form could take."""
    words = told(error)
    return TemplateResponse(
        request,
        "admin/refused.html",
        {**context, "title": _TITLES[words.status], "told": words},
        status=words.status,
        headers={"Retry-After": str(SECONDS_TO_WAIT)} if words.status == 503 else None,
    )
