"""Large JSON documents kept as text, read and written five times faster than by the standard library (orjson)."""

from typing import Any

import orjson
from django.db import models


class DocumentField(models.Field[Any, Any]):
    """A JSON document that is only ever read and written whole: no lookup into it, no parsing by the database.

    Integers of 64 bits at most; TypeError beyond, or for a lone surrogate in a text.
    """

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        return None if value is None else orjson.loads(value)

    def to_python(self, value: Any) -> Any:
        return orjson.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else written(value)

    def value_to_string(self, obj: models.Model) -> str:
        return written(self.value_from_object(obj))


def written(document: Any) -> str:
    return orjson.dumps(document).decode()
