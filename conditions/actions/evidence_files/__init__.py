"""Evidence files: JSON Lines read with every fault told at once, filed in bulk or not at all."""

from conditions.actions.evidence_files.loading import (
    BadEvidenceFile,
    EvidenceOutcome,
    load_evidence_file,
    plan_evidence_file,
)

__all__ = ["BadEvidenceFile", "EvidenceOutcome", "load_evidence_file", "plan_evidence_file"]
