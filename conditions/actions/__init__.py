"""Every write: verb functions, keyword-only, by= and as_of= explicit, event in the same transaction."""
