"""What must hold of the settings before a tracker that others reach may start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

SHORTEST_SECRET = 50


def check_server(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuses settings that are unsafe on a server; on one's own machine everything goes."""
    if settings.LOCAL:
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            Error(
                "DEBUG is on, so every error page shows the settings to whoever sees it.",
                hint="Set DEBUG=false, or remove it.",
                id="conditions.E001",
            )
        )
    if len(settings.SECRET_KEY) < SHORTEST_SECRET or len(set(settings.SECRET_KEY)) < 5:
        found.append(
            Error(
                f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters or repeats a few.",
                hint="Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
                id="conditions.E002",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "ALLOWED_HOSTS=* accepts requests that claim any name.",
                hint=f"Remove it: {urlsplit(settings.SITE_URL).hostname} is allowed by SITE_URL.",
                id="conditions.E003",
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
