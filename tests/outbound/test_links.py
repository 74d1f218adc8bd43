"""The addresses that messages name are the ones that the faces serve."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from conditions.outbound import links


def test_messages_and_faces_agree_on_every_address() -> None:
    assert [
        links.scorecard_link("syria"),
        links.cycle_link("syria", 4),
        links.report_link("syria", 4),
        links.condition_link("syria", "ISIS"),
        links.assess_link(7),
        links.settings_link(),
    ] == [
        settings.SITE_URL + path
        for path in (
            reverse("dashboard:program", args=["syria"]),
            reverse("dashboard:cycle", args=["syria", 4]),
            reverse("dashboard:report", args=["syria", 4]),
            reverse("dashboard:condition", args=["syria", "ISIS"]),
            reverse("admin:conditions_condition_assess", args=[7]),
            reverse("admin:my_settings"),
        )
    ]
