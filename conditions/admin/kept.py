"""Kept forms: what a person typed survives an expired session, signed, and is shown again.

A POST of somebody signed out is answered with the sign-in page, which carries what was typed as a
signed value. After signing in it waits in the session for the page it was typed on, which shows it
in its form. Nothing is saved until the person sends the form.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

FIELD = "kept"
SALT = "conditions.admin.kept"
SESSION_KEY = "kept_form"
NEVER_KEPT = ("password", "csrfmiddlewaretoken", FIELD)
LONG_ENOUGH_TO_SHOW = 12


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that could not be received: the page it belongs to, and its fields."""

    path: str
    data: dict[str, list[str]]

    @property
    def texts(self) -> list[str]:
        """The longer texts in it, for the person to see that they are safe."""
        texts = [value for values in self.data.values() for value in values]
        return [text for text in texts if len(text) > LONG_ENOUGH_TO_SHOW and " " in text]

    def signed(self) -> str:
        """This form as one value that nobody else can make."""
        return signing.dumps([self.path, self.data], salt=SALT, compress=True)


def keep(request: HttpRequest) -> Kept:
    """What ``request`` carried, without passwords."""
    data = {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if not any(word in name for word in NEVER_KEPT)
    }
    return Kept(request.get_full_path(), data)


def unsign(value: str) -> Kept | None:
    """The form in a signed value; None when it was not signed here."""
    try:
        path, data = signing.loads(value, salt=SALT)
    except signing.BadSignature:
        return None
    return Kept(path, data)


def hold(request: HttpRequest, kept: Kept) -> HttpResponse:
    """Put a kept form into the session and lead to the page it belongs to."""
    request.session[SESSION_KEY] = [kept.path, kept.data]
    return HttpResponseRedirect(kept.path)


def take(request: HttpRequest) -> QueryDict | None:
    """What was typed on this page before the session ended, once; None when nothing was."""
    path, data = request.session.get(SESSION_KEY, ("", {}))
    if request.method != "GET" or path != request.get_full_path():
        return None
    del request.session[SESSION_KEY]
    typed = QueryDict(mutable=True)
    for name, values in data.items():
        typed.setlist(name, values)
    return typed
