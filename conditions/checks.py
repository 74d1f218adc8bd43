"""What must hold of the settings before a tracker that others reach may start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning


def check_server(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuses settings that are unsafe on a server; on one's own machine everything goes.

    A secret that is too short, and DEBUG, are refused by the settings themselves.
    """
    if settings.LOCAL:
        return []
    found: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "ALLOWED_HOSTS=* accepts requests that claim any name.",
                hint=f"Remove it: {urlsplit(settings.SITE_URL).hostname} is allowed by SITE_URL.",
                id="conditions.E001",
            )
        )
    if not settings.HTTPS:
        found.append(
            Warning(
                f"SITE_URL={settings.SITE_URL} is not https: passwords travel in the clear.",
                hint="Put a proxy with a certificate before it and set SITE_URL=https://...",
                id="conditions.W001",
            )
        )
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        found.append(
            Warning(
                "EMAIL_URL sends no mail, so reminders reach nobody.",
                hint="Set EMAIL_URL=submission://USER:PASSWORD@HOST:587",
                id="conditions.W002",
            )
        )
    return found
