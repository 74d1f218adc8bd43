"""The admin: where analysts live. Importing it registers every changelist on the site."""

from conditions.admin import (
    calendar as calendar,
)
from conditions.admin import (
    captures as captures,
)
from conditions.admin import (
    catalogue as catalogue,
)
from conditions.admin import (
    documents as documents,
)
from conditions.admin import (
    double_coding as double_coding,
)
from conditions.admin import (
    feeds as feeds,
)
from conditions.admin import (
    imports as imports,
)
from conditions.admin import (
    inbox as inbox,
)
from conditions.admin import (
    judgements as judgements,
)
from conditions.admin import (
    link_health as link_health,
)
from conditions.admin import (
    official_reports as official_reports,
)
from conditions.admin import (
    people as people,
)
from conditions.admin import (
    record as record,
)
from conditions.admin import (
    searches as searches,
)
from conditions.admin import (
    voices as voices,
)
