"""What people write and others may read is asked one rule (`accounts.words`); every other text column says why not.

How to add a column of text: `WordsField` or `WordsLine` if somebody types it and somebody else may read it; else a line
in EXCUSED with the reason.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from senacs.accounts.words import WordsField, WordsLine
from senacs.lib.fast_json import DocumentField

PEOPLE = "account or public register of the people in charge: a name or a way to reach them is what it holds"
CODE = "code, digest, key or name of a file that the site gives"
OFFICIAL = "official name of a place"
MACHINE = "written by the site itself"
ANSWERS = "answers: the rule over what is stored speaks of them (`questionnaire.engine.evaluation`), and asks a reason"
REGISTER = "public register: a list that designates a person there is told, and the text left out (`imports.rows`)"
OWN_DOOR = "a document: its service asks the same rule text by text"

EXCUSED = {
    "accounts.Notice": {"subject": MACHINE, "page": CODE, "key": CODE},
    "agenda.CalendarFeed": {"key_hash": CODE},
    "agenda.TickRun": {"jobs": MACHINE},
    "agenda.ScheduledReminder": {"section": CODE},
    "letters.OutgoingLetter": {
        "to": PEOPLE, "subject": MACHINE, "sealed_body": "made of words already asked", "answer": MACHINE,
    },
    "audit.AuditLine": dict.fromkeys(
        ("actor_name", "act", "about", "reason", "row", "digest", "seal"), "made of words already asked, and of digests"
    ),
    "audit.AuditHead": {"seal": CODE},
    "operation.Heartbeat": dict.fromkeys(("worker", "machine", "host", "pid_started"), MACHINE),
    "territories.Region": dict.fromkeys(("code", "name"), OFFICIAL),
    "territories.Departement": dict.fromkeys(("code", "name"), OFFICIAL),
    "territories.Epci": dict.fromkeys(("code", "name", "kind"), OFFICIAL),
    "territories.Commune": dict.fromkeys(("code", "name", "search_name"), OFFICIAL),
    "territories.PostalCode": {"code": OFFICIAL},
    "territories.FormerCommune": dict.fromkeys(("code", "name", "search_name"), OFFICIAL),
    "territories.Boundary": dict.fromkeys(("code", "vintage", "source", "geometry"), OFFICIAL),
    "territories.Qpv": dict.fromkeys(("code", "name", "search_name"), OFFICIAL),
    "territories.LoadedVintage": dict.fromkeys(("dataset", "vintage", "checksum"), CODE),
    "structures.Caf": {"code": CODE, "name": OFFICIAL, "email": PEOPLE, "phone": PEOPLE},
    "structures.Federation": {"code": CODE, "name": OFFICIAL, "email": PEOPLE, "phone": PEOPLE},
    "structures.Gestionnaire": {"name": PEOPLE, "siren": CODE},
    "structures.Structure": {
        "code": CODE, "name": PEOPLE, "search_name": PEOPLE, "address": PEOPLE, "postal_code": CODE, "siret": CODE,
        "email": PEOPLE, "website": PEOPLE, "phone": PEOPLE, "history": REGISTER, "project_axes": REGISTER,
        "other_federation": PEOPLE,
    },
    "structures.Site": {"name": PEOPLE, "address": PEOPLE, "postal_code": CODE},
    "accounts.AttemptCount": dict.fromkeys(("policy", "key_hash"), CODE),
    "accounts.SpentCode": {"digest": CODE},
    "accounts.Invitation": {"key_hash": CODE, "email": PEOPLE, "first_name": PEOPLE, "last_name": PEOPLE},
    "accounts.AddressChange": {"new_email": PEOPLE, "key_hash": CODE, "old_email": PEOPLE},
    "accounts.Objection": {"processing": CODE},
    "accounts.RightsEntry": {"address": PEOPLE, "scope": OFFICIAL, "place": CODE},
    "accounts.User": dict.fromkeys(("password", "email", "first_name", "last_name", "phone"), PEOPLE),
    "accounts.KeptWords": {
        "column": CODE, "digest": CODE, "found": MACHINE, "reason": "asked with the words that it keeps",
    },
    "accounts.CharteVersion": {"text": "the charter, published by the institutions under their own name"},
    "accounts.AccessEntry": {"action": CODE, "what": MACHINE},
    "jobs.BackgroundJob": {
        "kind": CODE, "about": CODE, "task": CODE, "told": MACHINE, "lines": MACHINE,
        "arguments": "emptied at the end of the job; its service asks the same rule of what it keeps",
    },
    "register.RegisterProposal": {"values": REGISTER},
    "register.RegisterLine": {"changes": REGISTER, "told": REGISTER},
    "register.RegisterImport": {"name": CODE, "notes": MACHINE, "rows": REGISTER},
    "training.Attempt": {"exercise": CODE, "given": "read by the person who typed it alone, and bound to an exercise"},
    "questionnaire.QuestionnaireVersion": {
        "code": CODE, "title": MACHINE, "document": "questions, read from data", "checksum": CODE,
    },
    "questionnaire.VersionIndicators": {"entries": CODE},
    "questionnaire.VersionDecision": {"question": CODE},
    "campaigns.CampaignEvent": {"transition": CODE},
    "campaigns.PhaseProposal": {"transition": CODE},
    "campaigns.InvitedStructure": dict.fromkeys((
        "name", "gestion", "commune_code", "epci_code", "departement_code", "region_code", "territory_type",
        "priority_geography", "gestionnaire_key", "facts",
    ), "the public register as it was that day"),
    "collection.ApiToken": {"label": "read by its structure alone, which typed it", "start": CODE, "digest": CODE},
    "collection.Response": {"values": ANSWERS},
    "collection.Proposal": {"code": CODE, "raw": ANSWERS},
    "collection.WorkbookUpload": {"name": CODE, "cells": ANSWERS},
    "collection.EntryOpinion": {"code": CODE},
    "collection.Receipt": {"answers_checksum": CODE, "pdf_checksum": CODE},
    "collection.ReadyDocument": {"section": CODE, "document": CODE},
    "collection.Revision": {"changes": ANSWERS, "idempotency_key": CODE},
    "collection.ResponseEvent": {"transition": CODE},
    "review.Query": {"field_code": CODE},
    "review.Waiver": {"rule_code": CODE, "message": MACHINE},
    "review.ControlSettings": {"document": CODE},
    "review.DoubtfulCell": dict.fromkeys(("code", "key", "moves", "flags"), MACHINE),
    "review.Recheck": dict.fromkeys(("appeared", "persisted", "vanished", "error"), MACHINE),
    "review.Flag": dict.fromkeys(("rule_code", "details", "fields", "message"), MACHINE),
    "observatory.Release": dict.fromkeys(("step", "error", "manifest"), MACHINE),
    "observatory.FiguresCheck": {"seal": CODE, "places": CODE, "disagreements": MACHINE},
    "observatory.ReleaseSignature": dict.fromkeys(("side", "seal"), CODE),
    "observatory.Disclosure": {
        **dict.fromkeys(("members", "cells", "named", "places"), MACHINE),
        **dict.fromkeys(("source", "digest"), CODE),
    },
    "observatory.DoubtExplanation": dict.fromkeys(("digest", "side"), CODE),
    "publication.LocalGroup": {"code": CODE},
    "publication.AgreementEvent": {"transition": CODE},
    "publication.LocalFigures": dict.fromkeys(("members", "named_members", "cells", "named", "respondents"), MACHINE),
    "publication.LocalMeasure": {"refusal": MACHINE},
    "publication.Plaquette": dict.fromkeys(("level", "code", "trame", "path", "checksum"), CODE),
    "publication.ShareLink": {"token_hash": CODE},
    "publication.Edition": {
        "content": OWN_DOOR, **dict.fromkeys(("trame", "level", "code", "slug", "checksum"), CODE),
    },
    "publication.EditionSignature": {"seal": CODE},
    "publication.EditionEvent": {"transition": CODE},
    "publication.EditionComment": {"block": CODE},
    "publication.EditionImage": {
        "path": CODE, "mime": CODE, "credit": "the photographer's name, which the law asks for",
    },
    "publication.Production": {"cursor": CODE, "error": MACHINE},
    "publication.FailedDocument": {"key": CODE, "departement": CODE, "reason": MACHINE},
    "publication.ProducedFile": {
        **dict.fromkeys(("key", "departement", "fingerprint", "checksum", "path"), CODE), "faults": MACHINE,
    },
    "exchange.ComprehensionQuestion": {"field_code": CODE},
}  # fmt: skip


def columns() -> Iterator[tuple[str, models.Field]]:
    for model in apps.get_models():
        if model.__module__.startswith("senacs."):
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, models.TextField | models.CharField | models.JSONField | DocumentField)
                if is_text and not field.choices:
                    yield model._meta.label, field


def test_every_column_of_text_is_asked_or_excused() -> None:
    asked = {(label, field.name) for label, field in columns() if isinstance(field, WordsField | WordsLine)}
    others = {(label, field.name) for label, field in columns()} - asked
    excused = {(label, name) for label, names in EXCUSED.items() for name in names}
    assert others == excused, f"{sorted(others ^ excused)}: {__doc__}"
    assert {
        ("review.QueryMessage", "text"),
        ("review.Flag", "justification"),
        ("publication.EditionComment", "text"),
    } <= asked


@pytest.mark.parametrize("words", [WordsField, WordsLine])
def test_a_column_of_words_is_its_own_in_no_migration(words: type) -> None:
    _, path, _, _ = words(max_length=80).deconstruct()
    assert path in {"django.db.models.TextField", "django.db.models.CharField"}
