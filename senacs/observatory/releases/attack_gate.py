"""The gate of the attack: a candidate of which an outsider finds anything is not signed, whoever would sign it."""

import json
from collections.abc import Mapping
from typing import Any

from senacs.lib.french import plural
from senacs.lib.refusals import Refused
from senacs.observatory import frozen_files
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import previous_of

# What attack.json counts beside the intruders (see outside_attack.told_of).
_COUNTED = (
    ("sums_of_too_few", "somme exacte de trop peu de gestionnaires", "sommes exactes de trop peu de gestionnaires"),
    (
        "counts_of_too_few",
        "nombre de réponses de trop peu de gestionnaires",
        "nombres de réponses de trop peu de gestionnaires",
    ),
    ("shown_on_too_few", "chiffre montré sur trop peu de réponses", "chiffres montrés sur trop peu de réponses"),
    (
        "shown_too_close",
        "chiffre d’où un gestionnaire en estime un autre",
        "chiffres d’où un gestionnaire en estime un autre",
    ),
    ("not_understood", "chiffre que l’attaque ne comprend pas", "chiffres que l’attaque ne comprend pas"),
)


def findings(found: Mapping[str, Any], *, coalition: int, margin: float, corrects: bool = False) -> list[str]:
    """What a league table that is not zero tells, in French, one line each; nothing for one that is.

    margin: how far the plan keeps readers from a hidden figure, in percent: what they find of further is printed too.
    coalition: how many holders who put their answers together the plan protects from; what more of them find is printed
    and not refused. Nor is a bound on one side only, but of who reads from outside a first release: what a correction
    leaves where it was may be bounded by the figures that it corrects, which nothing takes back.
    """
    told = [plural(found[key], one, many) for key, one, many in _COUNTED if found.get(key)]
    # From nobody inside to two.
    for place, line in enumerate(found["intruders"][: 1 + max(coalition, 1)]):
        limits = zip(found["within_percent"], line["within"], strict=True)
        near = max((count for limit, count in limits if limit <= margin), default=0)
        for count, one, many in (
            (line["exact"], "chiffre masqué trouvé exactement", "chiffres masqués trouvés exactement"),
            (near - line["exact"], "chiffre masqué trouvé de près", "chiffres masqués trouvés de près"),
            (line["fixed"], "oui ou non connu", "oui ou non connus"),
            (
                0 if place or corrects or margin < max(found["within_percent"]) else line["one_sided"],
                "chiffre masqué borné de près d’un côté",
                "chiffres masqués bornés de près d’un côté",
            ),
        ):
            if count > 0:
                told.append(f"{plural(count, one, many)} ({line['intruder']})")
    return told


def findings_of(release: Release) -> list[str]:
    """The same of a built release; one built before attacks were kept says so."""
    path = release.directory / frozen_files.ATTACK
    if not path.exists():
        return ["aucune attaque de ces fichiers n’est gardée"]
    note = json.loads((release.directory / frozen_files.METHODOLOGY).read_text(encoding="utf-8"))
    found = json.loads(path.read_text(encoding="utf-8"))
    rules = note["plan"]["rules"]
    return findings(
        found,
        coalition=rules.get("coalition") or 1,
        margin=rules.get("margin") or 0,
        corrects=previous_of(release) is not None,
    )


def refuse_leaking(release: Release) -> None:
    """Raises Refused when the attack from outside found anything."""
    found = findings_of(release)
    if found:
        raise Refused(
            f"L’attaque depuis l’extérieur a trouvé quelque chose : {' ; '.join(found)}. Cette publication ne se signe "
            "pas : écartez-la et construisez la suivante.",
            details=found,
        )
