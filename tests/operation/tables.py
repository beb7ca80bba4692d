"""The tables of the background work alone, in a new database."""

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    for app in ("operation", "letters", "django_tasks_database"):
        call_command("migrate", app, verbosity=0)
