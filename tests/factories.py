"""The standing cast and small makers of rows: each gives a saved, valid object with as little as it needs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from senacs.accounts import invitations
from senacs.accounts.enums import Role, Side
from senacs.accounts.keys import key_hash, new_key
from senacs.accounts.models import CharteAcceptance, CharteVersion, Invitation, Mandate, User
from senacs.accounts.second_factor import owes_second_factor
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import Campaign, InvitedStructure
from senacs.collection.enums import Provenance, ResponseState
from senacs.collection.models import Response, Revision
from senacs.jobs.enums import JobState
from senacs.jobs.models import BackgroundJob
from senacs.jobs.running import do_job
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.lib.text import search_key
from senacs.observatory.models import FiguresCheck, Release
from senacs.observatory.releases.figures_check import read_seal
from senacs.questionnaire.engine.loader import load_directory, to_document
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.structures.enums import Gestion, StructureKind
from senacs.structures.models import Caf, Federation, Structure
from senacs.territories.models import Commune, Departement, Epci, Region

FIXTURES = Path(__file__).parent / "fixtures"
QUESTIONNAIRES = FIXTURES / "questionnaires"
PASSWORD = "motdepasse-des-tests"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_serial = count(1)


def make_departement(code: str = "26", name: str = "Drôme", *, region: str = "84") -> Departement:
    region_row, _ = Region.objects.get_or_create(
        pk=region, defaults={"name": f"Région {region}", "population": 8000000}
    )
    departement, _ = Departement.objects.get_or_create(
        pk=code, defaults={"name": name, "region": region_row, "population": 500000}
    )
    return departement


def make_commune(code: str = "26362", name: str = "Valence", *, departement: Departement | None = None) -> Commune:
    departement = departement or make_departement()
    epci, _ = Epci.objects.get_or_create(
        pk=f"2{code:0>8}", defaults={"name": f"CA de {name}", "kind": "CA", "population": 120000}
    )
    commune, _ = Commune.objects.get_or_create(
        pk=code,
        defaults={
            "name": name,
            "search_name": search_key(name),
            "departement": departement,
            "epci": epci,
            "population": 60000,
        },
    )
    return commune


def make_caf(departement: Departement | None = None) -> Caf:
    departement = departement or make_departement()
    caf, created = Caf.objects.get_or_create(code=f"CAF{departement.pk}", defaults={"name": f"Caf {departement.name}"})
    if created:
        caf.departements.add(departement)
    return caf


def make_federation(departement: Departement | None = None) -> Federation:
    departement = departement or make_departement()
    federation, created = Federation.objects.get_or_create(
        code=f"FED{departement.pk}", defaults={"name": f"Fédération {departement.name}"}
    )
    if created:
        federation.departements.add(departement)
    return federation


def make_structure(*, commune: Commune | None = None, **fields: Any) -> Structure:
    """A centre social of Valence, attached to its Caf and federation; `fields` change what they name."""
    serial = next(_serial)
    commune = commune or make_commune()
    now = clock.now()
    values: dict[str, Any] = {
        "code": f"S{serial:06}",
        "name": f"Centre social {serial}",
        "kind": StructureKind.CENTRE_SOCIAL,
        "postal_code": f"{commune.pk[:2]}000",
        "commune": commune,
        "departement": commune.departement,
        "caf": make_caf(commune.departement),
        "federation": make_federation(commune.departement),
        "gestion": Gestion.ASSOCIATIF,
        "territory_type": "urbain",
        "priority_geography": "qpv",
        "is_fcsf_member": True,
        "created_at": now,
        "updated_at": now,
    } | fields
    values.setdefault("search_name", search_key(values["name"]))
    return Structure.objects.create(**values)


def make_user(email: str = "", **fields: Any) -> User:
    """A person who can sign in with PASSWORD; without any right until a mandate is made."""
    email = email or f"personne{next(_serial)}@exemple.fr"
    defaults = {"first_name": email.split("@")[0].split(".")[0].capitalize(), "last_name": "Martin"}
    return User.objects.create_user(email, PASSWORD, **(defaults | fields))


def make_mandate(user: User, role: Role, **scope: Any) -> Mandate:
    if role == Role.PREPARATION:
        scope.setdefault("ends_on", clock.today() + timedelta(days=30))
    return Mandate.objects.create(user=user, role=role, starts_on=clock.today() - timedelta(days=1), **scope)


def empty_outbox() -> None:
    """What was written before does not leave with what a test is about."""
    OutgoingLetter.objects.all().delete()


def do_jobs() -> None:
    """What pages have asked for, as the worker does it."""
    for job in BackgroundJob.objects.filter(state=JobState.WAITING).order_by("pk"):
        do_job(job.pk)


def key_of(invitation: Invitation) -> str:
    """A key that opens the invitation, in the place of the one that its letter carries."""
    key = new_key()
    Invitation.objects.filter(pk=invitation.pk).update(key_hash=key_hash(key))
    return key


def accept(invitation: Invitation, user: User | None = None) -> Mandate:
    """The invitation accepted by `user`, or by the account of its address, opened if there is none."""
    user = user or User.objects.filter(email=invitation.email).first() or make_user(invitation.email)
    return invitations.accept_invitation(key=key_of(invitation), user=user)


def make_charte(number: int = 1) -> CharteVersion:
    version, _ = CharteVersion.objects.get_or_create(
        number=number, defaults={"text": "Texte de la charte.", "published_at": clock.now()}
    )
    return version


def accept_charte(user: User) -> None:
    """Accepts the newest charter, made if there is none."""
    version = CharteVersion.objects.order_by("-number").first() or make_charte()
    CharteAcceptance.objects.get_or_create(user=user, version=version, defaults={"accepted_at": clock.now()})


def set_up_second_factor(user: User) -> None:
    """An application of codes, for whoever must have a second factor and has none."""
    if owes_second_factor(user):
        TOTP.activate(user, TOTP_SECRET)


def forget_second_factor(user: User) -> None:
    Authenticator.objects.filter(user=user).delete()


def prove_identity(client: Client, user: User, *, ago: timedelta = timedelta()) -> None:
    """As if `user` had typed the password in this session, `ago`."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": (clock.now() - ago).timestamp(), "email": user.email}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def notice_device(client: Client) -> None:
    """As the sign-in does: the session is written among those in use, and not again for five minutes."""
    session = client.session
    session["seen_at"] = clock.now().timestamp()
    session.save()


def forget_device(client: Client) -> None:
    session = client.session
    session.pop("seen_at", None)
    session.save()


def let_time_pass(client: Client, user: User) -> None:
    """Signed in still, but since the morning."""
    prove_identity(client, user, ago=timedelta(hours=3))


def totp_code() -> str:
    """What the application of `set_up_second_factor` shows now."""
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))


@dataclass(frozen=True)
class Cast:
    """Who is who around one structure of the Drôme, and a neighbour in the Nord."""

    structure: Structure
    responsable: User
    suppleant: User
    correspondant_caf: User
    correspondant_federal: User
    copil: User
    preparation: User
    regional: User
    national: User
    comite_technique: User
    neighbour: Structure
    neighbour_responsable: User
    stranger: User  # correspondant Caf of the neighbour's département
    nobody: User  # an account without any mandate

    def users(self) -> dict[str, User]:
        """Everyone by name, for role × action tables."""
        return {name: person for name, person in vars(self).items() if isinstance(person, User)}


def make_cast() -> Cast:
    drome = make_departement()
    structure = make_structure(name="Centre social du Plan", email="plan@exemple.fr")
    nord = make_departement("59", "Nord", region="32")
    neighbour = make_structure(name="Centre social de Fives", commune=make_commune("59350", "Lille", departement=nord))

    def person(name: str, role: Role | None = None, **scope: Any) -> User:
        user = make_user(f"{name}@exemple.fr")
        if role:
            make_mandate(user, role, **scope)
        return user

    preparation = person("preparation", Role.PREPARATION, departement=drome, side=Side.CAF)
    make_mandate(preparation, Role.PREPARATION, departement=drome, side=Side.FEDERATION)
    return Cast(
        structure=structure,
        responsable=person("responsable", Role.RESPONSABLE, structure=structure),
        suppleant=person("suppleant", Role.SUPPLEANT, structure=structure),
        correspondant_caf=person("caf", Role.CORRESPONDANT_CAF, caf=structure.caf),
        correspondant_federal=person("federation", Role.CORRESPONDANT_FEDERAL, federation=structure.federation),
        copil=person("copil", Role.COPIL, departement=drome, side=Side.CAF),
        preparation=preparation,
        regional=person("regional", Role.REGIONAL, region=drome.region, side=Side.CAF),
        national=person("national", Role.NATIONAL, side=Side.CAF),
        comite_technique=person("comite", Role.COMITE_TECHNIQUE),
        neighbour=neighbour,
        neighbour_responsable=person("voisin", Role.RESPONSABLE, structure=neighbour),
        stranger=person("etranger", Role.CORRESPONDANT_CAF, caf=neighbour.caf),
        nobody=person("personne"),
    )


_read_questionnaire = cache(load_directory)  # parsing YAML takes longer than the test that needs it


def make_questionnaire(name: str = "minimal") -> QuestionnaireVersion:
    """A tiny questionnaire of tests/fixtures/questionnaires, one folder per feature."""
    questionnaire = _read_questionnaire(QUESTIONNAIRES / name)
    version, _ = QuestionnaireVersion.objects.get_or_create(
        code=questionnaire.code,
        defaults={
            "year": questionnaire.year,
            "data_year": questionnaire.data_year,
            "title": questionnaire.title,
            "document": to_document(questionnaire),
            "checksum": questionnaire.checksum,
            "loaded_at": clock.now(),
        },
    )
    return version


def make_campaign(
    *, version: QuestionnaireVersion | None = None, phase: Phase = Phase.SAISIE, year: int | None = None
) -> Campaign:
    version = version or make_questionnaire()
    opens_on = clock.today() - timedelta(days=30)
    return Campaign.objects.create(
        year=year or version.year,
        version=version,
        phase=phase,
        opens_on=opens_on,
        closes_on=opens_on + timedelta(days=90),
        review_ends_on=opens_on + timedelta(days=150),
    )


def make_invited(structure: Structure, campaign: Campaign) -> InvitedStructure:
    commune = structure.commune
    return InvitedStructure.objects.create(
        campaign=campaign,
        structure=structure,
        name=structure.name,
        kind=structure.kind,
        gestion=structure.gestion,
        commune_code=commune.pk,
        epci_code=commune.epci_id or "",
        departement_code=structure.departement_id,
        region_code=structure.departement.region_id,
        territory_type=structure.territory_type,
        priority_geography=structure.priority_geography,
        is_fcsf_member=structure.is_fcsf_member,
        gestionnaire_key=f"G{structure.gestionnaire_id}" if structure.gestionnaire_id else f"S{structure.pk}",
    )


def stored(value: Any, *, revision: int = 1, provenance: Provenance = Provenance.DECLARED) -> dict[str, Any]:
    """One entry of `Response.values`; None means « non concerné »."""
    state = "non_concerne" if value is None else "valeur"
    return {"etat": state, "valeur": value, "provenance": str(provenance), "revision": revision}


def make_response(
    *,
    structure: Structure | None = None,
    campaign: Campaign | None = None,
    values: Mapping[str, Any] | None = None,
    state: ResponseState = ResponseState.DRAFT,
    by: User | None = None,
) -> Response:
    """A response holding `values` (JSON values by code; None: non concerné), with the history that explains them."""
    structure = structure or make_structure()
    campaign = campaign or make_campaign()
    document = {code: stored(value) for code, value in (values or {}).items()}
    now = clock.now()
    signature: dict[str, Any] = {}
    if state in {ResponseState.SUBMITTED, ResponseState.VALIDATED}:
        by = by or make_user()
        signature = {"submitted_at": now, "submitted_by": by}
    if state == ResponseState.VALIDATED:
        signature |= {"validated_at": now, "validated_by": by}
    response = Response.objects.create(
        campaign=campaign,
        structure=structure,
        invited=InvitedStructure.objects.filter(campaign=campaign, structure=structure).first()
        or make_invited(structure, campaign),
        state=state,
        values=document,
        revision=1 if document else 0,
        **signature,
    )
    if document:
        Revision.objects.create(
            response=response,
            number=1,
            changes={code: {"avant": None, "apres": entry} for code, entry in document.items()},
            at=now,
            by=by,
        )
    return response


def sign(response: Response, state: ResponseState, *, by: User) -> Response:
    """Puts an existing response in a state, signed as that state demands."""
    now = clock.now()
    Response.objects.filter(pk=response.pk).update(
        state=state,
        submitted_at=now,
        submitted_by=by,
        validated_at=now if state == ResponseState.VALIDATED else None,
        validated_by=by if state == ResponseState.VALIDATED else None,
    )
    response.refresh_from_db()
    return response


def make_structures(number: int, *, commune: Commune | None = None) -> list[Structure]:
    """Many structures of one commune, in one insert."""
    commune = commune or make_commune()
    caf, federation, now = make_caf(commune.departement), make_federation(commune.departement), clock.now()
    first = next(_serial)
    for _ in range(number - 1):
        next(_serial)
    return Structure.objects.bulk_create(
        Structure(
            code=f"S{serial:06}",
            name=f"Centre social {serial}",
            search_name=f"centre social {serial}",
            kind=StructureKind.CENTRE_SOCIAL if serial % 5 < 3 else StructureKind.EVS,
            postal_code=f"{commune.pk[:2]}000",
            commune=commune,
            departement=commune.departement,
            caf=caf,
            federation=federation,
            gestion=Gestion.ASSOCIATIF,
            first_agrement_on=date(2010, 1, 1),
            created_at=now,
            updated_at=now,
        )
        for serial in range(first, first + number)
    )


def checked(release: Release) -> Release:
    """A candidate whose writings were all read and agree, without reading them: what signing asks (test_one_value)."""
    now = clock.now()
    FiguresCheck.objects.update_or_create(
        release=release,
        defaults={"seal": read_seal(release), "progress": 100, "started_at": now, "checked_at": now},
    )
    return release
