"""Template tags that draw the marks; no queries."""
