"""The words of a suggestion: how strongly, in a word beside the number. No queries."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# Of 100, on which a suggestion begins at 50: where it is likely, and where it is strong.
LIKELY, STRONG = 62, 75


@register.filter
def strength(score: int) -> str:
    """How strongly a condition is suggested, in a word."""
    if score >= STRONG:
        return "strong"
    return "likely" if score >= LIKELY else "weak"


@register.filter
def strength_mark(score: int) -> SafeString:
    """The word of a strength with its number."""
    word = strength(score)
    return format_html('<span class="strength strength-{}">{} {}</span>', word, word, score)


@register.filter
def minus(number: int, other: int) -> int:
    """The difference of two whole numbers."""
    return number - other
