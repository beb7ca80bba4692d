"""What cannot be a value, what can though it looks odd, and the four doors by which it comes."""

import io
import json
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from senacs.collection.models import Response

KINDS: dict[str, dict[str, Any]] = {
    "entier": {"kind": "entier"},
    "decimal": {"kind": "decimal", "decimals": 2},
    "montant": {"kind": "montant"},
    "pourcentage": {"kind": "pourcentage", "maximum": 100, "decimals": 1},
    "oui_non": {"kind": "oui_non"},
    "choix": {"kind": "choix", "options": {"association": "Association", "commune": "Commune"}},
    "date": {"kind": "date"},
    "texte": {"kind": "texte", "max_length": 40},
    "obligatoire": {"kind": "entier", "not_concerned": False},
}
# The kind of the question, what is typed, and what the message says of it.
REFUSED: list[tuple[str, str, str]] = [
    ("entier", "-3", "ne peut pas être négatif"),
    ("entier", "\u22123", "ne peut pas être négatif"),  # minus sign
    ("entier", "\u2013\u00a03", "ne peut pas être négatif"),  # en dash, as a word processor writes it
    ("entier", "douze", "« douze » n’est pas un nombre"),
    ("entier", "1 234,5", "doit être entier"),
    ("entier", "1,234.5", "doit être entier"),
    ("entier", "1.234", "peut se lire de deux façons"),
    ("entier", "12 34", "ne sont pas à leur place"),
    ("entier", "1e400", "notation scientifique"),
    ("entier", "1E3", "notation scientifique"),
    ("entier", "NaN", "n’est pas un nombre"),
    ("entier", "inf", "n’est pas un nombre"),
    ("entier", "-Infinity", "n’est pas un nombre"),
    ("entier", "0x10", "n’est pas un nombre"),
    ("entier", "1_000", "n’est pas un nombre"),
    ("entier", "\uff11\uff12", "chiffres 0 à 9"),  # full-width digits
    ("entier", "\u0661\u0662", "chiffres 0 à 9"),  # Arabic digits
    ("entier", "12²", "chiffres 0 à 9"),
    ("entier", "½", "n’est pas un nombre"),
    ("entier", "12\x00", "caractère invisible"),
    ("entier", "9" * 10_000, "trop long"),
    ("entier", "9" * 19, "trop grand"),
    ("entier", "9223372036854775808", "trop grand"),
    ("entier", "=6*7", "est une formule"),
    ("entier", "12 \ud800", "caractère invisible"),
    ("decimal", "1.234", "peut se lire de deux façons"),
    ("decimal", "3,14159", "2\u00a0décimales au plus"),
    ("decimal", "1e400", "notation scientifique"),
    ("decimal", "0," + "1" * 5000, "trop long"),
    ("montant", "1000000000000", "trop grand"),
    ("pourcentage", "150", "au plus 100"),
    ("oui_non", "peut-être", "Répondez par « Oui » ou « Non »"),
    ("choix", "Coopérative", "ne fait pas partie des choix"),
    ("choix", "=Association", "est une formule"),
    ("date", "31/02/2025", "ce jour n’existe pas"),
    ("date", "2025-02-30", "ce jour n’existe pas"),
    ("date", "00/00/0000", "l’année doit être entre"),
    ("date", "31/12/25", "quatre chiffres"),
    ("date", "31/12/9999", "l’année doit être entre"),
    ("date", "hier", "n’est pas une date"),
    ("texte", "x" * 41, "trop long"),
    ("texte", "bonjour\x00", "caractères invisibles"),
    ("texte", "bonjour\x1b[31m", "caractères invisibles"),
    ("texte", "2 69 05 49 588 157 80", "sécurité sociale"),
    ("obligatoire", "non concerné", "n’est pas possible ici"),
]
SPACES = "\t \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff"
ACCEPTED: list[tuple[str, str, Any]] = [
    *[("entier", f"{space}1{space}234{space}", 1234) for space in SPACES],
    ("decimal", "1 234,5", "1234.5"),
    ("decimal", "1,234.5", "1234.5"),
    ("decimal", "1.234,50", "1234.5"),
    ("decimal", "1\u202f234,5\u00a0", "1234.5"),
    ("montant", "12 000 €", 12000),
    ("pourcentage", "12,5 %", "12.5"),
    ("texte", "l’été — « 1 234 »", "l’été — « 1 234 »"),
]
# What a workbook or a JSON text cannot carry at all.
NOT_IN_XML = {"12\x00", "bonjour\x00", "bonjour\x1b[31m", "12 \ud800"}


def code_of(index: int) -> str:
    return f"question_{index:02}"


def typed() -> dict[str, str]:
    return {code_of(index): raw for index, (_, raw, _) in enumerate([*REFUSED, *ACCEPTED])}


def expected() -> tuple[dict[str, str], dict[str, Any]]:
    """What each case must say, and what each good one must store."""
    said = {code_of(index): reason for index, (_, _, reason) in enumerate(REFUSED)}
    kept = {code_of(index): value for index, (_, _, value) in enumerate(ACCEPTED, len(REFUSED))}
    return said, kept


def untold(said: Mapping[str, str], found: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Cases whose message does not say what it should."""
    cases = typed()
    return {
        code: (cases[code][:40], found.get(code, "")) for code, part in said.items() if part not in found.get(code, "")
    }


def stored(response: Response) -> dict[str, Any]:
    response.refresh_from_db()
    return {code: entry["valeur"] for code, entry in response.values.items()}


def autosave(client: Client, response: Response, values: Mapping[str, Any], **more: Any) -> Any:
    body = json.dumps({"key": "k1", "values": values, "expected": {}, **more})
    return client.post(f"/saisie/{response.pk}/valeurs/", body, content_type="application/json")


def upload(client: Client, response: Response, content: bytes, name: str = "rempli.xlsx") -> Any:
    return client.post(f"/saisie/{response.pk}/classeur/", {"file": SimpleUploadedFile(name, content)})


def saved(book: Any) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def push(client: Client, secret: str, body: str | bytes) -> Any:
    headers = {"Authorization": f"Bearer {secret}"}
    return client.post("/api/propositions", body, content_type="application/json", headers=headers)
