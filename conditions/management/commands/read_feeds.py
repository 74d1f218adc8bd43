"""manage.py read_feeds: by hand, at once, what the scheduler reads into the inbox every minute."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions import clock
from conditions.actions.feeds import FeedsRead, hasten_feed, read_due_feeds
from conditions.actions.inbox_readings import ItemsRead, read_due_items
from conditions.actions.leases import new_owner
from conditions.management.refusals import refusals_as_errors
from conditions.models import Feed
from conditions.outbound.fetching import limits_of_installation, may_call_outside


class Command(BaseCommand):
    """Reads the feeds that are due, or one of them now, and the pages that are owed."""

    help = "Read feeds and pages into the inbox, as the scheduler does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which feed."""
        parser.add_argument(
            "--feed", type=int, metavar="ID", help="this feed alone, whether it is due or not"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads until nothing is due; says what came and which feeds could not be read."""
        if not may_call_outside():
            raise CommandError("Nothing is fetched from outside. OUTSIDE_CALLS=true allows it.")
        feed = self._feed(options["feed"])
        if feed is not None:
            with refusals_as_errors(feed.title):
                hasten_feed(feed=feed, by=None, as_of=clock.now())
        begun = clock.now()
        feeds = self._read_feeds(feed)
        pages = ItemsRead() if feed is not None else self._read_pages()
        self.stdout.write(
            f"Feeds: {feeds.read} read, {feeds.unchanged} of them unchanged, {feeds.failed} failed."
        )
        self.stdout.write(
            f"Entries: {feeds.new} new, {feeds.known} in the inbox already, "
            f"{feeds.on_file} on file already."
        )
        if feed is None:
            self.stdout.write(f"Pages: {pages.read} read, {pages.failed} failed.")
        told = Feed.objects.filter(failures__gt=0, next_poll_at__gte=begun)
        for one in told if feed is None else told.filter(pk=feed.pk):
            self.stderr.write(f"{one.title}: {one.last_error}")

    def _read_feeds(self, feed: Feed | None) -> FeedsRead:
        done = FeedsRead()
        while True:
            some = read_due_feeds(
                owner=new_owner(), clock=clock.now, limits=limits_of_installation(), feed=feed
            )
            for field in fields(FeedsRead):
                before = getattr(done, field.name)
                setattr(done, field.name, before + getattr(some, field.name))
            if not some.read + some.failed:
                return done

    def _read_pages(self) -> ItemsRead:
        done = ItemsRead()
        while True:
            some = read_due_items(
                owner=new_owner(), clock=clock.now, limits=limits_of_installation()
            )
            done.read += some.read
            done.failed += some.failed
            if not some.read + some.failed:
                return done

    def _feed(self, pk: int | None) -> Feed | None:
        if pk is None:
            return None
        found = Feed.objects.filter(pk=pk).first()
        if found is None:
            raise CommandError(f"--feed: there is no feed {pk}.")
        return found
