"""Who asks: by token, by session, or nobody in particular."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from conditions import clock
from conditions.api.problems import CHALLENGE, BadToken, NotSignedIn
from conditions.models import ApiToken, User
from conditions.queries.answers import ProgramMark, program_mark
from conditions.queries.tokens import TokenReader, token_digest, token_reader
from conditions.rules.authority import Reader
from conditions.rules.refusals import NotAllowed


class Nobody:
    """A reader without an account, who is asked for no permission in the database."""

    is_authenticated = False

    def has_perm(self, perm: str, /) -> bool:
        """Nobody holds anything."""
        return False


NOBODY = Nobody()


class ReadOnlyToken(NotAllowed):
    """A token that may only read was used to write."""


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``, on behalf of the person whose token it is."""

    def authenticate(self, request: Request) -> tuple[TokenReader, int] | None:
        """The token's reader, or None without such a header. One query."""
        digest = _digest(request.headers.get("authorization", ""))
        if digest is None:
            return None
        reader, _ = token_reader(digest)
        holder = _require_valid(reader)
        return holder, holder.token_id

    def authenticate_header(self, request: Request) -> str:
        """What a 401 answer asks for."""
        return CHALLENGE


def reader_and_mark(request: HttpRequest, slug: str) -> tuple[Reader, ProgramMark | None]:
    """Who asks, and the mark of the program asked about: one query, unless a session is read."""
    digest = _digest(request.headers.get("authorization", ""))
    if digest is not None:
        found, mark = token_reader(digest, slug)
        return _require_valid(found), mark
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        return request.user, program_mark(slug)
    return NOBODY, program_mark(slug)


def person_writing(request: Request) -> User:
    """The person on whose behalf a write is asked; what they may do is for the action to say."""
    user: Any = request.user
    if isinstance(user, TokenReader) and user.scope != ApiToken.Scope.WRITE:
        raise ReadOnlyToken(
            "This token may only read.",
            field="Authorization",
            value=user.scope,
            remedy="Use a token with the scope write.",
        )
    remedy = "Send Authorization: Bearer <token> with a token that may write, or sign in."
    return _person(request, "Writing needs an account.", remedy)


def person_asking(request: Request) -> User:
    """The person who asks for what is given to persons alone; a token that may read will do."""
    remedy = "Send Authorization: Bearer <token>, or sign in."
    return _person(request, "This is given to people with an account.", remedy)


def _person(request: Request, needed: str, remedy: str) -> User:
    user: Any = request.user
    if isinstance(user, User):
        return user
    if not isinstance(user, TokenReader):
        raise NotSignedIn(needed, field="Authorization", remedy=remedy)
    return User.objects.get(pk=user.pk)


def _digest(header: str) -> str | None:
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip() or " " in token.strip():
        raise _bad("This Authorization header is not understood.")
    return token_digest(token.strip())


def _require_valid(reader: TokenReader | None) -> TokenReader:
    now = clock.now()
    if reader is None or not reader.is_active:
        raise _bad("This token is not known.")
    if reader.revoked_at is not None and reader.revoked_at <= now:
        raise _bad(f"This token was revoked on {reader.revoked_at:%Y-%m-%d}.")
    if reader.expires_at <= now:
        raise _bad(f"This token expired on {reader.expires_at:%Y-%m-%d}.")
    return reader


def _bad(message: str) -> BadToken:
    return BadToken(
        message,
        field="Authorization",
        remedy="Send Authorization: Bearer <token> with a valid token, or no such header.",
    )
