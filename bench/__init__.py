"""The benchmark: hot paths against a floor on the same server, with their answers checked."""
