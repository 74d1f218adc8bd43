"""Every write: verb functions, keyword-only, with the event in the same transaction."""
