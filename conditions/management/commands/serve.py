"""manage.py serve: the whole tracker in one command, with no other server to install."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conditions.management.children import FRUGAL, die_with, run_web, run_worker
from conditions.management.output import say
from conditions.management.supervisor import KeepsDying, Supervisor


class Command(BaseCommand):
    """Serves web, worker and beat together, and restarts what dies, unless it dies at once."""

    help = "Serve the tracker: web, worker and beat. Ctrl-C stops all of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen; the last three are for the processes this command starts itself."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port to listen on")
        parser.add_argument("--only", choices=["web", "worker"], help="used internally")
        parser.add_argument("--parent", type=int, help="used internally")
        parser.add_argument("--listener", type=int, help="used internally")

    def handle(self, *args: Any, **options: Any) -> None:
        """Becomes one of the children, or their supervisor."""
        # The database, the mail and everything else it writes is for this account alone.
        os.umask(0o077)
        if options["only"] and options["parent"]:
            die_with(options["parent"])
        if options["only"] == "web":
            run_web(options["listener"])
        elif options["only"] == "worker":
            run_worker()
        else:
            self.supervise(options["host"], options["port"])

    def supervise(self, host: str, port: int) -> None:
        """Holds the listening socket, so a restart of the web process refuses nobody."""
        for name, value in FRUGAL.items():
            os.environ.setdefault(name, value)
        with listen(host, port) as listener:
            number = listener.fileno()
            child = [sys.executable, *warning_options(), str(settings.BASE_DIR / "manage.py")]
            child += ["serve", "--parent", str(os.getpid()), "--skip-checks", "--only"]
            try:
                Supervisor(
                    {
                        "web": [*child, "web", "--listener", str(number)],
                        "worker": [*child, "worker"],
                    },
                    say=partial(say, sys.stderr),
                    pass_fds=[number],
                ).run()
            except KeepsDying as error:
                raise CommandError(str(error)) from error
        say(sys.stdout, "The tracker has stopped.")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, or a refusal that names the port."""
    try:
        return socket.create_server((host, port), backlog=512)
    except OSError as error:
        raise CommandError(
            f"Port {port} on {host} cannot be used: {error.strerror}. "
            f"Stop the program that holds it, or choose another: PORT={port + 1}"
        ) from error


def warning_options() -> list[str]:
    """The -W options of this interpreter, handed on to the children."""
    return [f"-W{option}" for option in sys.warnoptions]
