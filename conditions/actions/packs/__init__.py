"""Program packs: read with every fault told at once, planned, and loaded whole or not at all."""

from conditions.actions.packs.changes import Change, PackOutcome
from conditions.actions.packs.loading import load_pack, plan_pack
from conditions.actions.packs.reading import BadPack, Pack, read_pack

__all__ = ["BadPack", "Change", "Pack", "PackOutcome", "load_pack", "plan_pack", "read_pack"]
