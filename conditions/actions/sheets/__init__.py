"""Spreadsheets as they are handed in: what they are, their headings, and their rows as text."""

from conditions.actions.sheets.opening import open_sheet
from conditions.actions.sheets.shape import BadSheet, Row, Sheet, Unreadable

__all__ = ["BadSheet", "Row", "Sheet", "Unreadable", "open_sheet"]
