"""Imports: a spreadsheet of evidence uploaded, its columns matched, checked whole, then filed."""

from conditions.actions.imports.at_once import (
    ImportFailed,
    ImportPlan,
    import_at_once,
    plan_import,
)
from conditions.actions.imports.steps import (
    ImportMoved,
    ImportOfAnother,
    check_again,
    discard_import,
    file_import,
)
from conditions.actions.imports.uploading import (
    BadMapping,
    import_preview,
    map_columns,
    require_mapping,
    upload_sheet,
)
from conditions.actions.imports.working import (
    AT_ONCE,
    advance_due_imports,
    advance_import,
    last_progress,
)

__all__ = [
    "AT_ONCE",
    "BadMapping",
    "ImportFailed",
    "ImportMoved",
    "ImportOfAnother",
    "ImportPlan",
    "advance_due_imports",
    "advance_import",
    "check_again",
    "discard_import",
    "file_import",
    "import_at_once",
    "import_preview",
    "last_progress",
    "map_columns",
    "plan_import",
    "require_mapping",
    "upload_sheet",
]
