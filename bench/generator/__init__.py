"""One seeded generator of databases: the same size and seed make the same rows."""
