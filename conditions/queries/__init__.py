"""Every composed read: frozen rows out, a fixed number of SQL queries."""
