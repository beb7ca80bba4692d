"""The words of the public pages and what they mean, from data/glossaire.yaml."""

from dataclasses import dataclass
from functools import cache

import yaml
from django.conf import settings

from senacs.lib.text import search_key


@dataclass(frozen=True, slots=True)
class GlossaryWord:
    """`code` is its anchor on the page; `also`: other spellings that lead to it."""

    code: str
    word: str
    also: tuple[str, ...]
    meaning: str

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(search_key(text) for text in (self.word, *self.also))


@cache
def glossary() -> tuple[GlossaryWord, ...]:
    """In the order of the alphabet."""
    entries = yaml.safe_load((settings.BASE_DIR / "data" / "glossaire.yaml").read_text(encoding="utf-8"))
    words = (GlossaryWord(e["code"], e["word"], tuple(e["also"]), e["meaning"]) for e in entries)
    return tuple(sorted(words, key=lambda word: search_key(word.word)))
