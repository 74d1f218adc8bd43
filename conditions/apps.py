"""The one application of the tracker."""

from __future__ import annotations

from django.apps import AppConfig


class ConditionsConfig(AppConfig):
    """Programs, their conditions, and what is judged about them."""

    name = "conditions"
    verbose_name = "Sanctions conditions"
    default_auto_field = "django.db.models.BigAutoField"
