"""Languages: which one a text is most likely in, as far as its script tells."""

from __future__ import annotations

import re
from typing import Final

_ARABIC: Final = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_READ: Final = 2_000


def likely_language(text: str) -> str:
    """``ar`` where most of the letters a text begins with are Arabic, else ``en``; a proposal only.

    The script does not tell Arabic from Persian or Sorani, nor English from French.
    """
    begins = text[:_READ]
    arabic = len(_ARABIC.findall(begins))
    return "ar" if 2 * arabic > len(_LETTER.findall(begins)) else "en"
