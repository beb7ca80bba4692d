"""What a row says, as one number that changes with any of its columns."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models


def digest_of(row: models.Model) -> str:
    """SHA-256 of every column of a row, and of what it adds."""
    more: list[Any] = getattr(row, "audit_more", list)()
    columns = {field.attname: plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}
    content = json.dumps([columns, more], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # As microseconds of the epoch: the same instant whatever the zone that a database gives it back in.
        return round(value.timestamp() * 1_000_000)
    if isinstance(value, date | Decimal):
        return str(value)
    return str(value) if isinstance(value, str) else value
