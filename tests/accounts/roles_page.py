"""docs/roles.md, written from the tables of `test_permissions` and of the walk: `python -m tests.walk`."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402 (once Django is set up)

from senacs.accounts import permissions  # noqa: E402
from senacs.accounts.enums import Role  # noqa: E402
from tests.accounts import test_permissions as table  # noqa: E402
from tests.walk.routes import PATTERNS  # noqa: E402
from tests.walk.rows import EVERYONE, ROWS, SIGNED_IN, Roles  # noqa: E402
from tests.walk.world import IDENTITIES, READING, SOFTWARE  # noqa: E402

PAGE = Path(settings.BASE_DIR) / "docs" / "roles.md"
COLUMNS = [role.value for role in Role]
WORDS: dict[Callable[..., bool], str] = {
    permissions.can_enter: "saisir les réponses",
    permissions.can_submit: "envoyer la réponse",
    permissions.can_ask: "poser une question de compréhension",
    permissions.can_enter_on_behalf: "saisir pour la structure, en le disant",
    permissions.can_review: "contrôler, demander, valider",
    permissions.can_escalate: "transmettre une question au comité technique",
    permissions.can_remind: "suivre et relancer",
    permissions.can_mandate_structure: "nommer, remplacer et retirer qui saisit pour une structure",
    permissions.can_invite_deputy: "inviter ou retirer un suppléant",
    permissions.can_agree: "accepter de paraître dans une plaquette locale",
    permissions.can_answer_question: "répondre à une question",
    permissions.can_correct_entry: "corriger une fiche du registre, la déplacer, changer son gestionnaire",
    permissions.can_record_agrement: "enregistrer un agrément, un renouvellement, une fin avant terme",
    permissions.can_propose_register_act: "proposer une fermeture, une fusion, une scission",
    permissions.can_propose_correction: "proposer une correction de la fiche",
    permissions.can_manage_campaigns: "conduire la campagne, donner les autres rôles",
    permissions.can_manage_register: "tenir le registre : listes, territoires, Caf et fédérations",
    permissions.can_propose_national: "proposer des droits nationaux",
    permissions.can_answer_objections: "répondre aux oppositions à un traitement de données",
    permissions.can_manage_questionnaire: "préparer une version du questionnaire",
    permissions.can_load_questionnaire: "enregistrer la version du questionnaire livrée avec le logiciel",
    permissions.can_see_progress: "lire l’avancement, sans aucune réponse",
    permissions.can_extract_raw_data: "extraire les données brutes",
    permissions.can_name_preparation: "nommer la personne chargée de la préparation",
    permissions.can_ask_agreement: "demander l’accord des structures d’un petit groupe",
}
# Two people are concerned: who acts, and on whom.
BY_ANOTHER = (
    "confirmer des droits nationaux proposés par une autre personne",
    "remettre à zéro le second facteur d’une autre personne",
)
HEAD = """# Qui peut quoi

Page écrite par `python -m tests.walk` depuis le tableau que `tests/accounts/test_permissions.py`
vérifie ; un test la compare à lui. Chaque règle cite son article de la charte dans `senacs/accounts/permissions.py`.
Adresse par adresse, la matrice est dans [securite.md](securite.md).

"""
# Who reads or writes without holding one of the roles.
OTHERS = {READING: "équipe nationale, lecture motivée ouverte", SOFTWARE: "logiciel de la structure (jeton)"}
BY_ADDRESS = f"""
## Adresse par adresse

Du tableau que `tests/walk/test_walk.py` éprouve, adresse et méthode, sous {len(IDENTITIES)} identités (dont le visiteur
sans compte, l’étranger d’une autre région, la voisine, le mandat terminé ou à venir, la charte non acceptée, le compte
fermé) et aux quatre portées : {len(ROWS)} adresses, celles qui suivent et celles ouvertes à tous. Un rôle vaut à sa
place : sa structure, son territoire. La matrice entière est dans [securite.md](securite.md).

"""


def text() -> str:
    return HEAD + "\n".join(_lines()) + "\n" + BY_ADDRESS + "\n".join(_addresses()) + "\n"


def _lines() -> Iterator[str]:
    yield "| action | " + " | ".join(Role(column).label for column in COLUMNS) + " |"
    yield "|---" * (len(COLUMNS) + 1) + "|"
    for where, actions in (
        ("sur sa structure ou son territoire", table.ON_A_STRUCTURE),
        ("sur son département", table.ON_A_DEPARTEMENT),
        ("en France", table.IN_GENERAL),
    ):
        for action, allowed in ((a, actions[a]) for a in actions if a in WORDS):
            yield f"| {WORDS[action]} ({where}) | " + " | ".join(_mark(allowed, column) for column in COLUMNS) + " |"
    for words in BY_ANOTHER:
        yield f"| {words} | " + " | ".join(_mark({Role.NATIONAL}, column) for column in COLUMNS) + " |"


def _addresses() -> Iterator[str]:
    """Every address that is not open to all, from the table that the walk proves."""
    yield "| adresse | lue par (GET) | écrite par (POST) |"
    yield "|---|---|---|"
    for name, row in ROWS.items():
        if EVERYONE not in (row.read, row.write):
            yield f"| `/{PATTERNS[name][0]}` | {_told(row.read)} | {_told(row.write)} |"


def _told(wanted: Roles) -> str:
    """Who is meant, in the order of the roles."""
    if wanted == SIGNED_IN:
        return "tout compte"
    labels = {role.value: role.label.lower() for role in Role} | OTHERS
    return ", ".join(labels[role] for role in labels if role in wanted) or "·"


def _mark(allowed: set[str], column: str) -> str:
    return "oui" if column in allowed else "·"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
