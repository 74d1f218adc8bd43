"""The public face: pages, calendar feed and health check."""
