"""Which program the paths ask for, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bench.generator.people import TOKEN
from conditions import clock
from conditions.models import ApiToken, Program
from conditions.queries.readers import sensitivities_for
from conditions.queries.status import PUBLIC
from conditions.queries.tokens import token_digest

ANONYMOUS: tuple[tuple[str, str], ...] = ()
WITH_TOKEN = (("Authorization", f"Bearer {TOKEN}"),)
VARIED = 4_000


@dataclass(frozen=True, slots=True)
class Subject:
    """One program of the built database; ``port`` is where the server answers."""

    program: Program
    today: date
    by_token: frozenset[str]
    port: int

    @property
    def api(self) -> str:
        """Its status in the API."""
        return f"/api/v1/programs/{self.program.slug}/status/"

    @property
    def page(self) -> str:
        """Its scorecard."""
        return f"/programs/{self.program.slug}/"

    def sensitivities(self, headers: tuple[tuple[str, str], ...]) -> frozenset[str]:
        """What the sender of these headers may see of the evidence."""
        return self.by_token if headers == WITH_TOKEN else PUBLIC

    def moments(self, turn: int) -> list[datetime]:
        """Moments after the last change, each asked for once: the answer is that of now."""
        first = self.program.changed_at + timedelta(seconds=turn)
        return [first + timedelta(microseconds=n) for n in range(VARIED)]

    def days(self) -> list[date]:
        """Days all over the program's time, in no order."""
        span = max(1, (self.today - self.program.anchor_on).days)
        return [self.program.anchor_on + timedelta(days=n * 7_919 % span) for n in range(VARIED)]


def middle_program(port: int) -> Subject:
    """The program in the middle of the database: its rows are neither the first nor the last."""
    found = Program.objects.order_by("pk")
    program = found[found.count() // 2]
    reader = ApiToken.objects.get(digest=token_digest(TOKEN)).user
    return Subject(program, program.day_of(clock.now()), sensitivities_for(reader), port)
