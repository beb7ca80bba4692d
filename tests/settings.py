"""The project's settings as the tests run them: own folders, own database, nothing slow, nothing sent."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests import postgresql

os.environ.setdefault("SENACS_DEMO", "1")
os.environ.setdefault("SENACS_SECOND_FACTOR", "obligatoire")  # as on a real site
if "SENACS_TEST_VAR" not in os.environ:  # set once by the main process, shared by the workers of xdist
    os.environ["SENACS_TEST_VAR"] = tempfile.mkdtemp(prefix="senacs-tests-")
    atexit.register(shutil.rmtree, os.environ["SENACS_TEST_VAR"], ignore_errors=True)
os.environ["SENACS_VAR"] = os.environ["SENACS_TEST_VAR"]
if os.environ.get("SENACS_TEST_DATABASE") == "postgresql":
    os.environ["DATABASE_URL"] = postgresql.shared_url()
else:
    os.environ.pop("DATABASE_URL", None)

from config.settings import *  # noqa: F403
from config.settings import AUTHENTICATION_BACKENDS, BASE_DIR, DATABASES, MIDDLEWARE

# Tests sign in through it, without a password.
AUTHENTICATION_BACKENDS = [*AUTHENTICATION_BACKENDS, "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default"]}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Assets are built once per checkout by `make setup`; pages of the browser tests are served with them.
STATICFILES_DIRS = [path for path in [BASE_DIR / "var" / "assets"] if Path(path).is_dir()]
# Pages are read as their templates write them; how they leave: tests/web/test_typography.py, the walk, the browser.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name and "Typography" not in name]
# The pool would keep connections on the test database while Django drops it.
DATABASES["default"].get("OPTIONS", {}).pop("pool", None)  # type: ignore[attr-defined]
