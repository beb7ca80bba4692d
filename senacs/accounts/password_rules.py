"""Passwords refused: too short, known to those who guess, or made of what everybody knows of the person."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from senacs.accounts.models import User
from senacs.lib.text import without_accents

# Words of the network: the first that somebody who knows SENACS would try.
NETWORK_WORDS = frozenset(
    "senacs caf cnaf cafs fcsf alloc allocations familiales centre centres social sociaux sociale socioculturel"
    " espace espaces vie evs federation reseau observatoire animation association asso directeur directrice"
    " direction responsable correspondant copil enquete campagne questionnaire structure structures agrement"
    " famille familles enfance jeunesse accueil loisirs quartier maison motdepasse passe mot password azerty azertyuiop"
    " qsdfghjklm wxcvbn qwerty qwertyuiop demo"
    " admin bonjour soleil bienvenue france janvier fevrier mars avril mai juin juillet aout septembre octobre"
    " novembre decembre printemps ete automne hiver".split()
)
_LEET = str.maketrans("@4310$57", "aaeiosst")
_YEAR = re.compile(r"(?:19|20)\d\d")
# What must remain once known words and years are taken away.
_REMAINDER = 6
# zxcvbn's own scale: at least a hundred million guesses.
_SCORE = 3
_READ = 72  # zxcvbn reads no further
# The shortest word that counts: « du » and « de » are in everything.
_WORD = 3


class LongEnough(MinimumLengthValidator):
    def __init__(self) -> None:
        super().__init__(min_length=12)


class NotKnown(CommonPasswordValidator):
    """Refuses passwords seen in breaches or found by pattern: lists, keyboard runs, dates, repeats, look-alike signs.

    `SENACS_BREACHED_PASSWORDS` adds the whole list of Have I Been Pwned, read from a file of this machine: nothing
    about a password ever leaves it.
    """

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password, user)
        if is_breached(password):
            raise ValidationError("Ce mot de passe a été volé ailleurs et circule : choisissez-en un autre.")
        known = sorted(words_about(user) | NETWORK_WORDS)
        if zxcvbn(password[:_READ], user_inputs=known)["score"] < _SCORE:
            raise ValidationError(
                "Ce mot de passe se devine vite : prenez quatre ou cinq mots sans rapport entre eux ni avec vous."
            )

    def get_help_text(self) -> str:
        return "Quatre ou cinq mots sans rapport entre eux font un bon mot de passe."


class NotAboutThePerson:
    """Refuses what is made of the person's name, address, structure or place, or of the network's words."""

    def validate(self, password: str, user: Any = None) -> None:
        text = _folded(_YEAR.sub(" ", password))
        rest = _without(text, words_about(user) | NETWORK_WORDS)
        if rest != text and len(re.sub(r"[^a-z0-9]", "", rest)) < _REMAINDER:
            raise ValidationError(
                "Ce mot de passe est fait de votre nom, de celui de votre structure ou des mots du réseau."
            )

    def get_help_text(self) -> str:
        return "Ni votre nom, ni celui de votre structure ou de votre commune."


def _without(text: str, words: Iterable[str]) -> str:
    """What no word covers; words may overlap (« centresocial » is « centre » and « social », not « centres »)."""
    covered = [False] * len(text)
    for word in words:
        start = text.find(word)
        while start >= 0:
            covered[start : start + len(word)] = [True] * len(word)
            start = text.find(word, start + 1)
    return "".join(" " if hidden else letter for letter, hidden in zip(text, covered, strict=True))


def words_about(user: Any) -> set[str]:
    """What is known of a person: names, address, and the names of what their mandates or invitation are about."""
    if not isinstance(user, User):
        return set()
    texts = [user.first_name, user.last_name, user.email, *user.invited_to]
    if user.pk:
        for mandate in user.mandates.select_related("structure__commune", "structure__departement", "departement"):
            texts += names_of_scope(mandate.scope)
    return {word for text in texts for word in re.split(r"[^a-z0-9]+", _plain(text)) if len(word) >= _WORD}


def names_of_scope(scope: Any) -> list[str]:
    """The names of a structure with its place, of a territory or of an institution."""
    places = [getattr(scope, name, None) for name in ("commune", "departement")]
    return [str(named.name) for named in (scope, *places) if getattr(named, "name", "")]


def is_breached(password: str, path: Path | None = None) -> bool:
    """Whether its SHA-1 is in a file of lines « HASH:count » sorted by hash, as Have I Been Pwned gives it."""
    path = path or settings.BREACHED_PASSWORDS
    if path is None:
        return False
    # The list's own choice of hash; it protects nothing here.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as lines:
        low, high = 0, path.stat().st_size
        while low < high:  # the line that holds or follows the middle
            middle = (low + high) // 2
            lines.seek(max(middle - 1, 0))
            if middle:
                lines.readline()
            start, line = lines.tell(), lines.readline()
            found = line[:40].upper()
            if found == wanted:
                return True
            if not line or found > wanted:
                high = middle
            else:
                low = start + len(line)
    return False


def _plain(text: str) -> str:
    return without_accents(text).lower()


def _folded(password: str) -> str:
    return _plain(password).translate(_LEET)
