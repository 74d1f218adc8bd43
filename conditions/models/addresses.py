"""Looking rows up by their canonical address, where only some have one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self, TypeVar, cast

from django.db import models

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class AddressedQuerySet(models.QuerySet[_Row]):
    """Rows whose ``canonical_url`` is unique but for those that have none."""

    def at_address(self, canonical: str) -> Self:
        """The row under this canonical address, by the index of those that have one."""
        return self.at_addresses([canonical])

    def at_addresses(self, canonical: Iterable[str]) -> Self:
        """The rows under one of these canonical addresses, by the index of those that have one."""
        # SQLite takes a partial index only where its condition is written out in the question.
        written = f"NOT ({self.model._meta.db_table}.canonical_url = '')"
        return cast(Self, self.filter(canonical_url__in=canonical).extra(where=[written]))
