"""Letters about what happened: the subject says it first, the law speaks no louder than it does."""

from __future__ import annotations

import email.policy
from datetime import date
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.cycle_extension import extend_cycle
from conditions.models import Event, Program, Publication, ReviewCycle
from conditions.outbound.letters import Letter, write_news, write_section
from conditions.outbound.mail import compose
from conditions.queries.news import news_of
from conditions.queries.reminders import open_matters
from tests.days import DAY, FIRST_DUE, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_condition, make_program, make_user
from tests.happenings import fired, happened, make_official_report, withdrawn

pytestmark = pytest.mark.django_db

NOW = noon(FIRST_DUE)
HOSTILE = "Evil\r\nBcc: all@example.org\n\n<script>alert(1)</script>"


@pytest.fixture
def program() -> Program:
    return make_program(as_of=noon(WHITE_HOUSE))


@pytest.fixture
def cycle(program: Program) -> ReviewCycle:
    return program.cycles.get(number=1)


def write(*events: Event, day: date = FIRST_DUE, offset: int = 0) -> EmailMultiAlternatives:
    told = news_of({(event.pk, offset) for event in events}, noon(day))
    return compose(
        letter(news=tuple(write_news(told[event.pk, offset]) for event in events)), as_of=noon(day)
    )


def letter(**parts: object) -> Letter:
    return Letter(
        message_id="<news-1-0-1@127.0.0.1>",
        thread="<cycle-1-1@127.0.0.1>",
        recipient="Ana Lyst",
        address="ana@example.org",
        **parts,  # type: ignore[arg-type]
    )


def bodies(message: EmailMultiAlternatives) -> tuple[str, str]:
    """The plain text and the words of the HTML, as a mail program reads them."""
    found = email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    plain, html = found.get_body(("plain",)), found.get_body(("html",))
    assert plain is not None
    assert html is not None
    return str(plain.get_content()), Words.of(str(html.get_content()))


class Words(HTMLParser):
    """The words and link targets of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    @classmethod
    def of(cls, html: str) -> str:
        page = cls()
        page.feed(html)
        assert not page.tags & {"script", "img", "link", "iframe", "object"}
        return " ".join(page.found)


def says(message: EmailMultiAlternatives, *texts: str) -> None:
    """Text and HTML say each of these, and the greeting."""
    for body in bodies(message):
        for text in ("Dear Ana Lyst,", *texts):
            assert text in body, f"{text!r} is not in {body}"


@pytest.mark.parametrize(
    ("basis", "said", "apart"),
    [
        ("own", "by our judgements", "The official findings are counted apart."),
        ("official", "by the official findings", "Our own judgements are counted apart."),
    ],
)
def test_an_escalation_in_the_laws_strength_and_no_stronger(
    program: Program, basis: str, said: str, apart: str
) -> None:
    message = write(fired(program.cycles.get(number=2), as_of=NOW, basis=basis))
    assert message.subject == (
        f"2 of 2 periods not affirmative in a row, {said}: test-program, cycle 2"
    )
    says(
        message,
        "What happened",
        f"Cycles 1 and 2 are without an affirmative finding {said}.",
        apart,
        "What the text names: Sanctions should be put back. "
        "A stated view of the legislature; it binds nobody.",
        "Legal stage of the text: Enacted.",
        f"{settings.SITE_URL}/programs/test-program/",
    )
    text = bodies(message)[0].lower()
    assert "must" not in text
    assert "snap" not in text


def test_an_escalation_that_no_longer_holds(cycle: ReviewCycle) -> None:
    message = write(withdrawn(fired(cycle, as_of=NOW), as_of=NOW))
    assert message.subject == (
        "No longer 2 of 2 periods not affirmative in a row, by our judgements: "
        "test-program, cycle 1"
    )
    says(message, "Cycle 1 no longer completes the number of periods.")


def fall(program: Program, before: str | None, after: str, **words: str) -> Event:
    condition = program.conditions.get()
    cycle = program.cycles.get(number=1)
    judgement = make_assessment(condition=condition, cycle=cycle, status=after, **words)
    return happened(
        cycle,
        "condition.fell",
        as_of=NOW,
        subject=judgement,
        condition=condition,
        before={"status": before},
        after={"status": after},
        reason="From 4 Met to 1 Initial steps: 3 steps lower.",
    )


def test_a_fall_with_its_reason_in_a_sentence(program: Program) -> None:
    message = write(fall(program, "4", "1", rationale="Raids began again in March. More follows."))
    assert message.subject == "ALPHA fell from Met to Initial steps: test-program, cycle 1"
    says(
        message,
        "Title of ALPHA",
        "3 steps lower.",
        "Why: Raids began again in March.",
        "to hold from 10 November 2025.",
        f"{settings.SITE_URL}/programs/test-program/conditions/ALPHA/",
    )


@pytest.mark.parametrize("before", ["U", None, "9"])
def test_from_no_place_in_the_order_nothing_falls(program: Program, before: str | None) -> None:
    message = write(fall(program, before, "1"))
    assert message.subject == "ALPHA reversed, now Initial steps: test-program, cycle 1"


def test_a_status_that_the_scale_lost_is_told_by_its_code(program: Program) -> None:
    event = fall(program, "4", "1")
    rows = [row for row in program.status_scale if row["code"] != "4"]
    Program.objects.filter(pk=program.pk).update(status_scale=rows)
    assert write(event).subject == "ALPHA reversed, now Initial steps: test-program, cycle 1"


def test_an_extension_with_both_dates_and_the_reason(cycle: ReviewCycle) -> None:
    extend_cycle(
        cycle=cycle, due_on=date(2026, 3, 20), reason="By order of the chair.", by=None, as_of=NOW
    )
    message = write(Event.objects.get(verb="cycle.extended"))
    assert message.subject == "Extended to 20 March 2026: test-program, cycle 1"
    says(
        message,
        "It was due on 10 March 2026 and is due on 20 March 2026 now.",
        "It was scheduled for 10 March 2026.",
        "Reason: By order of the chair.",
        f"{settings.SITE_URL}/programs/test-program/cycles/1/",
    )


def test_a_skipped_cycle_with_its_reason(cycle: ReviewCycle) -> None:
    message = write(happened(cycle, "cycle.skipped", as_of=NOW, reason="No session was held."))
    assert message.subject == "Skipped, closed without a review: test-program, cycle 1"
    says(message, "neither adds nor resets", "Reason: No session was held.")


def published(program: Program, cycle: ReviewCycle) -> Publication:
    make_assessment(condition=program.conditions.get(), cycle=cycle)
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=NOW)
    return Publication.objects.get()


def test_a_publication_with_its_hash_and_address(program: Program, cycle: ReviewCycle) -> None:
    row = published(program, cycle)
    message = write(Event.objects.get(verb="publication.made"))
    assert message.subject == "Report published: test-program, cycle 1"
    says(
        message,
        "Version 1, of 2026-03-10 12:00 UTC",
        f"SHA-256: {row.sha256}",
        f"{settings.SITE_URL}/programs/test-program/cycles/1/report/",
    )


def test_a_corrected_publication_says_what_it_corrects(
    program: Program, cycle: ReviewCycle
) -> None:
    published(program, cycle)
    Publication.objects.create(
        program=program,
        cycle=cycle,
        version=2,
        valid_at=FIRST_DUE,
        known_at=NOW + DAY,
        content="{}",
        annex="{}",
        sha256="c" * 64,
        previous=Publication.objects.get(),
        note="A document was misread.",
        published_by=make_user("manager"),
    )
    message = write(happened(cycle, "publication.corrected", as_of=NOW + DAY, after={"version": 2}))
    assert message.subject == "Report corrected, version 2: test-program, cycle 1"
    says(
        message,
        "What it corrects: A document was misread.",
        "SHA-256: cccc",
        "Earlier versions stay where they are.",
    )


@pytest.mark.parametrize(
    ("offset", "day", "said"),
    [
        (30, date(2026, 4, 17), "Official report may become public from today on"),
        (30, date(2026, 4, 26), "Official report may be public since 17 April 2026"),
        (60, date(2026, 5, 17), "Official report should be public by today"),
        (60, date(2026, 5, 26), "Official report should have become public by 17 May 2026"),
    ],
)
def test_a_release_window_says_where_to_look(
    cycle: ReviewCycle, offset: int, day: date, said: str
) -> None:
    make_official_report(cycle, date(2026, 3, 18))
    event = Event.objects.get(verb="officialreport.recorded")
    message = write(event, day=day, offset=offset)
    assert message.subject == f"{said}: test-program, cycle 1"
    says(
        message,
        "The assessor of record sent its report on 18 March 2026.",
        "from 17 April 2026 to 17 May 2026.",
        "GovInfo, Congressionally Mandated Reports",
        "https://www.govinfo.gov/app/collection/CMR",
        "That says nothing about the conditions.",
    )


def test_that_a_report_was_sent_can_be_told_by_itself(cycle: ReviewCycle) -> None:
    make_official_report(cycle, date(2026, 3, 18))
    message = write(Event.objects.get(verb="officialreport.recorded"))
    assert message.subject == "Official report sent on 18 March 2026: test-program, cycle 1"


def test_an_event_of_another_kind_is_told_by_its_name(cycle: ReviewCycle) -> None:
    message = write(happened(cycle, "cycle.fell_due", as_of=NOW, reason="It was time."))
    assert message.subject == "Cycle fell due: test-program, cycle 1"
    says(message, "Reason: It was time.")


def test_a_demonstration_and_a_missing_pair_of_eyes_are_said() -> None:
    program = make_program(
        as_of=noon(WHITE_HOUSE), is_demonstration=True, four_eyes=False, slug="demo"
    )
    lead = make_user("analyst")
    make_condition(program=program, code="BETA", position=2, lead=lead)
    event = fired(program.cycles.get(number=1), as_of=NOW)
    (matter, _) = open_matters([program.pk], NOW)[program.pk]
    told = news_of({(event.pk, 0)}, NOW)[event.pk, 0]
    for part in (
        letter(news=(write_news(told),)),
        letter(sections=(write_section(matter, lead.pk),)),
    ):
        says(
            compose(part, as_of=NOW),
            "This is a demonstration. Its judgements are examples, not findings.",
            "Four eyes are off for this program.",
        )


def test_otherwise_neither_is_said(cycle: ReviewCycle) -> None:
    for body in bodies(write(fired(cycle, as_of=NOW))):
        assert "demonstration" not in body
        assert "Four eyes" not in body


def test_a_judgement_of_the_demonstration_says_so(program: Program) -> None:
    condition, cycle = program.conditions.get(), program.cycles.get(number=1)
    judgement = make_assessment(condition=condition, cycle=cycle, state="draft")
    type(judgement).objects.filter(pk=judgement.pk).update(is_demonstration=True)
    event = happened(cycle, "condition.fell", as_of=NOW, subject=judgement, condition=condition)
    says(write(event), "This is a demonstration.")


def test_news_comes_before_what_is_to_be_done(program: Program, cycle: ReviewCycle) -> None:
    lead = make_user("analyst")
    program.conditions.update(lead=lead)
    event = fired(cycle, as_of=NOW)
    (matter, _) = open_matters([program.pk], NOW)[program.pk]
    told = news_of({(event.pk, 0)}, NOW)[event.pk, 0]
    both = letter(news=(write_news(told),), sections=(write_section(matter, lead.pk),))
    message = compose(both, as_of=NOW)
    assert message.subject.startswith("2 of 2 periods not affirmative in a row")
    assert message.subject.endswith("cycle 1, and 1 more")
    for body in bodies(message):
        assert "What happened. A review cycle needs you" in body
        assert body.index("2 of 2") < body.lower().index("due today")


def test_without_anything_to_do_no_deadline_is_spoken_of(cycle: ReviewCycle) -> None:
    for body in bodies(write(fired(cycle, as_of=NOW))):
        assert "A deadline that has passed" not in body
        assert "needs you" not in body


@pytest.mark.parametrize("verb", ["cycle.skipped", "escalation.withdrawn", "cycle.fell_due"])
def test_hostile_words_stay_words(verb: str) -> None:
    program = make_program(
        as_of=noon(WHITE_HOUSE), short_title=HOSTILE[:60], title=HOSTILE, slug="evil"
    )
    cycle = program.cycles.get(number=1)
    event = happened(cycle, verb, as_of=NOW, reason=HOSTILE, before={"basis": "own", "periods": 2})
    message = write(event)
    sent = email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)
    assert sent["Bcc"] is None
    assert sent["To"] == "ana@example.org"
    assert "\n" not in message.subject
    for body in bodies(message):
        assert "<script>alert(1)</script>" in body
        # Nobody can write a line of ours, nor a link beside ours.
        assert not any(line.startswith("Bcc:") for line in body.splitlines())


def test_a_hostile_title_and_rationale_stay_words(program: Program) -> None:
    program.conditions.update(title=HOSTILE)
    message = write(fall(program, "4", "1", rationale=f"{HOSTILE} happened."))
    assert "\n" not in message.subject
    for body in bodies(message):
        assert body.count("<script>alert(1)</script>") == 2
        assert not any(line.startswith("Bcc:") for line in body.splitlines())


def test_a_long_reason_is_cut_at_a_word(cycle: ReviewCycle) -> None:
    event = happened(cycle, "cycle.skipped", as_of=NOW, reason="word " * 5_000)
    for body in bodies(write(event)):
        assert 150 < body.count("word") < 250
        assert "word …" in body
