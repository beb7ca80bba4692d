"""`python -m tests.walk` writes docs/securite.md and docs/roles.md again: both tell the table of the walk."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.accounts import roles_page  # noqa: E402 (once Django is set up)
from tests.walk import document  # noqa: E402

document.PAGE.write_text(document.text(), encoding="utf-8")
roles_page.PAGE.write_text(roles_page.text(), encoding="utf-8")
