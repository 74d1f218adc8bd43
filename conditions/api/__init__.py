"""The REST API: reads query parameters and bodies, makes one call down, answers or says why not."""
