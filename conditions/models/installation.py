"""What every database of the tracker holds beside its tables: guards, and what each role may do."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate
from django.dispatch import receiver

from conditions.models.full_text import install_full_text
from conditions.models.guards import install_guards, lift_guards
from conditions.rules.authority import GRANTS, Role


@receiver(pre_migrate, dispatch_uid="conditions.rebuilding")
def make_way(sender: AppConfig, using: str, plan: list[Any], **kwargs: Any) -> None:
    """Before a ``migrate`` that has something to do on SQLite: take the guards off the tables."""
    connection = connections[using]
    if sender.name == "conditions" and plan and connection.vendor == "sqlite":
        lift_guards(connection)


@receiver(post_migrate, dispatch_uid="conditions.installation")
def complete_installation(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After every ``migrate``: put the guards in place and grant each role its permissions."""
    connection = connections[using]
    if sender.name != "conditions" or not _is_complete(sender, connection):
        return
    install_guards(connection)
    install_full_text(connection)
    # Django makes the permissions in a receiver of its own, which may come after this one.
    create_permissions(sender, verbosity=0, using=using)
    grant_roles(using)


def _is_complete(app: AppConfig, connection: BaseDatabaseWrapper) -> bool:
    # Halfway through the migrations there are tables to come, and nothing to guard them with.
    present = set(connection.introspection.table_names())
    return {model._meta.db_table for model in app.get_models()} <= present


def grant_roles(using: str = "default") -> None:
    """Make each role's group hold exactly the permissions that ``GRANTS`` names; safe to repeat."""
    granted = {codename for codenames in GRANTS.values() for codename in codenames}
    found = {
        permission.codename: permission
        for permission in Permission.objects.using(using).filter(
            content_type__app_label="conditions", codename__in=granted
        )
    }
    if absent := granted - found.keys():
        raise LookupError(f"No model declares the permissions {', '.join(sorted(absent))}.")
    for role in Role:
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.set([found[codename] for codename in sorted(GRANTS[role])])
