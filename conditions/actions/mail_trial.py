"""A message to oneself, to see whether reminders would arrive."""

from __future__ import annotations

import uuid
from datetime import datetime

from conditions.actions.record import record_event
from conditions.models import User
from conditions.outbound.links import message_host
from conditions.outbound.mail import Carrier, compose_test
from conditions.rules.refusals import Conflict


class MailNotSent(Conflict):
    """The test message could not be sent; the refusal says what the mail server said."""


def send_test(*, user: User, as_of: datetime) -> None:
    """Send a test message to ``user`` now, and record it. Raises MailNotSent."""
    if not user.email:
        raise MailNotSent(
            "There is no e-mail address to send to.",
            field="email",
            value=user.email,
            remedy="Ask an administrator to enter yours.",
        )
    message = compose_test(
        recipient=str(user),
        address=user.email,
        message_id=f"<test-{uuid.uuid4().hex}@{message_host()}>",
        as_of=as_of,
    )
    try:
        with Carrier() as carrier:
            carrier.carry(message)
    except Exception as error:
        raise MailNotSent(
            f"The message could not be sent: {error}",
            field="email",
            value=user.email,
            remedy="Check the address; if it is right, ask who runs the mail server.",
        ) from error
    record_event(verb="user.tested_mail", subject=user, by=user, as_of=as_of)
