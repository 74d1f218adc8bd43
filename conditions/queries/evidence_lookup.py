"""Finding a document that is already on file, however its address is spelled."""

from __future__ import annotations

from conditions.models import Evidence
from conditions.rules.addresses import canonical_address


def find_by_url(url: str) -> Evidence | None:
    """The item filed under this address or another spelling of it. One query. Raises BadAddress."""
    canonical = canonical_address(url)
    return Evidence.objects.at_address(canonical).select_related("source").first()
