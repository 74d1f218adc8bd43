"""The two processes under `manage.py serve`: the web server, and the worker with its beat."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
import warnings
from typing import Any

from celery import signals
from celery.beat import Scheduler, Service
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from conditions.management.output import say
from tracker.celery import app

PR_SET_PDEATHSIG = 1
WATCH_SECONDS = 0.5
ORPHAN_GRACE_SECONDS = 15.0
WEB_THREADS = 8
# One for each job that runs alone, and five always left for the sweep and the mail. A thread
# begins when it is first needed.
WORKER_THREADS = 12
# glibc gives every thread memory of its own to waste; two such arenas are enough for eight threads.
FRUGAL = {"MALLOC_ARENA_MAX": "2"}


def die_with(parent: int) -> None:
    """Ends this process when the process ``parent`` ends, however that one ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # The thread covers other systems, and a parent that died before the line above.
    threading.Thread(target=_watch, args=(parent,), name="parent watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHAN_GRACE_SECONDS)
    os._exit(1)


class Web(BaseApplication):
    """The web server: one process, several threads, on a socket that the supervisor holds open."""

    def __init__(self, listener: int) -> None:
        self.listener = listener
        super().__init__()

    def load_config(self) -> None:
        """Everything gunicorn is told."""
        options = {
            "bind": [f"fd://{self.listener}"],
            "workers": 1,
            "worker_class": "gthread",
            "threads": WEB_THREADS,
            "timeout": 60,
            "graceful_timeout": 10,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": announce,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, with its addresses already read, so the first visitor does not wait."""
        application = get_wsgi_application()
        _ = get_resolver().url_patterns
        return application


def announce(worker: Any) -> None:
    """Says that the web server answers."""
    say(sys.stdout, f"The tracker answers at {settings.SITE_URL}  (Ctrl-C stops it)")


def run_web(listener: int) -> None:
    """Serves the web until a signal ends it; ``listener`` is the open listening socket."""
    Web(listener).run()


class Pulse(threading.Thread):
    """Celery's beat beside the worker, in one process: with the broker in memory it must be."""

    def __init__(self) -> None:
        super().__init__(name="beat", daemon=True)
        self.service = Service(app, max_interval=1, scheduler_cls=Scheduler)
        self.stopping = False

    def run(self) -> None:
        """Beats. A worker without its beat is of no use: should beat fail, the process ends."""
        try:
            self.service.start()
        finally:
            if not self.stopping:
                os.kill(os.getpid(), signal.SIGTERM)

    def stop(self, **kwargs: Any) -> None:
        """Beats no more; safe to call when it never did."""
        self.stopping = True
        self.service.stop()


def run_worker() -> None:
    """Works and beats until a signal ends it."""
    pulse = Pulse()
    # Celery warns root of pickled messages; ours are JSON only.
    warnings.simplefilter("ignore", SecurityWarning)

    def begin(**kwargs: Any) -> None:
        pulse.start()

    signals.worker_ready.connect(begin, weak=False)
    signals.worker_shutting_down.connect(pulse.stop, weak=False)
    app.worker_main(worker_arguments())


def worker_arguments() -> list[str]:
    """What the embedded worker is told: it is the only one, so every queue is its own."""
    return [
        "--quiet",
        "worker",
        "--pool=threads",
        f"--concurrency={WORKER_THREADS}",
        f"--queues={','.join(queue.name for queue in settings.CELERY_TASK_QUEUES)}",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
