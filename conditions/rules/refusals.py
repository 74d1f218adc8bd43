"""How the tracker says no: four families of refusal, each naming field, value and remedy."""

from __future__ import annotations


class Refusal(Exception):
    """A write or read that cannot be done, told so that the person can mend it.

    ``field`` is what was wrong, ``value`` what was given, ``remedy`` what would be accepted.
    Subclasses live beside the function that raises them and belong to one of the families below.
    """

    def __init__(
        self, message: str, *, field: str = "", value: object = None, remedy: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = value
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class Invalid(Refusal):
    """What was given can never be accepted as it stands."""


class Conflict(Refusal):
    """What was asked does not fit the present state; it may fit another day or after a reload."""


class NotFound(Refusal):
    """What was named does not exist for this person."""


class NotAllowed(Refusal):
    """This person may not do this; somebody else may."""
