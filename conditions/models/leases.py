"""Leases: rows that one run of the worker holds for a while, for itself alone."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q


def free_at(moment: datetime) -> Q:
    """Rows that nobody holds at ``moment``: not leased, or leased until then or earlier."""
    return Q(lease_until__isnull=True) | Q(lease_until__lte=moment)


def held_at(moment: datetime) -> Q:
    """Rows that somebody holds at ``moment``; who died holds them until the lease is over."""
    return Q(lease_until__gt=moment)
