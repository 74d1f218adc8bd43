"""Fetching from outside: only from the public internet, only so much, only when allowed."""

from conditions.outbound.fetching.answers import Fetched as Fetched
from conditions.outbound.fetching.answers import FetchFailed as FetchFailed
from conditions.outbound.fetching.answers import FetchRefused as FetchRefused
from conditions.outbound.fetching.answers import Hop as Hop
from conditions.outbound.fetching.answers import OutsideOff as OutsideOff
from conditions.outbound.fetching.fetch import fetch as fetch
from conditions.outbound.fetching.fetch import may_call_outside as may_call_outside
from conditions.outbound.fetching.limits import Limits as Limits
from conditions.outbound.fetching.limits import limits_of_installation as limits_of_installation
