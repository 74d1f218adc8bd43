"""People: who leads a condition, how reminders reach them, and the tokens of their programs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from conditions.actions.faults import Fault, Faulty
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import ApiToken, Condition, Program, User
from conditions.queries.tokens import token_digest as token_digest
from conditions.rules.days import BadMoment, zone
from conditions.rules.refusals import Conflict, Invalid, NotAllowed

LONGEST_LIFE = timedelta(days=366)
LONGEST_TOKEN_NAME = 80
TOKEN_MARK = "sct_"
_PREFERENCES = ("time_zone", "reminder_hour", "reminder_mode")


class BadLead(Invalid):
    """This person cannot lead a condition."""


class BadPreferences(Faulty):
    """Preferences that no reminder could follow; ``faults`` names every field."""


class BadToken(Faulty):
    """A token cannot be issued so; ``faults`` names every field."""


class NotYours(NotAllowed):
    """What belongs to a person is theirs to change."""


class TokenRevoked(Conflict):
    """The token was revoked before."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token with its secret, which is told this once and kept nowhere."""

    token: ApiToken
    secret: str


def assign_lead(
    *, condition: Condition, lead: User | None, by: User | None, as_of: datetime
) -> Condition:
    """Make ``lead`` answer for a condition, or nobody with None. Raises BadLead."""
    require_permission(by, "assign_condition", to="assign the lead of a condition")
    if lead is not None and not (lead.is_active and lead.has_perm("conditions.add_assessment")):
        raise BadLead(
            f"{lead} cannot write assessments.",
            field="lead",
            value=lead.get_username(),
            remedy="Choose an active analyst or manager.",
        )
    with transaction.atomic():
        Program.objects.hold(condition.program_id)
        condition = (
            Condition.objects.select_for_update(of=("self",), no_key=True)
            .select_related("program", "lead")
            .get(pk=condition.pk)
        )
        before = condition.lead
        if before == lead:
            return condition
        condition.lead = lead
        condition.save(update_fields=["lead"])
        record_event(
            verb="condition.assigned",
            subject=condition,
            by=by,
            as_of=as_of,
            program=condition.program,
            condition=condition,
            before={"lead": before.get_username() if before else None},
            after={"lead": lead.get_username() if lead else None},
        )
    return condition


def set_preferences(
    *, user: User, time_zone: str, hour: int, mode: str, by: User | None, as_of: datetime
) -> User:
    """Say where and when reminders reach a person: IANA zone, hour 0 to 23, single or digest.

    Raises BadPreferences with every fault, and NotYours unless it is the person themselves.
    """
    _require_own(user, by, "conditions.change_user", "preferences")
    _require_preferences(time_zone, hour, mode)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        before = snapshot(user, *_PREFERENCES)
        user.time_zone, user.reminder_hour, user.reminder_mode = time_zone, hour, mode
        after = snapshot(user, *_PREFERENCES)
        if before == after:
            return user
        user.save(update_fields=_PREFERENCES)
        record_event(
            verb="user.preferences_set",
            subject=user,
            by=by,
            as_of=as_of,
            before=before,
            after=after,
        )
    return user


def issue_token(
    *,
    user: User,
    name: str,
    scope: str,
    expires_at: datetime,
    by: User | None,
    as_of: datetime,
) -> IssuedToken:
    """Make a key to the API on behalf of ``user``, for a year at most; its secret is told once.

    Only the SHA-256 of the secret is kept. Raises BadToken with every fault, and NotYours.
    """
    require_permission(by, "add_apitoken", to="issue tokens")
    _require_own(user, by, "conditions.change_user", "tokens")
    _require_token(name, scope, expires_at, as_of)
    secret = TOKEN_MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name.strip(),
            prefix=secret[:8],
            digest=token_digest(secret),
            scope=scope,
            created_at=as_of,
            expires_at=expires_at,
        )
        record_event(
            verb="apitoken.issued",
            subject=token,
            by=by,
            as_of=as_of,
            after=snapshot(token, "user_id", "name", "prefix", "scope", "expires_at"),
        )
    return IssuedToken(token, secret)


def revoke_token(*, token: ApiToken, by: User | None, as_of: datetime) -> ApiToken:
    """End a token at once and for good. Raises TokenRevoked and NotYours."""
    require_permission(by, "change_apitoken", to="revoke tokens")
    with transaction.atomic():
        token = (
            ApiToken.objects.select_for_update(of=("self",)).select_related("user").get(pk=token.pk)
        )
        _require_own(token.user, by, "conditions.change_user", "tokens")
        if token.revoked_at is not None:
            raise TokenRevoked(
                f"This token was revoked on {token.revoked_at.date()}.",
                field="token",
                value=token.prefix,
                remedy="Nothing is left to do.",
            )
        token.revoked_at = as_of
        token.save(update_fields=["revoked_at"])
        record_event(
            verb="apitoken.revoked",
            subject=token,
            by=by,
            as_of=as_of,
            after=snapshot(token, "user_id", "name", "prefix", "revoked_at"),
        )
    return token


def _require_own(user: User, by: User | None, permission: str, what: str) -> None:
    if by is not None and by != user and not by.has_perm(permission):
        raise NotYours(
            f"These {what} belong to {user}.",
            field="user",
            value=user.get_username(),
            remedy="Ask that person, or an administrator.",
        )


def _require_preferences(time_zone: str, hour: int, mode: str) -> None:
    faults = []
    try:
        zone(time_zone)
    except BadMoment as refusal:
        faults.append(Fault.of(refusal, "time_zone"))
    if isinstance(hour, bool) or not isinstance(hour, int) or not 0 <= hour <= 23:
        remedy = "Give a whole number from 0 to 23."
        faults.append(Fault("reminder_hour", "This is not an hour of the day.", hour, remedy))
    if mode not in User.ReminderMode.values:
        remedy = f"Use one of {', '.join(User.ReminderMode.values)}."
        faults.append(Fault("reminder_mode", "This mode is not known.", mode, remedy))
    if faults:
        raise BadPreferences(faults)


def _require_token(name: str, scope: str, expires_at: datetime, as_of: datetime) -> None:
    faults = []
    if not 0 < len(name.strip()) <= LONGEST_TOKEN_NAME:
        remedy = f"Say in 1 to {LONGEST_TOKEN_NAME} characters what uses it."
        faults.append(Fault("name", "A token needs a name.", name, remedy))
    if scope not in ApiToken.Scope.values:
        remedy = f"Use one of {', '.join(ApiToken.Scope.values)}."
        faults.append(Fault("scope", "This scope is not known.", scope, remedy))
    latest = as_of + LONGEST_LIFE
    if not as_of < expires_at <= latest:
        message = "A token expires, within a year."
        remedy = f"Give a moment after now, {latest.date()} at the latest."
        faults.append(Fault("expires_at", message, expires_at, remedy))
    if faults:
        raise BadToken(faults)
