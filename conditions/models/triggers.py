"""A guard: one write that the database refuses, as a trigger on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Write = Literal["INSERT", "UPDATE", "DELETE", "TRUNCATE"]
# Stands for the comparison that also tells a value from none, which each database spells its way.
DIFFERS = "DIFFERS FROM"


@dataclass(frozen=True, slots=True)
class Guard:
    """One refusal: which write on which table, under which SQL condition, with which sentence."""

    table: str
    write: Write
    label: str
    sentence: str
    when: str = ""
    sqlite_only: bool = False

    @property
    def name(self) -> str:
        """The trigger's name in the database."""
        return f"guard_{self.table.removeprefix('conditions_')}_{self.label}"

    def sqlite(self) -> list[str]:
        """Statements that put this guard in place on SQLite."""
        condition = self.when.replace(DIFFERS, "IS NOT")
        when = f"WHEN {condition} " if condition else ""
        return [
            f"DROP TRIGGER IF EXISTS {self.name}",
            f"CREATE TRIGGER {self.name} BEFORE {self.write} ON {self.table} FOR EACH ROW {when}"
            f"BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END",
        ]

    def postgresql(self) -> list[str]:
        """Statements that put this guard in place on PostgreSQL."""
        refuse = f"RAISE EXCEPTION USING MESSAGE = '{self.sentence}', ERRCODE = '23001';"
        condition = self.when.replace(DIFFERS, "IS DISTINCT FROM")
        body = f"IF {condition} THEN {refuse} END IF;" if condition else refuse
        row = "OLD" if self.write == "DELETE" else "NEW"
        scope = "STATEMENT" if self.write == "TRUNCATE" else "ROW"
        answer = "NULL" if self.write == "TRUNCATE" else row
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$guard$ BEGIN {body} RETURN {answer}; END $guard$",
            f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}",
            f"CREATE TRIGGER {self.name} BEFORE {self.write} ON {self.table} "
            f"FOR EACH {scope} EXECUTE FUNCTION {self.name}()",
        ]
