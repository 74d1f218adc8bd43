"""Signing in, with a limit on guesses: after so many wrong passwords, a wait of 15 minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

WAIT_SECONDS = 15 * 60
# Counted in each web process by itself, which a server with several multiplies.
MOST_FOR_NAME = 10
MOST_FOR_ADDRESS = 50


class SignInForm(AdminAuthenticationForm):
    """Name and password; after too many wrong ones not even the right one is looked at."""

    def clean(self) -> dict[str, Any]:
        """Who signs in, unless this address has guessed too often."""
        counts = dict(self._counts())
        if any(cache.get(key, 0) >= most for key, most in counts.items()):
            raise ValidationError(
                "There were too many wrong passwords. Wait 15 minutes, then sign in.",
                code="too_many",
            )
        try:
            return super().clean()
        except ValidationError:
            for key in counts:
                cache.add(key, 0, WAIT_SECONDS)
                # The count may end between these two lines: then a new one begins next time.
                with suppress(ValueError):
                    cache.incr(key)
            raise

    def _counts(self) -> Iterator[tuple[str, int]]:
        address = address_of(self.request) if self.request else ""
        name = str(self.cleaned_data.get("username", "")).casefold()
        digest = hashlib.sha256(name.encode()).hexdigest()
        yield f"sign-in-{address}-{digest}", MOST_FOR_NAME
        yield f"sign-in-{address}", MOST_FOR_ADDRESS


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: what the proxy in front says, where there is one."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    # The last one is the proxy's own word; those before it are whatever the caller wrote.
    told = forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
    return hashlib.sha256(told.encode()).hexdigest()
