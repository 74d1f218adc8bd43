"""manage.py look_at_links: by hand, at once, what the scheduler looks at every five minutes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions import clock
from conditions.actions.leases import new_owner
from conditions.actions.link_looks import MOST_LOOKS, look_at_due_links
from conditions.models import LinkHealth
from conditions.outbound.fetching import limits_of_installation, may_call_outside


class Command(BaseCommand):
    """Looks at the addresses that are due, one of a host at a time."""

    help = "Look whether documents still stand at their addresses, as the scheduler does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many addresses."""
        parser.add_argument(
            "--limit",
            type=int,
            default=MOST_LOOKS,
            metavar="N",
            help=f"look at this many addresses at most (default {MOST_LOOKS})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One run; says in which state each look ended and how many addresses wait."""
        if options["limit"] < 1:
            raise CommandError(f"--limit: {options['limit']} is too few. Give 1 or more.")
        if not may_call_outside():
            raise CommandError("Nothing is looked at outside. OUTSIDE_CALLS=true allows it.")
        looked = look_at_due_links(
            owner=new_owner(),
            clock=clock.now,
            limits=limits_of_installation(),
            most=options["limit"],
        )
        told = [
            f"{state.label.lower()} {looked.states[state]}"
            for state in LinkHealth.State
            if looked.states[state]
        ]
        self.stdout.write(f"Looked at: {looked.looks}{': ' if told else '.'}{', '.join(told)}")
        waiting = LinkHealth.objects.due_by(clock.now()).exclude(url="").count()
        if waiting:
            self.stdout.write(f"Due, and waiting for their turn: {waiting}.")
