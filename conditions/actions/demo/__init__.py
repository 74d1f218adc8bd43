"""The demonstration: made-up people and judgements, marked as such, for an install to try."""

from conditions.actions.demo.accounts import NewAccount
from conditions.actions.demo.loading import DemoOutcome, DemoRefused, load_demo
from conditions.actions.demo.reading import BadDemo, Demo, read_demo

__all__ = ["BadDemo", "Demo", "DemoOutcome", "DemoRefused", "NewAccount", "load_demo", "read_demo"]
