"""What people write in the place of a number: nothing, about, between, per week, a date; and what to write instead."""

import re

from senacs.lib import french
from senacs.lib.text import search_key

# Accounts print a dash for zero; « N/A » is « not applicable » to one person and « not available » to another.
_NOTHING = re.compile(
    r"[-–—\u2212]+|/|\\|x|\?+|neant|aucune?s?|rien|zero|vide|nul|nsp|ne sait pas|inconnue?|n ?/? ?a"
    r"|non (?:connu|communique)e?"
)
_MONTHS = "|".join(search_key(month) for month in french.MONTHS)
_DATE = re.compile(
    rf"[0-9]{{1,2}} ?[/.\-] ?[0-9]{{1,2}} ?[/.\-] ?(?:[0-9]{{2}}|[0-9]{{4}})|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
    rf"|[0-9]{{1,2}}(?:er)? (?:{_MONTHS})(?: [0-9]{{4}})?"
)
_ABOUT = r"(?:~|≈|±|env\.?|environ|approx(?:imativement)?\.?|à peu près|presque|près de|autour de)"
_ABOUT_BEFORE = re.compile(rf"{_ABOUT} ?(?P<number>[0-9].*)")
_ABOUT_AFTER = re.compile(r"(?P<number>[0-9][0-9 .,h€k]*?) (?:env\.?|environ|approx\.?|à peu près)")
_BOUND = re.compile(
    r"(?:[<>≤≥]|(?:moins|plus|pas loin) de|au (?:moins|plus)|maximum|minimum|max\.?|min\.?) ?=? ?[0-9].*"
)
_NUMBER = r"[0-9][0-9 .,]*(?: ?(?:h|heures?)(?: ?[0-5][0-9])?)?"
_BETWEEN = re.compile(rf"(?:de |entre )?{_NUMBER} ?(?:-|–|—|/|à|a|et|ou|\+) ?{_NUMBER}")
_RATE = re.compile(r"[0-9][^/p]*(?:/ ?|par )(?:sem(?:aine)?|s|mois|jour|jours|j|trim(?:estre)?|séance)\.?")


def is_date(text: str) -> bool:
    """Whether it is a day of the calendar, in figures or with its month in letters."""
    return bool(_DATE.fullmatch(text.lower()) or _DATE.fullmatch(search_key(text)))


def about(text: str) -> str:
    """What « env. 45 », « ~45 » or « 45 environ » are about; empty when it is no such text."""
    match = _ABOUT_BEFORE.fullmatch(text) or _ABOUT_AFTER.fullmatch(text)
    return match["number"].strip() if match else ""


def why_no_number(shown: str, wanted: str, *, can_be_not_concerned: bool) -> str:
    """The refusal of a text that says something other than one number, with what to write; empty for any other."""
    text = shown.lower()
    if _NOTHING.fullmatch(text.strip(" .")) or _NOTHING.fullmatch(search_key(text)):
        other = ", « nc » si la question ne vous concerne pas" if can_be_not_concerned else ""
        return f"« {shown} » n’est pas un nombre : écrivez 0 si c’est zéro{other}, rien si vous ne savez pas encore."
    if is_date(text):
        return f"« {shown} » est une date : écrivez {wanted}."
    if _RATE.fullmatch(text):
        return f"« {shown} » est un rythme et non un total : écrivez {wanted}."
    if _BOUND.fullmatch(text):
        return f"« {shown} » n’est pas un nombre exact : écrivez votre meilleure estimation."
    if _BETWEEN.fullmatch(text):
        return f"« {shown} » donne deux nombres : écrivez celui que vous retenez."
    return ""
