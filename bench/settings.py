"""The settings of the tracker as shipped, and one address more: the floor."""

from __future__ import annotations

from tracker.settings import *  # noqa: F403
from tracker.settings import INSTALLED_APPS as SHIPPED_APPS

INSTALLED_APPS = [*SHIPPED_APPS, "bench"]
ROOT_URLCONF = "bench.urls"
