"""How fast a spreadsheet of evidence comes in: the dry run, and filing it on a fresh database."""
