"""docs/settings.md names every environment variable that the settings read, and no other."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import environment

READ = re.compile(r'env\.(?:text|flag|items|one_of|networks|file|number)\(\s*"(\w+)"')
DOCUMENTED = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)


def test_every_variable_is_documented_and_no_other() -> None:
    read = set(READ.findall((settings.BASE_DIR / "config" / "settings.py").read_text(encoding="utf-8")))
    documented = set(DOCUMENTED.findall((settings.BASE_DIR / "docs" / "settings.md").read_text(encoding="utf-8")))
    assert "SENACS_SECRET_KEY" in read
    assert read == documented


def test_settings_are_under_two_hundred_lines() -> None:
    assert len((settings.BASE_DIR / "config" / "settings.py").read_text(encoding="utf-8").splitlines()) < 200


def test_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENACS_HTTPS", "peut-être")
    with pytest.raises(ImproperlyConfigured, match="SENACS_HTTPS"):
        environment.flag("SENACS_HTTPS")
    monkeypatch.setenv("SENACS_SITE", "autre")
    with pytest.raises(ImproperlyConfigured, match="SENACS_SITE"):
        environment.one_of("SENACS_SITE", ("complet", "public"), "complet")
    monkeypatch.setenv("SENACS_EMAIL_PORT", "vingt-cinq")
    with pytest.raises(ImproperlyConfigured, match="SENACS_EMAIL_PORT"):
        environment.number("SENACS_EMAIL_PORT", 25)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.database("mysql://localhost/x", sqlite_path="")


def test_database_url_is_read() -> None:
    postgresql = environment.database("postgresql://anne:p%40ss@serveur:5433/senacs", sqlite_path="")
    assert [postgresql[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "senacs",
        "anne",
        "p@ss",
        "serveur",
        "5433",
    ]
    assert environment.database("postgresql://anne@/senacs?host=/run/pg", sqlite_path="")["HOST"] == "/run/pg"
    assert environment.database("sqlite:///srv/senacs.db", sqlite_path="")["NAME"] == "/srv/senacs.db"
    assert environment.database("", sqlite_path="/srv/x")["NAME"] == "/srv/x"
