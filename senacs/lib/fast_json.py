"""JSON of large documents, read and written five times faster than by the standard library (orjson)."""

import json
from typing import Any

import orjson


class Encoder(json.JSONEncoder):
    """`encoder` of a JSONField. Integers of 64 bits at most; TypeError beyond, or for a lone surrogate in a text."""

    def encode(self, o: Any) -> str:
        return orjson.dumps(o).decode()


class Decoder(json.JSONDecoder):
    """`decoder` of a JSONField."""

    def decode(self, s: str, *args: Any) -> Any:
        return orjson.loads(s)
