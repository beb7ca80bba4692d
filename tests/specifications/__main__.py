"""Writes docs/specifications/: `python -m tests.specifications`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.specifications.every import PAGES, path_of  # noqa: E402 (once Django is set up)

if __name__ == "__main__":
    for page in PAGES:
        path_of(page).parent.mkdir(exist_ok=True)
        path_of(page).write_text(page.text(), encoding="utf-8")
