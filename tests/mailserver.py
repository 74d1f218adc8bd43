"""A real mail server on this machine, which accepts, refuses, hangs or breaks off as it is told."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

HOST = "127.0.0.1"
PATIENCE = 30.0


class MailServer:
    """What arrived, in order, and how the server behaves.

    ``refuses`` are addresses it does not take. ``hangs_at`` is the number of the message that it
    takes without ever saying so, from 1. ``breaks_off`` cuts the connection at every message.
    """

    def __init__(self) -> None:
        self.arrived: list[Message] = []
        self.refuses: set[str] = set()
        self.breaks_off = False
        self.hangs_at = 0
        self.hanging = threading.Event()
        with socket.create_server((HOST, 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.controller = Controller(self, hostname=HOST, port=self.port, ready_timeout=PATIENCE)

    @property
    def url(self) -> str:
        """The EMAIL_URL by which a process of the tracker sends through it."""
        return f"smtp://{HOST}:{self.port}"

    def ids(self) -> list[str]:
        """The Message-IDs that arrived, in order, repeats included."""
        return [str(message["Message-ID"]) for message in self.arrived]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.breaks_off:
            assert server.transport is not None
            server.transport.abort()
            return "421 Bye"
        content: Any = envelope.content
        self.arrived.append(email.message_from_bytes(content))
        if len(self.arrived) == self.hangs_at:
            self.hanging.set()
            # Until whoever waits for the answer is gone.
            while server.transport is not None and not server.transport.is_closing():
                await asyncio.sleep(0.05)
        return "250 OK"


@contextmanager
def serving(settings: Settings | None = None) -> Iterator[MailServer]:
    """A mail server that runs; with ``settings``, this process sends through it."""
    server = MailServer()
    server.controller.start()
    if settings is not None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, server.port
    try:
        yield server
    finally:
        server.controller.stop()
