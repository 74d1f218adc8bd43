"""Who reads, found out without paying for a session that is not there."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from conditions.models import User
from conditions.queries.readers import sensitivities_for


@dataclass(frozen=True, slots=True)
class Audience:
    """A reader and what they may see beyond what is public."""

    reader: User | AnonymousUser
    sensitivities: frozenset[str]
    sees_work: bool

    @property
    def key(self) -> str:
        """Tells apart the audiences that one page is written for."""
        if not self.reader.is_authenticated:
            return "public"
        seen = ",".join(sorted(self.sensitivities))
        return f"{self.reader.pk}:{seen}:{self.sees_work}"


def reader_of(request: HttpRequest) -> User | AnonymousUser:
    """The signed-in reader; without a session cookie nobody, and the session is left alone."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return request.user
    return AnonymousUser()


def audience_of(request: HttpRequest) -> Audience:
    """The reader of a request, with their rights."""
    reader = reader_of(request)
    return Audience(
        reader, sensitivities_for(reader), reader.has_perm("conditions.view_assessment")
    )
