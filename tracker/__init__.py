"""The Django project: settings, the Celery application, addresses."""

from tracker.celery import app as celery_app

__all__ = ["celery_app"]
