"""The scale a report was written on, from the report itself: the program's may have changed."""

from __future__ import annotations

from conditions.queries.report import Report, ReportGrade
from conditions.rules.scale import Affirmative, Grade, Scale


def scale_of(report: Report) -> Scale:
    """The scale by which marks are drawn; whether a grade is affirmed by it is not told."""
    return Scale(tuple(_grade(one) for one in report.program.scale))


def _grade(grade: ReportGrade) -> Grade:
    waived = grade.rank is None and grade.label.lower().startswith("waived")
    affirmative = Affirmative.NOT_APPLICABLE if waived else Affirmative.NO
    return Grade(grade.code, grade.label, grade.rank, grade.meaning, affirmative)
