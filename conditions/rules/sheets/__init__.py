"""Spreadsheets of evidence: their columns, what a cell may say, and how text gets in and out."""
