"""The report on a cycle as files: Word and PDF, each made from the Report alone."""
