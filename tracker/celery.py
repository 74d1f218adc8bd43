"""Celery, configured from settings. The database is the memory; this is only the pulse."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_logging(**kwargs: Any) -> None:
    """Leaves the logs as the settings have them: a receiver here keeps Celery from its own."""


@beat_init.connect
def look_at_once(**kwargs: Any) -> None:
    """What fell due while nothing ran does not wait for the next full five minutes."""
    app.send_task("conditions.tasks.sweep", expires=290)
    app.send_task("conditions.tasks.deliver", expires=50)
