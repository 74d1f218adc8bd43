"""The search log in the admin: logged, done again in two clicks, corrected, and beside U."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from conditions.models import Assessment, SearchEntry
from tests.admin.conftest import Person, sign_in
from tests.admin.world import World, make_world
from tests.days import TODAY
from tests.factories import make_search

pytestmark = pytest.mark.django_db
ADD = "conditions_searchentry_add"


@pytest.fixture
def analyst() -> Person:
    return sign_in("analyst")


@pytest.fixture
def world(analyst: Person) -> World:
    return make_world(analyst.user)


def add_url(**query: Any) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse(f'admin:{ADD}')}?{pairs}"


def logged(world: World) -> Any:
    """The entries about the condition that nobody has touched."""
    return SearchEntry.objects.filter(condition=world.untouched)


def typed(world: World, **changes: Any) -> dict[str, Any]:
    """A search as the form sends it."""
    return {
        "cycle": world.cycle.pk,
        "places": "UN document system",
        "terms": "prison",
        "searched_on": TODAY.isoformat(),
        "result": "nothing",
        **changes,
    }


def test_a_search_is_logged_from_the_page_of_its_condition(analyst: Person, world: World) -> None:
    page = analyst.get("conditions_condition_change", world.untouched.pk).content.decode()
    assert "No search is logged yet." in page
    assert add_url(condition=world.untouched.pk) in page
    item = world.untouched.checklist.get()
    answer = analyst.client.post(
        add_url(condition=world.untouched.pk), typed(world, checklist_items=[item.pk])
    )
    assert answer.status_code == 302
    assert answer.url.endswith("#searches")
    entry = logged(world).get()
    assert (entry.checklist_item, entry.recorded_by) == (item, analyst.user)
    page = analyst.get("conditions_condition_change", world.untouched.pk).content.decode()
    assert "Nothing found" in page
    assert f"again={entry.pk}" in page


def test_which_condition_is_asked_first(analyst: Person, world: World) -> None:
    page = analyst.get(ADD).content.decode()
    assert "Which condition did you look for?" in page
    assert f'value="{world.untouched.pk}"' in page


def test_the_same_search_again_is_filled_in_as_of_today(analyst: Person, world: World) -> None:
    entry = make_search(
        condition=world.untouched, cycle=world.cycle, places="Archive of SANA", terms="سجن"
    )
    url = add_url(condition=world.untouched.pk, again=entry.pk)
    form = analyst.client.get(url).context["form"]
    assert form["places"].value() == "Archive of SANA"
    assert form["terms"].value() == "سجن"
    assert form["searched_on"].value() == TODAY
    assert form["result"].value() == "nothing"
    sent = {name: form[name].value() or "" for name in ("places", "terms", "result")}
    cycle = form.fields["cycle"].queryset[0].pk
    answer = analyst.client.post(url, {**sent, "searched_on": TODAY.isoformat(), "cycle": cycle})
    assert answer.status_code == 302
    assert logged(world).count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"places": " "}, "places", "Say where you looked."),
        ({"searched_on": "2027-01-01"}, "searched_on", "cannot be the day of a search"),
        ({"result": "maybe"}, "result", "Select a valid choice"),
        ({"cycle": "0"}, "cycle", "Select a valid choice"),
        ({"searched_on": "banana"}, "searched_on", "Write it as 2026-03-09."),
        ({"result": ""}, "result", "Say what came of it."),
        ({"checklist_items": ["9" * 20]}, "checklist_items", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    analyst: Person, world: World, changes: dict[str, Any], field: str, words: str
) -> None:
    answer = analyst.client.post(add_url(condition=world.untouched.pk), typed(world, **changes))
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert not logged(world).exists()


def test_an_entry_is_corrected_once_by_a_new_one(analyst: Person, world: World) -> None:
    entry = make_search(condition=world.untouched, cycle=world.cycle)
    change = {"places": "UN document system", "searched_on": TODAY.isoformat(), "result": "found"}
    silent = analyst.post("conditions_searchentry_correct", entry.pk, **change)
    assert "A correction says why" in str(silent.context["form"].errors["note"])
    done = analyst.post(
        "conditions_searchentry_correct", entry.pk, **change, note="One report had been missed."
    )
    assert done.status_code == 302
    page = analyst.get("conditions_searchentry_change", entry.pk).content.decode()
    assert "This entry was" in page
    again = analyst.post("conditions_searchentry_correct", entry.pk, **change, note="Again.")
    assert again.status_code == 409
    log = analyst.get("conditions_searchentry_changelist").content.decode()
    assert log.count("corrected") >= 1
    assert "stands" in log


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_others_read_the_log_and_do_not_write_in_it(role: str, world: World) -> None:
    entry = make_search(condition=world.untouched, cycle=world.cycle)
    person = sign_in(role)
    page = person.get("conditions_condition_change", world.untouched.pk).content.decode()
    assert "UN document system" in page
    assert "Log a search" not in page
    assert "Same again" not in page
    assert person.client.get(add_url(condition=world.untouched.pk)).status_code == 403
    assert person.get("conditions_searchentry_correct", entry.pk).status_code == 403
    assert person.get("conditions_searchentry_change", entry.pk).status_code == 200


@pytest.mark.parametrize(
    "query", [{"result": "nothing"}, {"program": "program-0"}, {"cycle": "4"}, {"q": "ALPHA"}]
)
def test_the_log_is_narrowed(analyst: Person, world: World, query: dict[str, str]) -> None:
    make_search(condition=world.untouched, cycle=world.cycle)
    answer = analyst.client.get(reverse("admin:conditions_searchentry_changelist"), query)
    assert answer.status_code == 200
    assert not answer.context["cl"].params.get("e")


class TestBesideCannotBeAssessed:
    def test_submitting_without_a_search_asks_for_one_on_the_same_form(
        self, analyst: Person, world: World
    ) -> None:
        form = self.form(world)
        refused = analyst.post("conditions_condition_assess", world.untouched.pk, **form)
        assert refused.status_code == 422
        assert "none is logged in this cycle" in str(refused.context["form"].errors)
        assert not logged(world).exists()
        done = analyst.post(
            "conditions_condition_assess",
            world.untouched.pk,
            **form,
            search_places="UN document system",
            search_result="no_access",
        )
        assert done.status_code == 302
        entry = logged(world).get()
        assert (entry.result, entry.searched_on) == ("no_access", TODAY)
        [saved] = Assessment.objects.filter(condition=world.untouched)
        assert saved.state == "submitted"

    def test_a_search_on_file_is_enough(self, analyst: Person, world: World) -> None:
        make_search(condition=world.untouched, cycle=world.cycle)
        url = reverse("admin:conditions_condition_assess", args=[world.untouched.pk])
        page = analyst.client.get(url, {"cycle": world.cycle.pk}).content.decode()
        assert "Search log of this cycle: 1 search" in page
        done = analyst.post("conditions_condition_assess", world.untouched.pk, **self.form(world))
        assert done.status_code == 302

    def test_a_draft_may_wait_for_its_search(self, analyst: Person, world: World) -> None:
        form = self.form(world) | {"intent": "save"}
        answer = analyst.post("conditions_condition_assess", world.untouched.pk, **form)
        assert answer.status_code == 302

    def test_words_without_a_place_are_asked_about(self, analyst: Person, world: World) -> None:
        form = self.form(world) | {"intent": "save", "search_terms": "prison"}
        answer = analyst.post("conditions_condition_assess", world.untouched.pk, **form)
        assert "Say where you looked for these words" in str(answer.context["form"].errors)

    def test_the_reviewer_reads_the_log(self, analyst: Person, world: World) -> None:
        make_search(condition=world.untouched, cycle=world.cycle, places="Archive of SANA")
        analyst.post("conditions_condition_assess", world.untouched.pk, **self.form(world))
        [saved] = Assessment.objects.filter(condition=world.untouched)
        page = sign_in("reviewer").get("conditions_assessment_change", saved.pk).content.decode()
        assert "Archive of SANA" in page
        assert "Evidence rule not met" in page

    @staticmethod
    def form(world: World) -> dict[str, Any]:
        """What is sent to submit U on the untouched condition."""
        item = world.untouched.checklist.get()
        return {
            "intent": "submit",
            "cycle": world.cycle.pk,
            "status": "U",
            "trend": "from_status",
            "confidence": "low",
            "confidence_reason": "Nothing to go by.",
            "rationale": "No document could be found.",
            "valid_from": world.cycle.starts_on.isoformat(),
            f"finding_{item.pk}_status": "U",
        }
