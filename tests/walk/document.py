"""docs/securite.md, written from the table of the walk."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tests.walk.routes import PATTERNS
from tests.walk.rows import NOBODY, ROWS, Row
from tests.walk.world import IDENTITIES, OWN, SCOPES

PAGE = Path(settings.BASE_DIR) / "docs" / "securite.md"
HEAD = """# Sécurité : qui atteint quoi, et comment c’est éprouvé

Page écrite par `python -m tests.walk` depuis `tests/walk/rows.py` ; un test la compare à lui.

## La marche

`tests/walk/test_walk.py` demande chacune des {addresses} adresses sous {identities} identités, par GET et POST,
et pour six d’entre elles par HEAD, PUT, DELETE et POST sans jeton CSRF ; les adresses qui nomment une
structure, un département ou ce qui leur appartient le sont à quatre portées : {scopes}.
Tout ce qui est refusé l’est par 401, 403, 404, 405, ou
un renvoi vers la connexion, la charte, le second facteur ou le motif d’une lecture. Une demande refusée
n’écrit rien (chaque instruction SQL est vue, et la base entière est comparée avant et après) ; aucune page ne
lit les réponses d’une structure sans que la personne en ait le droit ou qu’une ligne s’écrive dans « Qui a lu
mes données ». Sans jeton CSRF, rien n’est atteint, hors de l’API des logiciels, qui demande un jeton que nul
navigateur n’envoie de lui-même. Une adresse sans ligne dans le tableau fait échouer un test.

Exigence par exigence, l’ASVS 5 au niveau 2 est dans [asvs.md](asvs.md).

Identités, dans l’ordre des colonnes :

{legend}

**L** : lue (GET). **E** : écrite (POST). **·** : refusée. À la portée « la sienne » ; aux trois autres,
chacun garde ce que son rôle y ouvre (la région, le Copil et les correspondants dans leur département,
l’équipe nationale partout) et le reste est refusé.

"""


def text() -> str:
    legend = "\n".join(f"- **{letter(i)}** {label}" for i, label in enumerate(IDENTITIES.values()))
    head = HEAD.format(
        addresses=len(ROWS), identities=len(IDENTITIES), scopes=", ".join(SCOPES.values()), legend=legend
    )
    return head + "\n".join(_matrix()) + "\n"


def letter(index: int) -> str:
    return chr(ord("A") + index)


def _matrix() -> Iterator[str]:
    yield "| Adresse | " + " | ".join(letter(i) for i in range(len(IDENTITIES))) + " |"
    yield "|---" * (len(IDENTITIES) + 1) + "|"
    for name, row in ROWS.items():
        yield f"| `/{PATTERNS[name][0]}` | " + " | ".join(_cell(row, identity) for identity in IDENTITIES) + " |"


def _cell(row: Row, identity: str) -> str:
    read = row.read != NOBODY and row.opens(identity, OWN, row.read)
    write = row.write != NOBODY and row.opens(identity, OWN, row.write)
    return ("L" if read else "") + ("E" if write else "") or "·"
