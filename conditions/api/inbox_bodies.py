"""What may be sent to the inbox and its feeds; what it must mean is for the actions to say."""

from __future__ import annotations

from rest_framework import serializers

from conditions.actions.feeds import LONGEST_TITLE
from conditions.actions.inbox_decisions import LONGEST_REASON
from conditions.actions.inbox_faults import LONGEST
from conditions.api.bodies import MOST_PARTS, EvidenceItemBody, LinkBody, Text
from conditions.models import InboxItem
from conditions.queries.lists.filters import LARGEST_NUMBER


def _optional(about: str, most: int) -> Text:
    return Text(max_length=most, help_text=about, required=False, allow_blank=True)


def _as_given(about: str, *, required: bool) -> Text:
    return Text(
        max_length=LONGEST["text"],
        help_text=about,
        required=required,
        allow_blank=True,
        trim_whitespace=False,
    )


class PasteBody(serializers.Serializer):
    """An address or a text, or both, to be looked at; nothing is filed by it."""

    url = _optional("The address of a page; without a text, the page is read later.", 2000)
    title = _optional("Its title; else the first line of the text.", LONGEST["title"])
    text = _as_given("The text itself, kept as given.", required=False)
    publisher = _optional("Who published it.", LONGEST["publisher"])
    published_on = serializers.DateField(
        required=False, allow_null=True, help_text="The day of publication, as 2026-03-09."
    )
    language = _optional("A language code such as en or ar.", LONGEST["language"])


class TextBody(serializers.Serializer):
    """The text of a page that was not read."""

    text = _as_given("The text itself, kept as given.", required=True)
    title = _optional("Its title, where it has none yet.", LONGEST["title"])


class FilingBody(EvidenceItemBody):
    """The document that an item becomes; what is left out is as the item's ``prefill`` proposes.

    With ``evidence_id`` it is a document on file already: only its links are read then.
    """

    source_id = None  # type: ignore[assignment]
    evidence_id = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_NUMBER,
        required=False,
        help_text="The id of the document on file that the item is.",
    )
    title = _optional("Its title.", LONGEST["title"])
    summary = _optional("What it says, in our own words.", 4_000)
    publisher = _optional("Who published it; put on file where it is not.", LONGEST["publisher"])
    links = serializers.ListField(
        child=LinkBody(), required=False, max_length=MOST_PARTS, help_text="What it bears on."
    )


class DismissalBody(serializers.Serializer):
    """Why an item is not filed."""

    dismissed_as = serializers.ChoiceField(
        choices=InboxItem.Dismissal.values, help_text="The kind of reason."
    )
    reason = _optional("The reason in words, where the kind does not say it.", LONGEST_REASON)


class FeedBody(serializers.Serializer):
    """An RSS or Atom feed; left out in a PATCH, a part stays as it is."""

    url = Text(max_length=2000, help_text="The address of the feed itself.")
    title = _optional("What it is called here; else its host.", LONGEST_TITLE)
    source_id = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_NUMBER,
        required=False,
        allow_null=True,
        help_text="The id of who publishes what it brings, where that is one source.",
    )
    language = _optional("A language code such as en or ar.", LONGEST["language"])
    is_active = serializers.BooleanField(
        required=False, help_text="Whether it is read; false pauses it."
    )
