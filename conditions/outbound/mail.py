"""Mail: composes a letter as plain text and HTML, and hands it to the mail server."""

from __future__ import annotations

import contextlib
from datetime import datetime
from email.utils import format_datetime, formataddr
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from conditions.outbound.letters import Letter
from conditions.outbound.links import settings_link

SENDER = "Conditions tracker"


class ServerUnavailable(Exception):
    """The mail server takes no connection, so no other message would fare better now."""


class MessageNotTaken(Exception):
    """The mail server was reached and took nothing, without saying why."""


class Carrier:
    """A connection to the mail server for several messages, opened when first needed."""

    def __init__(self) -> None:
        self._server: Any = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def carry(self, message: EmailMultiAlternatives) -> None:
        """Hand over one message. Raises ServerUnavailable, or the refusal of this one message."""
        try:
            self._server.open()
        except OSError as error:
            raise ServerUnavailable(f"{type(error).__name__}: {error}") from error
        try:
            if self._server.send_messages([message]) != 1:
                raise MessageNotTaken("The mail server took no message.")
        except BaseException:
            # In the middle of a message a connection is of no further use.
            self._close()
            raise

    def _close(self) -> None:
        # What was handed over stays handed over, however the server says goodbye.
        with contextlib.suppress(OSError):
            self._server.close()


def compose(letter: Letter, *, as_of: datetime) -> EmailMultiAlternatives:
    """The message of a letter, dated ``as_of``."""
    return _message(
        template="reminder",
        context={"letter": letter, "settings": settings_link()},
        subject=letter.subject,
        address=letter.address,
        message_id=letter.message_id,
        as_of=as_of,
        headers={"References": letter.thread},
    )


def compose_test(
    *, recipient: str, address: str, message_id: str, as_of: datetime
) -> EmailMultiAlternatives:
    """The message by which a person sees whether reminders reach them."""
    return _message(
        template="test",
        context={"recipient": recipient, "settings": settings_link(), "as_of": as_of},
        subject="Test: reminders reach you",
        address=address,
        message_id=message_id,
        as_of=as_of,
        headers={},
    )


def _message(
    *,
    template: str,
    context: dict[str, Any],
    subject: str,
    address: str,
    message_id: str,
    as_of: datetime,
    headers: dict[str, str],
) -> EmailMultiAlternatives:
    host = settings.SITE_HOST.strip("[]")
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"mail/{template}.txt", context),
        from_email=formataddr((SENDER, settings.DEFAULT_FROM_EMAIL)),
        to=[address],
        headers={
            "Date": format_datetime(as_of),
            "Message-ID": message_id,
            "List-Id": f"{SENDER} reminders <reminders.{host}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **headers,
        },
    )
    message.attach_alternative(render_to_string(f"mail/{template}.html", context), "text/html")
    return message
