"""Typed reading of environment variables, with errors that name the variable."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    raw = os.environ.get(name, "").strip().lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "oui"}:
        return True
    if raw in {"0", "false", "no", "non"}:
        return False
    raise ImproperlyConfigured(f"{name} doit valoir 1 ou 0, pas « {raw} ».")


def items(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks (« 10.0.0.0/8 »), separated by commas."""
    try:
        return [ip_network(item) for item in items(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} : adresses ou réseaux attendus ({error}).") from error


def file(name: str) -> Path | None:
    """A file that must be there, if it is named."""
    raw = os.environ.get(name, "").strip()
    if raw and not Path(raw).is_file():
        raise ImproperlyConfigured(f"{name} : pas de fichier « {raw} ».")
    return Path(raw) if raw else None


def number(name: str, default: int) -> int:
    """A whole number; refused with its name when it is none."""
    given = text(name, str(default))
    if not given.isdecimal():
        raise ImproperlyConfigured(f"{name} doit être un nombre entier, non « {given} ».")
    return int(given)


def one_of(name: str, allowed: tuple[str, ...], default: str) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} doit valoir {' ou '.join(allowed)}, pas « {value} ».")
    return value


def database(url: str, *, sqlite_path: str) -> dict[str, object]:
    """The DATABASES entry for a URL; an empty URL gives the embedded SQLite file."""
    if not url:
        return sqlite(sqlite_path)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(unquote(parts.path))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL : « {parts.scheme} » n'est pas pris en charge ; utiliser postgresql:// ou sqlite://."
        )
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", "") or parts.hostname or ""
    threshold = query.pop("prepare_threshold", "5")
    if not threshold.isdecimal():
        raise ImproperlyConfigured(f"DATABASE_URL : prepare_threshold doit être un entier, pas « {threshold} ».")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # Statements bound and prepared by the server: it plans the reads of each request once a connection, not at
        # each of them (docs/decisions/2026-11-22-cout-de-la-saisie.md).
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 12, "timeout": 3},
            "server_side_binding": True,
            "prepare_threshold": int(threshold) or None,
            **query,
        },
    }


def sqlite(path: str) -> dict[str, object]:
    # WAL lets readers go on during a write; IMMEDIATE takes the write lock at BEGIN, so that a
    # transaction waits its turn (busy_timeout) instead of failing when it upgrades its lock.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        # Opening the file again at each request would read the schema of all the tables again: 3 ms.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
        },
        "TEST": {"NAME": path + ".test"} if path else {},
    }
