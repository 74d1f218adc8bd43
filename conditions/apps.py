"""The one application of the tracker."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register

from conditions.checks import check_server


class ConditionsConfig(AppConfig):
    """Programs, their conditions, and what is judged about them."""

    name = "conditions"
    verbose_name = "Sanctions conditions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Holds unsafe server settings up before anything runs."""
        register(check_server, Tags.security)
