"""Programs: one legal instrument's set of conditions on one country."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from conditions.models.choices import from_enum, time_zones
from conditions.rules.authority import OWN_PERMISSIONS, Reader
from conditions.rules.calendar import Basis, Calendar, Roll, legal_day
from conditions.rules.escalation import ConsecutiveRule
from conditions.rules.ladder import Ladder
from conditions.rules.rollup import CertificationRule
from conditions.rules.scale import Scale


class ProgramQuerySet(models.QuerySet["Program"]):
    def for_reader(self, reader: Reader) -> Self:
        """Programs this reader may open: the public ones, or all with ``view_program``."""
        if reader.has_perm("conditions.view_program"):
            return self
        return self.filter(is_public=True)

    def hold(self, *program_ids: int) -> list[Program]:
        """Lock these programs for this transaction, in one order for everybody.

        Whoever locks more than a program locks the program first, then the cycle, then the rest.
        Only a document, and what it comes by (source, inbox item, suggestion), goes before them:
        which programs show it is known when it is held.
        """
        rows = self.filter(pk__in=program_ids).order_by("pk")
        return list(rows.select_for_update(no_key=True))

    def touch(self, *program_ids: int, as_of: datetime) -> None:
        """Mark that something these programs show changed at ``as_of``; never moves back."""
        if len(program_ids) > 1:
            self.hold(*program_ids)
        self.filter(pk__in=program_ids, changed_at__lt=as_of).update(changed_at=as_of)
        self.filter(pk__in=program_ids).update(revision=F("revision") + 1)


class Program(models.Model):
    """One legal instrument's set of conditions on one country, with calendar, rules and stage."""

    class LegalStage(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        PASSED_ONE_CHAMBER = "passed_one_chamber", "Passed one chamber"
        ENACTED = "enacted", "Enacted"
        SUPERSEDED = "superseded", "Superseded"
        REPEALED = "repealed", "Repealed"

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    short_title = models.CharField(max_length=60)
    summary = models.TextField()
    country_iso3 = models.CharField(max_length=3)
    country_name = models.CharField(max_length=80)
    instrument_title = models.CharField(max_length=300)
    citation = models.CharField(max_length=300)
    official_url = models.URLField(max_length=500, blank=True)
    legal_stage = models.CharField(max_length=20, choices=LegalStage)
    stage_note = models.TextField(blank=True)
    passed_on = models.DateField(null=True, blank=True)
    enacted_on = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    assessor_of_record = models.CharField(max_length=200)
    recipients = models.JSONField(default=list, blank=True)
    marks = models.JSONField(
        default=dict, blank=True, help_text="Evidence mark (P, S, K) and sources of these facts."
    )

    time_zone = models.CharField(max_length=64, default="America/New_York", choices=time_zones)
    anchor_on = models.DateField()
    anchor_note = models.TextField(blank=True)
    first_interval_days = models.PositiveIntegerField()
    interval_days = models.PositiveIntegerField()
    basis = models.CharField(max_length=10, choices=from_enum(Basis), default=Basis.DUE_DATE.value)
    roll = models.CharField(max_length=10, choices=from_enum(Roll), default=Roll.NONE.value)
    until = models.DateField(null=True, blank=True, help_text="First day no longer in the series.")
    tracked_from = models.DateField(
        help_text="Cycles that ended on or before this day were before this team's time."
    )

    certification = models.CharField(
        max_length=14,
        choices=from_enum(CertificationRule),
        default=CertificationRule.PER_CONDITION.value,
    )
    status_scale = models.JSONField()
    reminder_ladder = models.JSONField()
    consecutive_rule = models.JSONField(null=True, blank=True)

    four_eyes = models.BooleanField(default=True)
    is_public = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    managers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="managed_programs"
    )

    pack_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(editable=False)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ("-is_default", "slug")
        permissions = OWN_PERMISSIONS["program"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(first_interval_days__gte=7, interval_days__gte=7),
                name="program_intervals_at_least_a_week",
                violation_error_message="Review intervals are at least 7 days.",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("anchor_on")),
                name="program_ends_after_its_anchor",
                violation_error_message="The series ends after the anchor date.",
            ),
            models.CheckConstraint(
                condition=Q(
                    legal_stage__in=[
                        "proposed",
                        "passed_one_chamber",
                        "enacted",
                        "superseded",
                        "repealed",
                    ]
                ),
                name="program_legal_stage_known",
                violation_error_message="This legal stage is not one of the five.",
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="program_one_default",
                violation_error_message="One program only is the default.",
            ),
        ]

    def __str__(self) -> str:
        return self.short_title

    @property
    def calendar(self) -> Calendar:
        """The program's review calendar, in legal days of its time zone."""
        return Calendar(
            anchor=self.anchor_on,
            first_interval=self.first_interval_days,
            interval=self.interval_days,
            basis=Basis(self.basis),
            roll=Roll(self.roll),
            until=self.until,
        )

    @property
    def scale(self) -> Scale:
        """The status scale that this program's judgements use."""
        return Scale.from_rows(self.status_scale)

    @property
    def ladder(self) -> Ladder:
        """When reminders about a cycle are owed, in days from its due date."""
        return Ladder.from_mapping(self.reminder_ladder)

    @property
    def escalation(self) -> ConsecutiveRule | None:
        """The rule on consecutive periods without an affirmative finding, where the law has one."""
        if self.consecutive_rule is None:
            return None
        return ConsecutiveRule.from_mapping(self.consecutive_rule)

    def day_of(self, moment: datetime) -> date:
        """The legal day, in the program's time zone, on which ``moment`` falls."""
        return legal_day(moment, self.time_zone)


class Interpretation(models.Model):
    """A recorded reading of the text: question, options, choice and basis. Append-only."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="interpretations")
    condition = models.ForeignKey(
        "conditions.Condition",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="interpretations",
    )
    code = models.SlugField(max_length=60)
    number = models.PositiveIntegerField(default=1)
    question = models.TextField()
    options = models.JSONField()
    choice = models.TextField()
    basis = models.TextField()
    decided_by = models.CharField(max_length=120)
    decided_on = models.DateField()
    marks = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("program", "code", "-number")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "code", "number"], name="interpretation_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return self.question
