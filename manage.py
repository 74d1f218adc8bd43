#!/usr/bin/env python3
"""Django's command line for the tracker."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Runs one command; an unclear setting stops it with one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        # Read before anything else: Django would hide the refusal behind "Unknown command".
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as refusal:
        sys.exit(str(refusal))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
