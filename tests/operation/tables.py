"""The tables that a site of the tests needs, in a new database: those of its background work, or with `all` each of
them as the models are today, without the way that migrations went (`senacs migrate` has tests of its own).
"""

import sys

import django
from django.conf import settings
from django.core.management import call_command


class NoMigrations:
    """To Django, no application has any."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


if __name__ == "__main__":
    if "all" in sys.argv:
        settings.MIGRATION_MODULES = NoMigrations()
        django.setup()
        call_command("migrate", run_syncdb=True, verbosity=0)
    else:
        django.setup()
        for app in ("operation", "letters", "django_tasks_database"):
            call_command("migrate", app, verbosity=0)
