"""English, day before month."""
