"""People invited from a list: one row a person and a role; everything is done, or nothing. And the list to fill in."""

import csv
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db import transaction

from senacs.accounts.enums import Role
from senacs.accounts.invitations import AlreadyHeld, invite
from senacs.accounts.models import Invitation, Mandate, User
from senacs.accounts.permissions import structures_followed_by
from senacs.accounts.services import EXPECTED_SCOPES, Scope
from senacs.lib.csv_files import csv_text
from senacs.lib.french import plural
from senacs.lib.incoming import without_controls
from senacs.lib.refusals import Refused
from senacs.lib.text import search_key
from senacs.structures.imports.reading import separator
from senacs.structures.models import Structure

_ROLES = {search_key(role.label): role for role in Role}
COLUMNS = ("courriel", "role", "perimetre", "cote", "fin", "prenom", "nom")


@dataclass(frozen=True, slots=True)
class PeopleReport:
    """How many were invited, and a sentence for each row whose person has the role already."""

    invited: int
    held: list[str]


@transaction.atomic
def invite_list(*, text: str, by: User | None) -> PeopleReport:
    """Invites everyone of a list, each by a letter; roles held already are left alone.

    `by` None is the installation. Raises Refused with a line in `details` for each row that cannot be done, and
    nobody is then invited. Rows without an address are those of the list to fill in that nobody filled: left alone.
    """
    table = list(csv.reader(text.splitlines(), delimiter=separator(text)))
    header = [search_key(cell) for cell in table[0]] if table else []
    rows = [dict(zip(header, cells, strict=False)) for cells in table[1:]]
    missing = [name for name in ("courriel", "role") if not rows or name not in rows[0]]
    if missing:
        raise Refused(f"Colonnes manquantes : {', '.join(missing)}.")
    held: list[str] = []
    problems = [told for line, row in enumerate(rows, start=2) if (told := _invite(line, row, held, by))]
    if problems:
        raise Refused(f"Personne n’est invité : {plural(len(problems), 'ligne')} à corriger.", problems)
    asked = sum(bool((row.get("courriel") or "").strip()) for row in rows)
    return PeopleReport(asked - len(held), held)


def list_to_fill(*, by: User) -> str:
    """The structures without a responsable that the user follows, one row each, as a list that wants addresses only."""
    held = Mandate.objects.current().filter(role=Role.RESPONSABLE).values("structure")
    asked = Invitation.objects.pending().filter(role=Role.RESPONSABLE).values("structure")
    found = structures_followed_by(by).filter(pk__in=Structure.objects.active().values("pk"))
    found = found.exclude(pk__in=held).exclude(pk__in=asked).select_related("commune").order_by("search_name", "pk")
    rows = [
        ["", Role.RESPONSABLE, structure.code, "", "", "", "", structure.name, structure.commune.name]
        for structure in found
    ]
    return csv_text([[*COLUMNS, "structure", "commune"], *rows], delimiter=";", line_end="\r\n")


def _invite(line: int, row: dict[str, str], held: list[str], by: User | None) -> str:
    """Invites one person; gives what is wrong with the line, "" if nothing."""
    cells = {name: without_controls(row.get(name, "")).strip() for name in COLUMNS}
    if not cells["courriel"]:
        return ""
    try:
        role = _ROLES.get(search_key(cells["role"])) or Role(cells["role"])
        ends_on = date.fromisoformat(cells["fin"]) if cells["fin"] else None
    except ValueError:
        return f"ligne {line} : rôle ({', '.join(Role.values)}) ou date de fin (AAAA-MM-JJ) non reconnu."
    try:
        invite(
            email=cells["courriel"],
            role=role,
            scope=_scope(role, cells["perimetre"]),
            side=cells["cote"],
            ends_on=ends_on,
            first_name=cells["prenom"],
            last_name=cells["nom"],
            by=by,
        )
    except AlreadyHeld as already:
        held.append(f"ligne {line} : {already.message}")
    except Refused as refusal:
        return f"ligne {line} : {refusal.message}"
    return ""


def _scope(role: Role, code: str) -> Scope:
    model = EXPECTED_SCOPES[role]
    if model is None or not code:
        return None
    found = model._default_manager.filter(code=code).first()
    if found is None:
        raise Refused(f"« {code} » ne désigne rien pour le rôle « {role.label} ».")
    return cast(Scope, found)
