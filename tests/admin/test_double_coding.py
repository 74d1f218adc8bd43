"""Double coding in the admin: chosen, drawn, coded blind, reconciled; and nobody peeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from conditions.admin.site import site
from conditions.models import Assessment, Coding, Condition, DoubleCoding, Event, Program, User
from conditions.rules.sampling import Draw
from tests.admin.conftest import Person, Work, sign_in
from tests.admin.test_lists import queries_of
from tests.codings import add_items, code_twice, make_double_coding, seal
from tests.days import THIRD_DUE, TODAY
from tests.factories import make_assessment, make_evidence, make_program, make_user

pytestmark = pytest.mark.django_db
CODING = "conditions_reviewcycle_coding"
CODE = "conditions_doublecoding_code"
REPLACE = "conditions_doublecoding_replace"
CALL_OFF = "conditions_doublecoding_calloff"
ASSESS = "conditions_condition_assess"
SECRET = "Zebra units were handed over."


@dataclass(frozen=True)
class Pair:
    """A condition to be coded by two people, who are signed in."""

    row: DoubleCoding
    first: Person
    second: Person

    def form(self, **changes: Any) -> dict[str, Any]:
        """A complete blind form as a browser sends it."""
        item = self.row.condition.checklist.get()
        return {
            "status": "3",
            "confidence": "high",
            "rationale": SECRET,
            f"finding_{item.pk}_status": "3",
            f"finding_{item.pk}_note": "Zebra note.",
            "confirmed": "on",
            **changes,
        }


@pytest.fixture
def pair(work: Work) -> Pair:
    first, second = sign_in("analyst", username="uno"), sign_in("analyst", username="due")
    row = make_double_coding(work.condition, work.cycle, first.user, second.user)
    return Pair(row, first, second)


@pytest.fixture
def manager(db: None) -> Person:
    return sign_in("manager", username="max")


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_a_manager_chooses_by_hand_and_the_lead_is_proposed_first(
    work: Work, analyst: Person, manager: Person
) -> None:
    second, pk = make_user("analyst"), work.condition.pk
    form = manager.get(CODING, work.cycle.pk).context["choosing"]
    assert form[f"first_{pk}"].value() == str(analyst.user.pk)
    answer = manager.post(
        CODING,
        work.cycle.pk,
        intent="choose",
        **{f"take_{pk}": "on", f"first_{pk}": analyst.user.pk, f"second_{pk}": second.pk},
    )
    assert answer.status_code == 302
    made = DoubleCoding.objects.get()
    assert (made.first_coder, made.second_coder) == (analyst.user, second)
    assert (made.chosen_by, made.cycle) == (manager.user, work.cycle)
    page = text(manager.get(CODING, work.cycle.pk))
    assert "To be coded blind by two people: ALPHA." in page
    assert page.count("waiting") == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"take": ""}, "Tick at least one condition."),
        ({"second": ""}, "Name the second coder of ALPHA."),
        ({"first": ""}, "Name the first coder of ALPHA."),
        ({"second": "same"}, "Name two different people."),
    ],
)
def test_a_choice_that_lacks_something_is_told_and_kept(
    work: Work, analyst: Person, manager: Person, changes: dict[str, str], words: str
) -> None:
    second = make_user("analyst")
    typed = {"take": "on", "first": str(analyst.user.pk), "second": str(second.pk), **changes}
    if typed["second"] == "same":
        typed["second"] = typed["first"]
    fields = {f"{name}_{work.condition.pk}": value for name, value in typed.items() if value}
    answer = manager.post(CODING, work.cycle.pk, intent="choose", **fields)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not DoubleCoding.objects.exists()


def test_a_draw_is_made_and_goes_on_record(manager: Person, analyst: Person) -> None:
    program = make_program(conditions=("ALPHA", "BETA", "CHI"), lead=analyst.user)
    people = [make_user("analyst").pk for _ in range(2)]
    cycle = program.cycles.get(number=4)
    answer = manager.post(CODING, cycle.pk, intent="draw", size=2, people=people)
    assert answer.status_code == 302
    made = DoubleCoding.objects.select_related("condition")
    event = Event.objects.filter(verb="doublecoding.chosen").first()
    drawn = event.after["drawn"]
    assert drawn["pool"] == ["ALPHA", "BETA", "CHI"]
    assert len(drawn["seed"]) == 32
    assert drawn["seed"] in event.reason
    chosen = Draw(drawn["seed"], drawn["size"], tuple(drawn["pool"])).chosen()
    assert {row.condition.code for row in made} == chosen
    assert {row.first_coder for row in made} == {analyst.user}
    assert {row.second_coder_id for row in made} == set(people)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"size": 4, "people": "both"}, "Give a number from 1 to 1."),
        ({"size": 1}, "Tick the people who are to code."),
        ({"size": 1, "people": "lead"}, "Name one more person."),
    ],
)
def test_a_draw_that_cannot_be_made_is_told(
    work: Work, analyst: Person, manager: Person, fields: dict[str, Any], words: str
) -> None:
    named = {"both": [analyst.user.pk, manager.user.pk], "lead": [analyst.user.pk]}
    if "people" in fields:
        fields = {**fields, "people": named[fields["people"]]}
    answer = manager.post(CODING, work.cycle.pk, intent="draw", **fields)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not DoubleCoding.objects.exists()


def test_the_blind_form_shows_text_and_evidence_and_nobodys_judgement(
    work: Work, analyst: Person
) -> None:
    make_assessment(
        condition=work.condition,
        cycle=work.program.cycles.get(number=3),
        rationale="What was said before.",
        cited=(work.supporting.pk,),
    )
    make_evidence(condition=work.condition, title="Hidden paper", sensitivity="restricted")
    row = make_double_coding(work.condition, work.cycle, analyst.user)
    page = analyst.get(CODE, row.pk)
    shown = text(page)
    for words in (
        "What ALPHA asks for.",
        "A benchmark of ALPHA.",
        work.supporting.title,
        work.contradicting.title,
        "Hidden paper",
    ):
        assert words in shown
    assert "What was said before." not in shown
    assert "neither the other coding nor the last judgement" in shown
    form = page.context["form"]
    assert not any(field.value() for field in form)


def test_a_coding_is_sealed_once_and_shown_to_its_coder(pair: Pair) -> None:
    answer = pair.first.post(CODE, pair.row.pk, **pair.form())
    assert answer.status_code == 302
    kept = Coding.objects.get()
    assert (kept.coder, kept.status, kept.rationale) == (pair.first.user, "3", SECRET)
    page = pair.first.get(CODE, pair.row.pk)
    assert page.status_code == 200
    assert SECRET in text(page)
    assert "form" not in page.context
    again = pair.first.post(CODE, pair.row.pk, **pair.form(status="0"))
    assert again.status_code == 200
    assert Coding.objects.get().status == "3"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("status", "Choose a status"),
        ("confidence", "Choose how firm the basis is."),
        ("rationale", "Say in a sentence or more"),
        ("finding", "Choose a finding on A.1"),
        ("confirmed", "What is sealed is never changed."),
    ],
)
def test_a_coding_is_never_saved_incomplete(pair: Pair, missing: str, words: str) -> None:
    item = pair.row.condition.checklist.get()
    name = f"finding_{item.pk}_status" if missing == "finding" else missing
    typed = {**pair.form(), name: ""}
    answer = pair.first.post(CODE, pair.row.pk, **typed)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "Zebra note." in text(answer)
    assert not Coding.objects.exists()


def test_a_condition_with_a_limb_is_coded_with_it(pair: Pair) -> None:
    assert "limb" not in pair.first.get(CODE, pair.row.pk).context["form"].fields
    Condition.objects.filter(pk=pair.row.condition_id).update(test="outcome_or_effort")
    pair.first.post(CODE, pair.row.pk, **pair.form(limb="effort"))
    assert Coding.objects.get().limb == "effort"


def test_the_desk_leads_each_through_it(pair: Pair, analyst: Person, work: Work) -> None:
    link = reverse(f"admin:{CODE}", args=[pair.row.pk])
    for coder in (pair.first, pair.second):
        desk = text(coder.get("index"))
        assert link in desk
        assert 'Code blind<span class="unseen">: ALPHA, cycle 4' in desk
    lead = text(analyst.get("index"))
    assert link not in lead
    assert "Being coded blind" in lead
    pair.first.post(CODE, pair.row.pk, **pair.form())
    assert link not in text(pair.first.get("index"))
    assert link in text(pair.second.get("index"))
    pair.second.post(CODE, pair.row.pk, **pair.form())
    lead = text(analyst.get("index"))
    assert "Reconcile" in lead
    assert "Being coded blind" not in lead


def test_a_lead_who_codes_finds_it_among_their_conditions(work: Work, analyst: Person) -> None:
    row = make_double_coding(work.condition, work.cycle, analyst.user)
    [duty] = analyst.get("index").context["desk"].mine
    assert (duty.blind.stage, duty.blind.double_coding_id) == ("code", row.pk)
    seal(row, analyst.user)
    assert analyst.get("index").context["desk"].mine[0].blind.stage == "wait"


def test_assess_leads_a_coder_to_the_blind_form_and_refuses_the_others(
    pair: Pair, analyst: Person, work: Work
) -> None:
    answer = pair.first.get(ASSESS, work.condition.pk)
    assert answer["Location"] == reverse(f"admin:{CODE}", args=[pair.row.pk])
    seal(pair.row, pair.first.user)
    for person in (analyst, pair.first):
        refused = person.get(ASSESS, work.condition.pk)
        assert refused.status_code == 409
        assert "due has still to code it blind." in text(refused)
    typed = work.form(rationale="Typed in spite of it.")
    sent = analyst.post(ASSESS, work.condition.pk, **typed)
    assert sent.status_code == 409
    assert "due has still to code it blind." in text(sent)
    assert "Typed in spite of it." in text(sent)
    assert not Assessment.objects.exists()


def test_reconciling_shows_both_and_proposes_what_they_share(work: Work, analyst: Person) -> None:
    add_items(work.condition, 2)
    make_assessment(
        condition=work.condition,
        cycle=work.program.cycles.get(number=3),
        status="1",
        cited=(work.supporting.pk,),
    )
    row = make_double_coding(work.condition, work.cycle)
    seal(row, row.first_coder, "23", confidence="low", rationale="One says.")
    seal(row, row.second_coder, "33", confidence="low", rationale="The other says.")
    page = analyst.get(ASSESS, work.condition.pk)
    shown = text(page)
    assert "Two blind codings to reconcile" in shown
    assert "One says." in shown
    assert "The other says." in shown
    # Status and the first item differ; confidence and the second item do not.
    assert shown.count('<span class="chip">differs</span>') == 2
    form, (one, other) = page.context["form"], work.condition.checklist.order_by("position")
    assert (form["status"].value(), form["confidence"].value()) == ("", "low")
    assert form[f"finding_{one.pk}_status"].value() == ""
    assert form[f"finding_{other.pk}_status"].value() == "3"
    assert form[f"finding_{other.pk}_note"].value() == "On A.2."
    assert not form["rationale"].value()
    assert not form["confidence_reason"].value()
    assert form["cited"].value() == [str(work.supporting.pk)]


def test_the_reconciled_judgement_goes_the_usual_way_past_both_coders(
    work: Work, analyst: Person, reviewer: Person, manager: Person
) -> None:
    row = make_double_coding(work.condition, work.cycle, manager.user)
    seal(row, manager.user, "2")
    seal(row, row.second_coder, "2")
    answer = analyst.post(ASSESS, work.condition.pk, **work.form(intent="submit"))
    assert answer.status_code == 302
    submitted = Assessment.objects.get()
    writers = set(submitted.authors.values_list("user", flat=True))
    assert writers == {analyst.user.pk, manager.user.pk, row.second_coder_id}
    assert not manager.get("index").context["desk"].to_review
    sent = {"revision": submitted.revision, "confirmed": "on"}
    refused = manager.post("conditions_assessment_approve", submitted.pk, **sent)
    assert "You wrote in this assessment, so you cannot approve it." in text(refused)
    assert Assessment.objects.get().state == "submitted"
    page = text(manager.get(CODING, work.cycle.pk))
    assert reverse("admin:conditions_assessment_change", args=[submitted.pk]) in page
    reviewer.post("conditions_assessment_approve", submitted.pk, **sent)
    assert Assessment.objects.get().state == "approved"


def test_a_draft_of_the_reconciliation_still_shows_both(work: Work, analyst: Person) -> None:
    code_twice(work.condition, work.cycle)
    analyst.post(ASSESS, work.condition.pk, **work.form(status="1"))
    page = analyst.get(ASSESS, work.condition.pk)
    assert "Two blind codings to reconcile" in text(page)
    assert page.context["form"]["status"].value() == "1"


def addresses(pair: Pair) -> Iterator[str]:
    """Every page of the admin, and of the dashboard, that is about the condition or its cycle."""
    condition, cycle = pair.row.condition, pair.row.cycle
    yield reverse("admin:index")
    yield reverse("admin:search") + "?q=handed"
    for name, pk in (
        (CODING, cycle.pk),
        (CODE, pair.row.pk),
        (REPLACE, pair.row.pk),
        (CALL_OFF, pair.row.pk),
        (ASSESS, condition.pk),
        ("conditions_doublecoding_change", pair.row.pk),
        ("conditions_doublecoding_history", pair.row.pk),
        ("conditions_condition_change", condition.pk),
        ("conditions_condition_history", condition.pk),
        ("conditions_reviewcycle_change", cycle.pk),
        ("conditions_reviewcycle_history", cycle.pk),
        ("conditions_program_history", cycle.program_id),
        ("conditions_user_change", pair.first.user.pk),
        ("conditions_user_history", pair.first.user.pk),
    ):
        yield reverse(f"admin:{name}", args=[pk])
    for model in ("doublecoding", "event", "condition", "assessment", "reviewcycle", "reminder"):
        yield reverse(f"admin:conditions_{model}_changelist")
    yield reverse("admin:conditions_event_changelist") + "?q=handed"
    for event in Event.objects.all():
        yield reverse("admin:conditions_event_change", args=[event.pk])
    slug, code = cycle.program.slug, condition.code
    yield from ("/", f"/programs/{slug}/", f"/programs/{slug}/conditions/{code}/")
    yield from (f"/programs/{slug}/cycles/4/", f"/programs/{slug}/compare/")


@pytest.mark.parametrize(
    "who", ["the other coder", "manager", "reviewer", "analyst", "viewer", "superuser", "nobody"]
)
def test_nobody_reads_a_coding_before_both_are_sealed(pair: Pair, who: str) -> None:
    pair.first.post(CODE, pair.row.pk, **pair.form())
    assert Coding.objects.get().rationale == SECRET
    match who:
        case "the other coder":
            client = pair.second.client
        case "superuser":
            client = sign_in("manager", is_superuser=True).client
        case "nobody":
            client = Client()
        case _:
            client = sign_in(who).client
    opened = 0
    for address in addresses(pair):
        page = client.get(address, follow=True)
        assert "Zebra" not in text(page), address
        opened += page.status_code == 200
    assert opened > 5


def test_the_event_of_a_coding_shows_only_its_fingerprint(pair: Pair, manager: Person) -> None:
    pair.first.post(CODE, pair.row.pk, **pair.form())
    event = Event.objects.get(verb="coding.sealed")
    line = manager.get("conditions_event_change", event.pk).context["line"]
    assert line.changes == (("sha256", None, Coding.objects.get().sha256),)


def test_no_mail_tells_of_a_coding(pair: Pair) -> None:
    pair.first.post(CODE, pair.row.pk, **pair.form())
    User.objects.update(reminder_hour=0)
    call_command("sweep", "--as-of", "2027-03-06", verbosity=0)
    assert mail.outbox
    assert not any("Zebra" in str(message.message()) for message in mail.outbox)


def test_codings_have_no_list(manager: Person) -> None:
    assert Coding not in site._registry
    with pytest.raises(NoReverseMatch):
        reverse("admin:conditions_coding_changelist")


def test_both_codings_are_shown_once_both_are_sealed(pair: Pair, manager: Person) -> None:
    for coder in (pair.first, pair.second):
        coder.post(CODE, pair.row.pk, **pair.form())
    page = text(manager.get(CODING, pair.row.cycle_id))
    assert page.count(SECRET) == 2
    assert "Both codings of ALPHA" in page
    assert "Reconcile" in page
    assert "The coders gave the same grade on 1 of 1 checklist item." in page
    assert "only raw agreement" in page


def test_agreement_is_told_with_kappa_n_and_interval(manager: Person) -> None:
    program = make_program(conditions=("ALPHA", "BETA", "CHI", "DELTA"))
    cycle = program.cycles.get(number=4)
    first, second = "00000011112222200110", "00000011112222211222"
    for place, condition in enumerate(program.conditions.order_by("position")):
        add_items(condition, 5)
        at = slice(5 * place, 5 * place + 5)
        code_twice(condition, cycle, first[at], second[at])
    page = text(manager.get(CODING, cycle.pk))
    assert "Quadratic-weighted kappa is 0.72 (95 % interval 0.45 to 0.99, n = 20)." in page


def test_a_coder_is_replaced(pair: Pair, manager: Person) -> None:
    seal(pair.row, pair.first.user)
    new = make_user("analyst")
    form = manager.get(REPLACE, pair.row.pk).context["form"]
    assert [pk for pk, _ in form.fields["coder"].choices] == [pair.second.user.pk]
    offered = [pk for pk, _ in form.fields["replacement"].choices]
    assert new.pk in offered
    assert pair.first.user.pk not in offered
    answer = manager.post(
        REPLACE, pair.row.pk, coder=pair.second.user.pk, replacement=new.pk, reason="On leave."
    )
    assert answer.status_code == 302
    pair.row.refresh_from_db()
    assert pair.row.second_coder == new
    assert pair.second.get(CODE, pair.row.pk).status_code == 403


def test_a_double_coding_is_called_off(pair: Pair, manager: Person) -> None:
    refused = manager.post(CALL_OFF, pair.row.pk, reason="")
    assert refused.status_code == 422
    assert manager.post(CALL_OFF, pair.row.pk, reason="She left.").status_code == 302
    page = text(manager.get(CODING, pair.row.cycle_id))
    assert "She left." in page
    assert "Choose by hand" in page
    gone = pair.first.get(CODE, pair.row.pk)
    assert gone.status_code == 409
    assert "was called off: She left." in text(gone)


ROLES = {"", "viewer", "analyst", "reviewer", "manager"}
PAGES = {
    CODING: {"analyst", "reviewer", "manager"},
    CODE: set(),
    REPLACE: {"manager"},
    CALL_OFF: {"manager"},
}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_opens_only_its_pages(pair: Pair, role: str) -> None:
    person = sign_in(role, is_staff=True)
    for name, roles in PAGES.items():
        pk = pair.row.cycle_id if name == CODING else pair.row.pk
        for answer in (person.get(name, pk), person.post(name, pk)):
            expected = {200, 422} if role in roles else {403}
            if name == CODING and role in ("analyst", "reviewer"):
                expected = {200} if answer.wsgi_request.method == "GET" else {403}
            assert answer.status_code in expected, name
    assert not Coding.objects.exists()
    assert DoubleCoding.objects.get().called_off_at is None


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_asked_to_sign_in(pair: Pair, name: str) -> None:
    pk = pair.row.cycle_id if name == CODING else pair.row.pk
    answer = Client().get(reverse(f"admin:{name}", args=[pk]))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))
    assert Client().post(reverse(f"admin:{name}", args=[pk])).status_code == 401


def test_a_closed_cycle_shows_what_was_coded_and_offers_nothing(
    work: Work, manager: Person
) -> None:
    code_twice(work.condition, work.cycle)
    cycle = work.cycle
    cycle.closed_at, cycle.closed_on, cycle.closed_by = f"{TODAY}T12:00Z", TODAY, manager.user
    cycle.save()
    page = text(manager.get(CODING, cycle.pk))
    assert "Both codings of ALPHA" in page
    assert "Choose by hand" not in page
    assert ">Reconcile<" not in page


def test_typed_words_survive_the_end_of_the_session(pair: Pair) -> None:
    url = reverse(f"admin:{CODE}", args=[pair.row.pk])
    pair.first.client.logout()
    answer = pair.first.client.post(url, pair.form())
    assert answer.status_code == 401
    kept = answer.context["kept"].signed()
    pair.first.user.set_password("a long enough word")
    pair.first.user.save()
    signed_in = pair.first.client.post(
        reverse("admin:login"),
        {"username": "uno", "password": "a long enough word", "kept": kept, "next": url},
        follow=True,
    )
    assert SECRET in text(signed_in)
    assert "Nothing is sealed yet" in text(signed_in)
    assert not Coding.objects.exists()


def crowd(number: int) -> Program:
    """A program with ``number`` conditions that were coded twice, and as many to choose."""
    codes = [f"{letter}{place}" for letter in "AB" for place in range(number)]
    program = make_program(conditions=codes, tracked_from=THIRD_DUE)
    cycle = program.cycles.get(number=4)
    for condition in program.conditions.filter(code__startswith="A"):
        add_items(condition, number)
        code_twice(condition, cycle, "2", "3")
    return program


@pytest.mark.parametrize("number", [1, 3])
def test_the_coding_page_takes_a_fixed_number_of_queries(manager: Person, number: int) -> None:
    cycle = crowd(number).cycles.get(number=4)
    assert queries_of(manager, reverse(f"admin:{CODING}", args=[cycle.pk])) == 13


@pytest.mark.parametrize("number", [1, 3])
def test_the_blind_form_takes_a_fixed_number_of_queries(number: int) -> None:
    coder = sign_in("analyst")
    condition = make_program(tracked_from=THIRD_DUE).conditions.get()
    add_items(condition, number)
    for _ in range(number):
        make_evidence(condition=condition)
    cycle = condition.program.cycles.get(number=4)
    row = make_double_coding(condition, cycle, coder.user)
    assert queries_of(coder, reverse(f"admin:{CODE}", args=[row.pk])) == 9
    seal(row, coder.user)
    assert queries_of(coder, reverse(f"admin:{CODE}", args=[row.pk])) == 6


@pytest.mark.parametrize("number", [1, 3])
def test_a_desk_with_codings_takes_a_fixed_number_of_queries(number: int) -> None:
    coder = sign_in("analyst")
    codes = [f"C{place}" for place in range(number)]
    program = make_program(conditions=codes, lead=coder.user, tracked_from=THIRD_DUE)
    for condition in program.conditions.all():
        make_double_coding(condition, program.cycles.get(number=4), coder.user)
    assert queries_of(coder, reverse("admin:index")) == 18


@pytest.mark.parametrize("number", [1, 3])
def test_reconciling_takes_a_fixed_number_of_queries(number: int) -> None:
    lead = sign_in("analyst")
    condition = make_program(tracked_from=THIRD_DUE).conditions.get()
    add_items(condition, number)
    code_twice(condition, condition.program.cycles.get(number=4))
    url = reverse(f"admin:{ASSESS}", args=[condition.pk])
    assert queries_of(lead, url) == 20


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(manager: Person, number: int) -> None:
    crowd(number)
    url = reverse("admin:conditions_doublecoding_changelist")
    assert queries_of(manager, url) == 8
    page = text(manager.client.get(url))
    assert page.count("2 of 2 sealed") == number
