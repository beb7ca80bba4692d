"""`python -m tests.walk` writes docs/securite.md again."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.walk import document  # noqa: E402 (once Django is set up)

document.PAGE.write_text(document.text(), encoding="utf-8")
