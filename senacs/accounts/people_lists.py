"""People invited from a list: one row a person and a role; everything is done, or nothing."""

import csv
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db import transaction

from senacs.accounts.enums import Role
from senacs.accounts.invitations import AlreadyHeld, invite
from senacs.accounts.models import User
from senacs.accounts.services import EXPECTED_SCOPES, Scope
from senacs.lib.french import plural
from senacs.lib.incoming import without_controls
from senacs.lib.refusals import Refused

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
    nobody is then invited.
    """
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    missing = [name for name in ("courriel", "role") if not rows or name not in rows[0]]
    if missing:
        raise Refused(f"Colonnes manquantes : {', '.join(missing)}.")
    held: list[str] = []
    problems = [told for line, row in enumerate(rows, start=2) if (told := _invite(line, row, held, by))]
    if problems:
        raise Refused(f"Personne n’est invité : {plural(len(problems), 'ligne')} à corriger.", problems)
    return PeopleReport(len(rows) - len(held), held)


def _invite(line: int, row: dict[str, str | None], held: list[str], by: User | None) -> str:
    """Invites one person; gives what is wrong with the line, "" if nothing."""
    cells = {name: without_controls(row.get(name) or "").strip() for name in COLUMNS}
    try:
        role = Role(cells["role"])
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
