"""Evidence: filed with its links in one form, recognised, amended, linked, withdrawn."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from conditions.models import Evidence, Source
from tests.admin.conftest import Person, Work
from tests.factories import make_source

pytestmark = pytest.mark.django_db
ADD = "conditions_evidence_add"


def typed(work: Work, **changes: Any) -> dict[str, Any]:
    """A complete intake form."""
    return {
        "url": "https://news.example/2026/report",
        "title": "A new report",
        "source": "News Example",
        "published_on": "2026-11-01",
        "fact_date": "2026-10",
        "language": "en",
        "summary": "What it says.",
        "credibility": "2",
        "sensitivity": "public",
        "link0_to": f"c{work.condition.pk}",
        "link0_stance": "supports",
        "link1_to": f"i{work.condition.pk}-{work.item.pk}",
        "link1_stance": "contradicts",
        "link1_note": "On the benchmark itself.",
        **changes,
    }


def test_one_form_files_document_source_and_links(analyst: Person, work: Work) -> None:
    url = reverse(f"admin:{ADD}") + f"?condition={work.condition.pk}"
    assert analyst.client.get(url).context["form"]["link0_to"].value() == f"c{work.condition.pk}"
    answer = analyst.client.post(url, typed(work))
    filed = Evidence.objects.get(title="A new report")
    assert answer["Location"].endswith(f"/condition/{work.condition.pk}/change/")
    assert (filed.source.name, filed.source.reliability) == ("News Example", "F")
    assert (filed.fact_on.isoformat(), filed.fact_precision) == ("2026-10-01", "month")
    assert set(filed.links.values_list("checklist_item", "stance")) == {
        (None, "supports"),
        (work.item.pk, "contradicts"),
    }


def test_a_source_on_file_is_found_by_its_name(analyst: Person, work: Work) -> None:
    source = make_source(reliability="A")
    analyst.post(ADD, **typed(work, source=source.name.upper()))
    assert Evidence.objects.get(title="A new report").source == source


def test_a_known_address_is_recognised_before_and_at_filing(analyst: Person, work: Work) -> None:
    known = work.supporting
    spelled = known.url.upper().replace("HTTPS", "https") + "#top"
    fragment = analyst.get("conditions_evidence_known", url=spelled)
    assert fragment.context["existing"] == known
    before = Evidence.objects.count()
    answer = analyst.post(ADD, **typed(work, url=known.url))
    assert answer.context["existing"] == known
    assert f"/evidence/{known.pk}/change/" in answer.content.decode()
    assert "A new report" in answer.content.decode()
    assert Evidence.objects.count() == before


def test_the_links_typed_go_onto_the_item_on_file(analyst: Person, work: Work) -> None:
    known = work.supporting
    form = typed(work, url=known.url, link_existing=known.pk, link0_to="", title="")
    assert analyst.post(ADD, **form).status_code == 302
    assert known.links.filter(checklist_item=work.item).get().stance == "contradicts"


def test_errors_stand_at_their_fields_and_nothing_is_filed(analyst: Person, work: Work) -> None:
    form = typed(work, fact_date="March", link0_stance="", source_reliability="B")
    answer = analyst.post(ADD, **form)
    assert "fact_date" in answer.context["form"].errors
    form["fact_date"] = "2026-03"
    assert "source_reason" in analyst.post(ADD, **form).context["form"].errors
    form["source_reason"] = "Ten years of corrections published."
    assert "link0_stance" in analyst.post(ADD, **form).context["form"].errors
    form["link0_stance"] = "supports"
    form["published_on"] = "2027-01-01"
    assert "published_on" in analyst.post(ADD, **form).context["form"].errors
    assert not Evidence.objects.filter(title="A new report").exists()
    assert not Source.objects.filter(name="News Example").exists()


def test_amending_makes_a_version_with_its_reason(analyst: Person, work: Work) -> None:
    found = work.supporting
    page = analyst.get("conditions_evidence_amend", found.pk)
    form = {
        name: field.value() or "" for name, field in ((f.name, f) for f in page.context["form"])
    }
    form |= {"title": "A better title", "revision": found.revision, "is_primary": ""}
    assert (
        "reason"
        in analyst.post("conditions_evidence_amend", found.pk, **form).context["form"].errors
    )
    form["reason"] = "The title was cut."
    assert analyst.post("conditions_evidence_amend", found.pk, **form).status_code == 302
    found.refresh_from_db()
    assert (found.title, found.revision) == ("A better title", 2)
    again = analyst.post("conditions_evidence_amend", found.pk, **form)
    assert again.status_code == 422
    assert "Somebody amended this item after you opened it." in again.content.decode()


def test_a_link_is_added_and_withdrawn_with_a_reason(analyst: Person, work: Work) -> None:
    found = work.supporting
    target = f"i{work.condition.pk}-{work.item.pk}"
    analyst.post("conditions_evidence_link", found.pk, to=target, stance="neutral")
    link = found.links.get(checklist_item=work.item)
    refused = analyst.post("conditions_evidence_withdraw", link.pk, reason=" ")
    assert refused.status_code == 422
    analyst.post("conditions_evidence_withdraw", link.pk, reason="It speaks of another year.")
    link.refresh_from_db()
    assert (link.withdrawn_by, link.withdrawal_reason) == (
        analyst.user,
        "It speaks of another year.",
    )


def test_history_tells_before_and_after(analyst: Person, work: Work) -> None:
    source = work.supporting.source
    analyst.post(
        "conditions_source_edit",
        source.pk,
        **{"name": source.name, "kind": "ngo", "language": "en", "reliability": "C"},
        reason="A retraction.",
    )
    lines = analyst.get("conditions_source_history", source.pk).context["lines"]
    assert lines[0].event.reason == "A retraction."
    assert lines[0].event.actor == analyst.user
    assert lines[0].changes == (("reliability", "B", "C"),)
