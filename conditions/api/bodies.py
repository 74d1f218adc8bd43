"""What may be sent: the shapes of the bodies; what they must mean is for the actions to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from conditions.actions.authorities import LONGEST_AUTHORITY
from conditions.actions.evidence_items import LENGTHS
from conditions.models import Assessment, OfficialFinding, Source
from conditions.queries.lists.filters import LARGEST_NUMBER
from conditions.rules.authority import Sensitivity
from conditions.rules.dates import Precision
from conditions.rules.evidence import RELIABILITY, Stance
from conditions.rules.status import Confidence, Trend

LONGEST_TEXT = 50_000
MOST_PARTS = 500


class Text(serializers.CharField):
    """A text; a number is refused, for it may have been meant for another field."""

    def to_internal_value(self, data: Any) -> str:
        """The text as it was sent."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def _text(about: str, *, most: int = LONGEST_TEXT, **options: Any) -> Text:
    return Text(max_length=most, help_text=about, **options)


def _optional(about: str, *, most: int = LONGEST_TEXT) -> Text:
    return _text(about, most=most, required=False, allow_blank=True)


def _id(about: str, **options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=LARGEST_NUMBER, help_text=about, **options
    )


def _one_of(choices: Sequence[str], about: str, **options: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=choices, help_text=about, **options)


class FindingBody(serializers.Serializer):
    """The judgement on one checklist item."""

    checklist_item = _text("The item's code.", most=20)
    status = _optional("A status code of the program.", most=4)
    note = _optional("What was found.")


class JudgementBody(serializers.Serializer):
    """What a judgement says; left out in a PATCH, a part stays as it is."""

    rationale = _text("What the evidence shows.")
    valid_from = serializers.DateField(help_text="The day from which it holds, as 2026-03-09.")
    status = _optional("A status code of the program, such as 2 or U.", most=4)
    trend = _one_of(
        [trend.value for trend in Trend], "The trend.", required=False, allow_blank=True
    )
    confidence = _one_of(
        [level.value for level in Confidence], "The confidence.", required=False, allow_blank=True
    )
    confidence_reason = _optional("Why the confidence is no other.")
    limb = _one_of(
        [limb for limb in Assessment.Limb.values if limb],
        "On which limb of the test it rests.",
        required=False,
        allow_blank=True,
    )
    dissent = _optional("What a colleague holds against it.")
    authority = _optional(
        "Who waived the condition, by which act; only where it is judged waived.",
        most=LONGEST_AUTHORITY,
    )
    findings = serializers.ListField(
        child=FindingBody(), required=False, max_length=MOST_PARTS, help_text="One for each item."
    )
    cited = serializers.ListField(
        child=_id("The id of an evidence item."),
        required=False,
        max_length=MOST_PARTS,
        help_text="Ids of the evidence items it rests on.",
    )


class AssessmentBody(JudgementBody):
    """A judgement on a condition in a cycle, to be written as a draft."""

    program = _text("The program's slug.", most=60)
    condition = _text("The condition's code.", most=20)
    cycle = _id("The cycle's number.")
    corrects = _id("The id of the approved judgement it corrects.", required=False, allow_null=True)
    correction_note = _optional("Why it corrects.")


class NothingBody(serializers.Serializer):
    """Nothing needs to be said."""


class ReturnBody(serializers.Serializer):
    """Why an assessment goes back to its author."""

    reason = _text("What the author should look at again.", allow_blank=True)


class GivingUpBody(serializers.Serializer):
    """Why an assessment is given up."""

    reason = _text("Why it is given up.", allow_blank=True)


class ApprovalBody(serializers.Serializer):
    """What the reviewer adds to an approval, if anything."""

    note = _optional("A note that stays with the approval.")


class LinkBody(serializers.Serializer):
    """What a document bears on, and how."""

    program = _text("The program's slug.", most=60)
    condition = _text("The condition's code.", most=20)
    checklist_item = _text("An item's code, or none.", most=20, required=False, allow_null=True)
    stance = _one_of([stance.value for stance in Stance], "What it does to the claim.")
    note = _optional("Why it bears on this.")


class EvidenceLinkBody(LinkBody):
    """A document on file and what it bears on."""

    evidence_id = _id("The evidence item's id.")
    carry = serializers.BooleanField(
        required=False, help_text="Link counterparts over the crosswalk too (the default)."
    )


class WithdrawalBody(serializers.Serializer):
    """Why a link is taken back."""

    reason = _text("Why the document does not bear on this.", allow_blank=True)
    carry = serializers.BooleanField(
        required=False, help_text="Withdraw what it alone carried over too (the default)."
    )


class EvidenceItemBody(serializers.Serializer):
    """A published item in our own words; left out in a PATCH, a part stays as it is."""

    title = _text("Its title.", most=LENGTHS["title"])
    source_id = _id("The id of who published it.")
    summary = _text("What it says, in our own words.", most=LENGTHS["summary"])
    url = _optional("Its address.", most=2000)
    reference = _optional("What identifies it if it has no address.", most=LENGTHS["reference"])
    published_on = serializers.DateField(
        required=False, allow_null=True, help_text="The day of publication, as 2026-03-09."
    )
    fact_on = serializers.DateField(
        required=False, allow_null=True, help_text="When it happened, as 2026-03-09."
    )
    fact_precision = _one_of(
        [precision.value for precision in Precision],
        "How exactly that is known.",
        required=False,
    )
    language = _optional("A language code such as en or ar.", most=LENGTHS["language"])
    text = _optional("Longer notes in our own words.", most=LENGTHS["text"])
    passage_hint = _optional("Where in it to look.", most=LENGTHS["passage_hint"])
    voice = _optional("Whose words it carries.", most=LENGTHS["voice"])
    event_slug = _optional("The event it tells of.", most=LENGTHS["event_slug"])
    credibility = serializers.IntegerField(
        required=False, min_value=1, max_value=6, help_text="From 1 (confirmed) to 6 (unknown)."
    )
    sensitivity = _one_of(
        [level.value for level in Sensitivity],
        "How far it may travel.",
        required=False,
    )
    is_primary = serializers.BooleanField(
        required=False, help_text="Whether the body responsible for the fact wrote it."
    )


class EvidenceBody(EvidenceItemBody):
    """A published item, with what it bears on."""

    links = serializers.ListField(
        child=LinkBody(), required=False, max_length=MOST_PARTS, help_text="What it bears on."
    )
    carry = serializers.BooleanField(
        required=False, help_text="Link counterparts over the crosswalk too (the default)."
    )


class AmendmentBody(EvidenceItemBody):
    """What changes in an item, and why."""

    reason = _text("What was wrong or has changed.")


class SourceBody(serializers.Serializer):
    """Who publishes, and how reliable we hold them."""

    name = _text("Its name.", most=200)
    kind = _one_of(Source.Kind.values, "The kind of source.", required=False)
    language = _optional("A language code such as en or ar.", most=12)
    ownership = _optional("Who owns or pays for it.")
    reliability = _one_of(list(RELIABILITY), "From A (completely reliable) to F (unknown).")
    reason = _text("On what record it is held so reliable.")


class OfficialFindingBody(serializers.Serializer):
    """What the assessor of record said on a condition in a cycle."""

    program = _text("The program's slug.", most=60)
    condition = _text("The condition's code.", most=20)
    cycle = _id("The cycle's number.")
    finding = _one_of(OfficialFinding.Outcome.values, "What was said.")
    found_on = serializers.DateField(
        help_text="The day of the report, or of the search that found none, as 2026-03-09."
    )
    document_id = _id("The evidence item that is the report.", required=False, allow_null=True)
    note = _optional("What stands out; why, for a correction.")
    corrects = _id("The id of the record it corrects.", required=False, allow_null=True)
