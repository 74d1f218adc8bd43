"""The four roles as groups; what each may do is granted after every migrate from rules/authority."""

from django.db import migrations

ROLES = ("viewer", "analyst", "reviewer", "manager")


def make_roles(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for role in ROLES:
        groups.get_or_create(name=role)


class Migration(migrations.Migration):
    dependencies = [("conditions", "0001_initial")]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
