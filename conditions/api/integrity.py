"""What the database's own refusals say to a person: the sentence of the guard or constraint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.apps import apps

from conditions.models.guards import all_guards


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that the database keeps, and the status with which breaking it is answered."""

    sentence: str
    status: int = 409


@cache
def _sentences() -> tuple[BrokenRule, ...]:
    return tuple(
        BrokenRule(guard.sentence, 403 if guard.label == "four_eyes" else 409)
        for guard in all_guards()
    )


def _constraints() -> Iterator[tuple[str, str]]:
    for model in apps.get_app_config("conditions").get_models():
        for constraint in model._meta.constraints:
            yield constraint.name, str(constraint.violation_error_message)


def broken_rule(message: str) -> BrokenRule:
    """The rule behind a database's error message; no part of the message itself goes out."""
    for rule in _sentences():
        if rule.sentence in message:
            return rule
    for name, sentence in _constraints():
        if name in message:
            return BrokenRule(sentence)
    return BrokenRule("The database holds something that does not go together with this.")
