"""What a message says about reports: our own, published, and the official one that should be."""

from __future__ import annotations

from datetime import date

from conditions.outbound.links import mandated_reports_link, report_link
from conditions.outbound.told import Link, Told, reason_of, to_cycle, told_in
from conditions.outbound.words import passage, say_day
from conditions.queries.news import CLOSES, OPENS, News
from conditions.rules.release import ReleaseWindow


def tell_publication(news: News) -> Told:
    """Which version of our report was published, by which hash it is known, what it corrects."""
    row = news.publication
    version = row.version if row else told_in(news.event.after, "version")
    is_first = news.event.verb == "publication.made"
    lines = []
    if not is_first:
        lines.append(f"What it corrects: {passage(row.note if row else news.event.reason)}")
    if row is not None:
        lines.append(
            f"Version {row.version}, of {row.known_at:%Y-%m-%d %H:%M} UTC, "
            f"on how things stood on {say_day(row.valid_at)}."
        )
        lines.append(f"SHA-256: {row.sha256}")
    if not is_first:
        lines.append("Earlier versions stay where they are.")
    report = Link("Read the report", report_link(news.program.slug, news.cycle_number))
    said = "Report published" if is_first else f"Report corrected, version {version}"
    return Told(said, tuple(lines), (report,))


def tell_official_report(news: News) -> Told:
    """That an official report was sent, or that the window in which it appears opens or closes."""
    report, window = news.report, news.window
    if report is None or window is None:
        return Told("Official report", reason_of(news), (to_cycle(news),))
    sent = f"The assessor of record sent its report on {say_day(report.submitted_on)}."
    links = (Link("Search GovInfo", mandated_reports_link()), to_cycle(news))
    if news.offset not in (OPENS, CLOSES):
        return Told(f"Official report sent on {say_day(report.submitted_on)}", (sent,), links)
    lines = (
        f"{sent} Agencies hand unclassified reports that a law asks for to the Government "
        f"Publishing Office {OPENS} to {CLOSES} days later, so it should become public from "
        f"{say_day(window.opens_on)} to {say_day(window.closes_on)}.",
        "Where to look: GovInfo, Congressionally Mandated Reports. "
        "Once it is public, record the day of its release.",
        "A report that does not appear may be classified, or late. "
        "That says nothing about the conditions.",
    )
    return Told(_window_headline(news.offset, window, news.day), lines, links)


def _window_headline(offset: int, window: ReleaseWindow, day: date) -> str:
    if offset == OPENS:
        if day <= window.opens_on:
            return "Official report may become public from today on"
        return f"Official report may be public since {say_day(window.opens_on)}"
    if day <= window.closes_on:
        return "Official report should be public by today"
    return f"Official report should have become public by {say_day(window.closes_on)}"
