"""The bottom layer: plain Python over frozen facts and explicit dates, without Django."""
