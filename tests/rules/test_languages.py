"""Which language a text is proposed to be in."""

from __future__ import annotations

import pytest

from conditions.rules.languages import likely_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("قال متحدث باسم وزارة الداخلية إن ستة أشخاص أوقفوا في حمص.", "ar"),
        ("سانا (SANA): توقيف ستة في حمص", "ar"),
        ("The agency SANA (سانا) said that six people were held.", "en"),
        ("2026-11-20", "en"),
        ("", "en"),
    ],
)
def test_most_of_the_letters_tell(text: str, language: str) -> None:
    assert likely_language(text) == language


def test_a_long_text_is_told_by_its_beginning() -> None:
    assert likely_language("سلام " * 400 + "peace " * 4_000) == "ar"
