"""The questions that doctor asks of an installation; each answer says how to mend what is wrong."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import redis
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from conditions.actions.triage_terms import BadTermsFile, terms_of
from conditions.models import LinkHealth, Program
from conditions.models.guards import missing_guards
from conditions.outbound.fetching import may_call_outside
from conditions.outbound.reports.pdf import REMEDY, why_not
from conditions.queries.full_text import not_in_index
from conditions.queries.health import health
from conditions.queries.inbox_health import inbox_health
from conditions.queries.printing import not_printed, press_state
from conditions.queries.voices import stuck_comparisons

# A report is printed within minutes; one that waits longer is waiting for somebody.
LONGEST_UNPRINTED = timedelta(hours=1)
# Beyond what politeness towards one large site explains.
LONGEST_UNSEEN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing that is wrong, and the line that mends it."""

    wrong: str
    remedy: str


def database(as_of: datetime) -> Iterator[Ailment]:
    """The database answers, and every migration is applied."""
    try:
        _reach_database()
    except (DatabaseError, psycopg.OperationalError) as error:
        yield Ailment(
            f"The database does not answer: {error}", "Start it, or correct DATABASE_URL."
        )
        return
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        first = plan[0][0]
        yield Ailment(
            f"{len(plan)} migrations are not applied, from {first.app_label} {first.name} on.",
            "Run: python manage.py migrate",
        )


def _reach_database() -> None:
    if connection.vendor != "postgresql":
        connection.ensure_connection()
        return
    # Past the pool: it would try for a while and then not say why it could not connect.
    parameters = {**connection.get_connection_params(), "connect_timeout": 5}
    parameters.pop("pool", None)
    psycopg.connect(**parameters).close()


def guards(as_of: datetime) -> Iterator[Ailment]:
    """The triggers that keep judgements append-only and four-eyed are in place."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers")
            if cursor.fetchone() != (1,):
                yield Ailment(
                    "This connection lets INSERT OR REPLACE delete rows past the guards.",
                    "Put back PRAGMA recursive_triggers=ON in tracker/settings.py.",
                )
    missing = missing_guards(connection)
    if missing:
        yield Ailment(
            f"The database lacks guards: {', '.join(missing)}", "Run: python manage.py migrate"
        )


def broker(as_of: datetime) -> Iterator[Ailment]:
    """The broker answers, where there is one beside the worker."""
    if not settings.REDIS_URL:
        return
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5)
    try:
        client.ping()
    except redis.RedisError as error:
        yield Ailment(f"The broker does not answer: {error}", "Start Redis, or correct REDIS_URL.")
    finally:
        client.close()


def pulse(as_of: datetime) -> Iterator[Ailment]:
    """Worker and beat have done their rounds lately."""
    yield from _of_health(as_of, "sweep_late", "deliver_late")


def cycles(as_of: datetime) -> Iterator[Ailment]:
    """Every active program was swept and knows its next cycle."""
    yield from _of_health(as_of, "no_future_cycle", "not_swept")


def reminders(as_of: datetime) -> Iterator[Ailment]:
    """No reminder waits too long, keeps failing, or lacks an address."""
    yield from _of_health(as_of, "reminders_wait", "reminders_fail", "no_address")


def _of_health(as_of: datetime, *codes: str) -> Iterator[Ailment]:
    for problem in health(as_of=as_of).problems:
        if problem.code in codes:
            yield Ailment(problem.sentence, problem.remedy)


def reports(as_of: datetime) -> Iterator[Ailment]:
    """Published reports can be printed as PDF here, and none waits to be."""
    if cannot := why_not():
        yield Ailment(f"No report can be printed as PDF: {cannot}", REMEDY)
    by_hand = "Run: python manage.py print_reports"
    failed = press_state().failed
    if failed:
        last = max(failed.values(), key=lambda one: one.attempts)
        yield Ailment(
            f"Reports that could not be printed: {len(failed)}. {last.error}",
            f"{by_hand}. It is tried again by itself, later each time.",
        )
    long_ago = as_of - LONGEST_UNPRINTED
    waiting = not_printed().exclude(pk__in=failed).filter(known_at__lte=long_ago).count()
    if waiting:
        yield Ailment(f"Reports that wait to be printed: {waiting}.", by_hand)


def search(as_of: datetime) -> Iterator[Ailment]:
    """Full-text search finds every document on file."""
    if missing := not_in_index():
        yield Ailment(
            f"Documents that no search can find: {missing}.", "Run: python manage.py reindex"
        )


def voices(as_of: datetime) -> Iterator[Ailment]:
    """Texts are compared as they change."""
    stuck = stuck_comparisons(as_of)
    by_hand = "Run: python manage.py compare_texts"
    if stuck.unfinished:
        wrong = f"Documents whose comparison was begun and not ended: {stuck.unfinished}."
        yield Ailment(wrong, f"{by_hand}, and look into the log if they stay.")
    if stuck.waiting:
        wrong = f"Documents that wait to be compared, and none was for an hour: {stuck.waiting}."
        yield Ailment(wrong, f"{by_hand}, and see that worker and beat run.")


def inbox(as_of: datetime) -> Iterator[Ailment]:
    """The feeds of the inbox are read, and the field terms that suggest can be."""
    found = inbox_health(as_of=as_of)
    for title, error in found.failing:
        yield Ailment(
            f"The feed {title} keeps failing. {error}", "Correct its address, or pause it."
        )
    if found.many_failing > len(found.failing):
        more = found.many_failing - len(found.failing)
        yield Ailment(f"Other feeds that keep failing: {more}.", "See the feeds in the admin.")
    for slug in Program.objects.filter(is_active=True).values_list("slug", flat=True):
        try:
            terms_of(slug)
        except BadTermsFile as refusal:
            yield Ailment(f"Nothing is suggested for {slug}: {refusal}", "Mend its field terms.")
    if may_call_outside() and (found.late_feeds or found.late_pages):
        yield Ailment(
            f"Due for two hours and not read: {found.late_feeds} feeds, {found.late_pages} pages.",
            "Run: python manage.py read_feeds, and see that worker and beat run.",
        )


def links(as_of: datetime) -> Iterator[Ailment]:
    """Addresses of documents are looked at in their turn, where outside calls are allowed."""
    if not may_call_outside():
        return
    late = LinkHealth.objects.due_by(as_of - LONGEST_UNSEEN).exclude(url="").count()
    if late:
        yield Ailment(
            f"Addresses that have waited for a look for more than a week: {late}.",
            "See that worker and beat run. By hand: python manage.py look_at_links",
        )


def mail(as_of: datetime) -> Iterator[Ailment]:
    """The mail server takes a connection; without one, mail is known to stay here."""
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return
    server = get_connection(timeout=10)
    try:
        server.open()
        server.close()
    except OSError as error:
        yield Ailment(
            f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} refuses us: {error}",
            "Correct EMAIL_URL, or ask who runs the mail server. No reminder is lost meanwhile.",
        )


def data(as_of: datetime) -> Iterator[Ailment]:
    """The data directory can be written, and is for its owner only."""
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
    except OSError as error:
        yield Ailment(
            f"The data directory {settings.DATA_DIR} cannot be written: {error.strerror}",
            "Give it to the account that runs the tracker, or set DATA_DIR.",
        )
    secret = settings.DATA_DIR / "secret_key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield Ailment(f"Others can read {secret}.", f"Run: chmod 600 {secret}")
    if settings.DATA_DIR.is_dir() and settings.DATA_DIR.stat().st_mode & 0o077:
        yield Ailment(
            f"Others can read what is in {settings.DATA_DIR}.",
            f"Run: chmod 700 {settings.DATA_DIR}",
        )


def configuration(as_of: datetime) -> Iterator[Ailment]:
    """The settings are safe for where the tracker runs; a server has its static files."""
    for message in run_checks(tags=[Tags.security]):
        yield Ailment(str(message.msg), str(message.hint or "See docs/operations.md."))
    if settings.STATIC_ROOT and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        yield Ailment(
            f"There are no static files in {settings.STATIC_ROOT}.",
            "Run: python manage.py collectstatic",
        )


QUESTIONS: dict[str, Callable[[datetime], Iterator[Ailment]]] = {
    "configuration": configuration,
    "data": data,
    "database": database,
    "guards": guards,
    "broker": broker,
    "pulse": pulse,
    "cycles": cycles,
    "reminders": reminders,
    "reports": reports,
    "search": search,
    "links": links,
    "inbox": inbox,
    "voices": voices,
    "mail": mail,
}
# These read our tables, so they make sense only when the database is well.
NEED_TABLES = {
    *("guards", "pulse", "cycles", "reminders", "reports"),
    *("search", "links", "voices", "inbox"),
}


def diagnose(names: list[str], *, as_of: datetime) -> dict[str, list[Ailment] | None]:
    """What each question found; None where it could not be asked because the database is ill."""
    of_database = list(database(as_of)) if {"database", *NEED_TABLES} & set(names) else []
    found: dict[str, list[Ailment] | None] = {}
    for name in names:
        if name == "database":
            found[name] = of_database
        elif of_database and name in NEED_TABLES:
            found[name] = None
        else:
            found[name] = list(QUESTIONS[name](as_of))
    return found
