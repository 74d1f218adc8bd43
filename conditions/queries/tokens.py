"""Who stands behind a token, and what they may see: one query, without the person's row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from conditions.queries.answers import ProgramMark, mark_from


@dataclass(frozen=True, slots=True)
class TokenReader:
    """A program that reads, and writes if its scope allows, as the person whose token it holds."""

    pk: int
    username: str
    token_id: int
    scope: str
    is_superuser: bool
    is_active: bool
    expires_at: datetime
    revoked_at: datetime | None
    permissions: frozenset[str] = field(default_factory=frozenset)
    is_authenticated: bool = True
    is_anonymous: bool = False

    def has_perm(self, perm: str, /) -> bool:
        """Whether the person holds the permission; superusers hold all."""
        return self.is_active and (self.is_superuser or perm in self.permissions)


# One row for each permission; the one row of "o" keeps the answer apart from an unknown program.
_READER = """
SELECT p.id, p.revision, p.changed_at, p.is_public, p.time_zone,
       u.id, u.username, t.id, t.scope, u.is_superuser, u.is_active, t.expires_at, t.revoked_at,
       held.codename
FROM (SELECT 1 AS one) o
LEFT JOIN conditions_program p ON p.slug = %(slug)s
LEFT JOIN conditions_apitoken t ON t.digest = %(digest)s
LEFT JOIN conditions_user u ON u.id = t.user_id
LEFT JOIN (
    SELECT m.codename FROM auth_permission m
    JOIN django_content_type c ON c.id = m.content_type_id AND c.app_label = 'conditions'
    WHERE m.id IN (
        SELECT gp.permission_id FROM auth_group_permissions gp
        JOIN conditions_user_groups ug ON ug.group_id = gp.group_id
        WHERE ug.user_id = (SELECT user_id FROM conditions_apitoken WHERE digest = %(digest)s)
        UNION ALL
        SELECT up.permission_id FROM conditions_user_user_permissions up
        WHERE up.user_id = (SELECT user_id FROM conditions_apitoken WHERE digest = %(digest)s))
) held ON t.id IS NOT NULL
"""


def token_digest(token: str) -> str:
    """What is kept of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_reader(digest: str, slug: str = "") -> tuple[TokenReader | None, ProgramMark | None]:
    """Who stands behind the token with this digest, and the mark of a program by its slug.

    The token may have expired or been revoked: the caller looks. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READER, {"slug": slug, "digest": digest})
        rows = cursor.fetchall()
    mark = mark_from(rows[0][:5]) if rows[0][0] is not None else None
    return (_reader(rows) if rows[0][7] is not None else None), mark


def _reader(rows: list[tuple[Any, ...]]) -> TokenReader:
    pk, username, token_id, scope, is_superuser, is_active, expires_at, revoked_at = rows[0][5:13]
    return TokenReader(
        pk=pk,
        username=username,
        token_id=token_id,
        scope=scope,
        is_superuser=bool(is_superuser),
        is_active=bool(is_active),
        expires_at=_aware(expires_at),
        revoked_at=None if revoked_at is None else _aware(revoked_at),
        permissions=frozenset(f"conditions.{row[13]}" for row in rows if row[13] is not None),
    )


def _aware(moment: datetime) -> datetime:
    # SQLite hands back moments without their zone, which is always UTC.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
