"""What was just decided: told on the page that follows, with the way to take it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from conditions.admin.pages.assess_bench import number
from conditions.admin.rendering import person
from conditions.models import InboxItem
from conditions.queries.inbox import is_hidden
from conditions.queries.inbox_item import NoInboxItem, item_seen


@dataclass(frozen=True, slots=True)
class Done:
    """An item that was decided; ``corrected`` says that the decision differs from a suggestion."""

    item: InboxItem
    corrected: bool
    waiting: int
    is_hidden: bool


def done_notice(request: HttpRequest) -> Done | None:
    """What ``?done=`` names, if it was decided. Three queries where something is named."""
    asked = number(request.GET.get("done"))
    if not asked:
        return None
    try:
        item = item_seen(person(request), asked)
    except NoInboxItem:
        return None
    if item.state == InboxItem.State.WAITING or item.decided_at is None:
        return None
    decisions = item.decisions.filter(decided_at=item.decided_at)
    agreed = list(decisions.values_list("agrees", flat=True))
    waiting = InboxItem.objects.waiting().count()
    return Done(item, not all(agreed), waiting, is_hidden(item, request.user))
