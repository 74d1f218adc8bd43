"""Agreement: how far two people, each coding alone, put the same things on the same grade."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass

from conditions.rules.scale import Scale

# Below this a kappa moves with every single pair (domain 2.4).
LEAST_PAIRS = 20
_NO_WIDTH = 1e-6


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two codings have in common; ``n`` counts the pairs with two grades inside the order.

    ``outside_n`` counts the pairs where a coder, or both, chose a status outside the order, and
    ``outside_agreed`` those where both chose the same one. ``kappa`` is quadratic-weighted, with
    its 95 % interval from ``low`` to ``high``, as text of two decimals. Where kappa or only its
    interval is empty, ``reason`` says why.
    """

    n: int
    agreed: int
    outside_n: int
    outside_agreed: int
    kappa: str = ""
    low: str = ""
    high: str = ""
    reason: str = ""


def agreement_between(pairs: Iterable[tuple[str, str]], scale: Scale) -> Agreement:
    """The agreement of two coders over pairs of status codes: the first coder's, the second's.

    A status outside the order (cannot be assessed, waived) has no distance to the others, so it is
    counted apart. Raises UnknownStatus for a code that is not on the scale.
    """
    ranked: list[tuple[int, int]] = []
    outside: list[bool] = []
    for first, second in pairs:
        one, other = scale.grade(first).rank, scale.grade(second).rank
        if one is None or other is None:
            outside.append(first == second)
        else:
            ranked.append((one, other))
    agreed = sum(one == other for one, other in ranked)
    kappa, low, high, reason = _kappa_or_reason(ranked, scale)
    return Agreement(len(ranked), agreed, len(outside), sum(outside), kappa, low, high, reason)


def _kappa_or_reason(ranked: list[tuple[int, int]], scale: Scale) -> tuple[str, str, str, str]:
    if reason := _no_kappa(ranked):
        return "", "", "", reason
    kappa, error = _weighted_kappa(ranked, scale)
    # Without a spread (or with one that rounding made negative) the formula knows no doubt at all.
    if not error > _NO_WIDTH:
        return _text(kappa), "", "", "On these grades the interval has no width, so none is given."
    return _text(kappa), _text(max(kappa - error, -1)), _text(min(kappa + error, 1)), ""


def _no_kappa(ranked: list[tuple[int, int]]) -> str:
    if len(ranked) < LEAST_PAIRS:
        return f"Kappa takes at least {LEAST_PAIRS} pairs of grades; here only raw agreement tells."
    if len(set(ranked)) == 1 and len(set(ranked[0])) == 1:
        return "Kappa is undefined, as both coders gave everything one and the same grade."
    if any(len({pair[coder] for pair in ranked}) == 1 for coder in (0, 1)):
        return "One coder gave everything the same grade, so kappa would be 0 whatever they share."
    return ""


def _weighted_kappa(ranked: list[tuple[int, int]], scale: Scale) -> tuple[float, float]:
    """Kappa over all ranks of the scale, used or not, and the half width of its interval."""
    ranks = range(sum(grade.rank is not None for grade in scale.grades))
    table = [[ranked.count((one, other)) for other in ranks] for one in ranks]
    # Loaded on use: it weighs more than the rest of the web process, which seldom needs it.
    numpy = importlib.import_module("numpy")
    raters = importlib.import_module("statsmodels.stats.inter_rater")
    with numpy.errstate(divide="ignore", invalid="ignore"):
        result = raters.cohens_kappa(table, wt="quadratic")
    return float(result.kappa), float(result.kappa_upp - result.kappa)


def _text(value: float) -> str:
    return f"{value:z.2f}"
