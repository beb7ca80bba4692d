"""Builds one scene in the database of the environment: `python -m bench.build FIELDS STRUCTURES FOLDER`."""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402

from bench.plain.models import Document  # noqa: E402
from bench.scene import write_questionnaire  # noqa: E402
from senacs.accounts.enums import Role  # noqa: E402
from senacs.accounts.models import User  # noqa: E402
from senacs.collection.enums import ResponseState  # noqa: E402
from senacs.questionnaire.engine.schema import Field, Kind  # noqa: E402
from senacs.questionnaire.queries import get_compiled  # noqa: E402
from senacs.questionnaire.services import load_questionnaire  # noqa: E402
from tests import factories  # noqa: E402


def answer(field: Field, number: int) -> object:
    if field.kind is Kind.YES_NO:
        return True
    return field.options[number % 2].code if field.options else 100 + number


def sign_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "senacs.accounts.backends.PersonBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def main(fields: int, structures: int, folder: Path) -> dict[str, object]:
    """Nine answers in ten given, last year's response complete, a director signed in for each structure."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    campaigns = []
    for year in (2025, 2026):
        definition = folder / str(year)
        definition.mkdir()
        write_questionnaire(definition, fields, year)
        campaigns.append(factories.make_campaign(version=load_questionnaire(directory=definition), year=year))
    questionnaire = get_compiled(campaigns[1].version).questionnaire
    asked = [field for field in questionnaire.fields.values() if not field.is_computed]
    values = {field.code: answer(field, number) for number, field in enumerate(asked)}
    started = {code: value for number, (code, value) in enumerate(values.items()) if number % 10}
    sessions, responses = [], []
    for number in range(structures):
        structure = factories.make_structure()
        user = User.objects.create(email=f"directeur{number}@exemple.fr")
        factories.make_mandate(user, Role.RESPONSABLE, structure=structure)
        factories.accept_charte(user)
        factories.make_response(
            structure=structure, campaign=campaigns[0], values=values, state=ResponseState.VALIDATED, by=user
        )
        responses.append(factories.make_response(structure=structure, campaign=campaigns[1], values=started).pk)
        sessions.append(sign_in(user))
        Document.objects.create(pk=number + 1)
    for role, scope in ((Role.CORRESPONDANT_CAF, "caf"), (Role.CORRESPONDANT_FEDERAL, "federation")):
        user = User.objects.create(email=f"{scope}@exemple.fr")
        factories.make_mandate(user, role, **{scope: getattr(structure, scope)})
    sections = [section.code for section in questionnaire.sections]
    return {"sessions": sessions, "responses": responses, "sections": sections, "fields": len(questionnaire.fields)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))) + "\n")
