"""Geometry of the small marks as plain numbers; templates only draw what stands here."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

BAR_HALF = 46.0
BAR_HEIGHT = 12
WIDEST_BLOCK = 7.0
NARROWEST_BLOCK = 2.6
GAP = 1.0


@dataclass(frozen=True, slots=True)
class Block:
    """One document in an evidence bar, or many where they no longer fit one by one."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class EvidenceBar:
    """Documents against to the left of ``axis``, documents for to its right."""

    width: float
    height: int
    axis: float
    against: tuple[Block, ...]
    supporting: tuple[Block, ...]


def pie_path(fraction: float, *, centre: float = 10.0, radius: float = 8.1) -> str:
    """The SVG path of a slice of ``fraction`` of a disc, clockwise from the top; empty for 0."""
    if not 0 < fraction < 1:
        return ""
    angle = 2 * pi * fraction
    x, y = centre + radius * sin(angle), centre - radius * cos(angle)
    large = int(fraction > 0.5)
    return (
        f"M{centre:g} {centre:g}V{centre - radius:g}"
        f"A{radius:g} {radius:g} 0 {large} 1 {x:.2f} {y:.2f}z"
    )


def evidence_bar(supports: int, contradicts: int, most: int = 0) -> EvidenceBar:
    """Two rows of blocks back to back, on a scale on which ``most`` documents fill one side."""
    most = max(most, supports, contradicts, 1)
    each = min(WIDEST_BLOCK, BAR_HALF / most)
    return EvidenceBar(
        width=2 * BAR_HALF,
        height=BAR_HEIGHT,
        axis=BAR_HALF,
        against=_blocks(contradicts, each, toward=-1),
        supporting=_blocks(supports, each, toward=1),
    )


def _blocks(number: int, each: float, *, toward: int) -> tuple[Block, ...]:
    if each < NARROWEST_BLOCK and number:
        width = round(number * each, 1)
        return (Block(BAR_HALF + GAP if toward > 0 else BAR_HALF - GAP - width, width),)
    starts = [BAR_HALF + toward * place * each for place in range(number)]
    width = round(each - GAP, 2)
    return tuple(
        Block(round(start + GAP if toward > 0 else start - each, 2), width) for start in starts
    )
