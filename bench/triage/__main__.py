"""The benchmark of triage, in a process that has the settings of the tracker."""

from __future__ import annotations

import sys

from bench.triage.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
