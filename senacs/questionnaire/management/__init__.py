"""Commands on questionnaires."""

from django.conf import settings

DEFAULT_DIRECTORY = settings.DATA_DIR / "questionnaires" / "2026"
