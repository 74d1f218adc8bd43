"""Lists: plain rows of one kind of thing each, filtered, ordered and cut into pages by key."""
