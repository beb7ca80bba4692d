"""`senacs invite_people FILE`: the people of a list, each invited by a letter; roles held already are left alone."""

import csv
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from senacs.accounts.enums import Role
from senacs.accounts.invitations import AlreadyHeld, invite
from senacs.accounts.services import EXPECTED_SCOPES, Scope
from senacs.lib.french import plural
from senacs.lib.incoming import without_controls
from senacs.lib.refusals import Refused

COLUMNS = ("courriel", "role", "perimetre", "cote", "fin", "prenom", "nom")


class Command(BaseCommand):
    help = "Invite des personnes d'après un fichier CSV : " + ", ".join(COLUMNS) + ". Tout est fait, ou rien."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER", help="CSV en UTF-8, séparé par des points-virgules")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = options["file"].read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} ne se lit pas : {error}") from error
        rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
        missing = [name for name in ("courriel", "role") if not rows or name not in rows[0]]
        if missing:
            raise CommandError(f"Colonnes manquantes : {', '.join(missing)}.")
        self.held: list[str] = []
        with transaction.atomic():
            problems = [told for line, row in enumerate(rows, start=2) if (told := self._invite(line, row))]
            if problems:
                raise CommandError("Personne n'est invité :\n" + "\n".join(problems))
        self.stdout.write(f"{plural(len(rows) - len(self.held), 'personne invitée', 'personnes invitées')}.")
        for told in self.held:
            self.stdout.write(told)

    def _invite(self, line: int, row: dict[str, str | None]) -> str:
        """Invites one person; gives what is wrong with the line, "" if nothing."""
        cells = {name: without_controls(row.get(name) or "").strip() for name in COLUMNS}
        try:
            role = Role(cells["role"])
            invite(
                email=cells["courriel"],
                role=role,
                scope=self._scope(role, cells["perimetre"]),
                side=cells["cote"],
                ends_on=date.fromisoformat(cells["fin"]) if cells["fin"] else None,
                first_name=cells["prenom"],
                last_name=cells["nom"],
                by=None,
            )
        except AlreadyHeld as held:
            self.held.append(f"ligne {line} : {held.message}")
        except Refused as refusal:
            return f"ligne {line} : {refusal.message}"
        except ValueError:
            return f"ligne {line} : rôle ({', '.join(Role.values)}) ou date de fin (AAAA-MM-JJ) non reconnu."
        return ""

    def _scope(self, role: Role, code: str) -> Scope:
        model = EXPECTED_SCOPES[role]
        if model is None or not code:
            return None
        found = model._default_manager.filter(code=code).first()
        if found is None:
            raise Refused(f"« {code} » ne désigne rien pour le rôle « {role.label} ».")
        return cast(Scope, found)
