"""Our own pages inside the admin."""
