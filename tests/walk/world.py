"""The world that the walk goes through: three places complete with all that an address can name, and everyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from PIL import Image

from senacs.accounts.enums import Role, Side
from senacs.accounts.invitations import invite, write_invitation
from senacs.accounts.models import User
from senacs.accounts.national import propose_national
from senacs.accounts.objections import object_to
from senacs.accounts.services import open_reading
from senacs.agenda.models import GroupSession, SessionInvitation
from senacs.campaigns.models import Campaign
from senacs.collection.enums import ResponseState
from senacs.collection.models import ExtensionRequest, WorkbookUpload
from senacs.collection.tokens import create_token
from senacs.enquiries.enums import Answering
from senacs.enquiries.models import Enquiry, EnquiryQuestion
from senacs.exchange.models import ComprehensionQuestion
from senacs.jobs.models import BackgroundJob
from senacs.letters.enums import LetterState
from senacs.letters.models import OutgoingLetter
from senacs.lib import clock
from senacs.observatory import frozen_files
from senacs.observatory.definitions.publication_plan import Plan, Rules
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Grouping, Release
from senacs.observatory.releases.methodology import plan_document
from senacs.publication.editions import composing
from senacs.publication.fiches.sharing import create_share_link
from senacs.publication.models import Agreement, EditionComment, EditionImage, LocalGroup
from senacs.register.enums import ActKind
from senacs.register.models import RegisterImport
from senacs.register.proposals import propose
from senacs.review.demandes import open_query
from senacs.review.models import Flag
from senacs.structures.models import Site, Structure
from senacs.territories.models import Departement
from senacs.web.jobs import TERRITORIES
from tests import factories
from tests.publication.conftest import TRAME
from tests.publication.releases import sample_release

OWN, NEIGHBOUR, ELSEWHERE, ABSENT = "own", "neighbour", "elsewhere", "absent"
SCOPES = {OWN: "la sienne", NEIGHBOUR: "la voisine", ELSEWHERE: "autre région", ABSENT: "n’existe pas"}
SIGNED, SOFTWARE, READING = "signed", "software", "reading"
NOWHERE = 987654321
# What the structure of each place answered: a number that nothing else holds, to be found again wherever it is shown.
CANARIES = {OWN: 48611, NEIGHBOUR: 48623, ELSEWHERE: 48637}
WHY = "Répondre au courrier de la structure du 12 novembre."


# Names and headings of the 23 identities, in the order of the matrix.
IDENTITIES = {
    "anonymous": "sans compte",
    "software": "logiciel d’une structure (jeton)",
    "nobody": "compte sans mandat",
    "responsable": "responsable de la structure",
    "suppleant": "suppléant de la structure",
    "caf": "son correspondant Caf",
    "federal": "son correspondant fédéral",
    "copil": "membre du Copil de son département",
    "preparation": "personne chargée de la préparation, nommée des deux côtés",
    "one_sided": "la même, nommée par la Caf seule",
    "regional": "représentant de sa région",
    "national": "équipe nationale",
    "reading": "équipe nationale, lecture motivée ouverte sur la structure",
    "comite": "comité technique",
    "near": "responsable de la structure voisine",
    "far": "responsable d’une structure d’une autre région",
    "far_caf": "correspondant Caf d’une autre région",
    "far_copil": "membre du Copil d’une autre région",
    "ended": "tous les rôles, terminés hier",
    "future": "tous les rôles, à partir de demain",
    "unaccepted": "tous les rôles, charte non acceptée",
    "no_factor": "tous les rôles, sans second facteur",
    "closed": "tous les rôles, compte fermé",
}


_DROME, _EVERYWHERE = (OWN, NEIGHBOUR), tuple(SCOPES)
# The role that each holds in force, and where; those who are not named here hold none.
_HELD: dict[str, tuple[str, tuple[str, ...]]] = {
    "responsable": (Role.RESPONSABLE, (OWN,)),
    "suppleant": (Role.SUPPLEANT, (OWN,)),
    "caf": (Role.CORRESPONDANT_CAF, _DROME),
    "federal": (Role.CORRESPONDANT_FEDERAL, _DROME),
    "copil": (Role.COPIL, _DROME),
    "preparation": (Role.PREPARATION, _DROME),
    "regional": (Role.REGIONAL, _DROME),
    "national": (Role.NATIONAL, _EVERYWHERE),
    "reading": (Role.NATIONAL, _EVERYWHERE),
    "comite": (Role.COMITE_TECHNIQUE, _EVERYWHERE),
    "near": (Role.RESPONSABLE, (NEIGHBOUR,)),
    "far": (Role.RESPONSABLE, (ELSEWHERE,)),
    "far_caf": (Role.CORRESPONDANT_CAF, (ELSEWHERE,)),
    "far_copil": (Role.COPIL, (ELSEWHERE,)),
}
# What comes first for these two, whatever they hold.
CHARTER, FACTOR = "unaccepted", "no_factor"
_WITHOUT_ACCOUNT = frozenset({"anonymous", "software", "closed"})


def roles_of(name: str, place: str) -> frozenset[str]:
    """The roles of an identity that count at one place; SIGNED for whoever has an account."""
    role, places = _HELD.get(name, ("", ()))
    held = {str(role)} if place in places else set()
    if name == "reading" and place == OWN:
        held.add(READING)
    if name == "software" and place == OWN:
        held.add(SOFTWARE)
    return frozenset(held if name in _WITHOUT_ACCOUNT else held | {SIGNED})


def roles_anywhere(name: str) -> frozenset[str]:
    return frozenset().union(*(roles_of(name, place) for place in SCOPES))


@dataclass(frozen=True)
class Identity:
    """Somebody of IDENTITIES."""

    name: str
    user: User | None = None
    secret: str = ""

    def client(self) -> Client:
        client = Client(
            enforce_csrf_checks=True,
            raise_request_exception=False,
            headers={"Authorization": f"Bearer {self.secret}"} if self.secret else None,
        )
        if self.user is not None:
            client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
            factories.prove_identity(client, self.user)
            if self.name == FACTOR:
                factories.forget_second_factor(self.user)
        return client


@dataclass(frozen=True)
class World:
    """`names`: what each placeholder of an address stands for at each place."""

    names: Mapping[str, Mapping[str, Any]]
    structures: Mapping[str, Structure]
    responses: Mapping[int, str]  # key of a response: its place
    identities: Mapping[str, Identity]


def make_world(settings: Any, folder: Path) -> World:
    settings.RELEASES_DIR, settings.MEDIA_ROOT = folder / "releases", folder / "media"
    settings.MICRODATA_DIR, settings.DATA_DIR, settings.DEMO = folder / "microdata", folder / "data", False
    settings.METRICS_TOKEN = "m" * 40  # of the monitor, which is no person
    settings.STATIC_ROOT = folder / "static"  # a site whose style sheets are built is ready
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "staticfiles.json").write_text("{}", encoding="utf-8")
    # What is begun in the background is the business of other tests.
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": ["default"]}}
    (settings.DATA_DIR / "trames").mkdir(parents=True)
    (settings.DATA_DIR / "trames" / "departementale.yaml").write_text(TRAME, encoding="utf-8")
    (settings.DATA_DIR / "fiche.yaml").write_text("indicators: {etp_total: ETP}\n", encoding="utf-8")
    (settings.DATA_DIR / "indicators").mkdir()
    staff = factories.FIXTURES / "observatory" / "indicators" / "emplois.yaml"
    (settings.DATA_DIR / "indicators" / "emplois.yaml").write_text(staff.read_text("utf-8"), encoding="utf-8")
    settings.MEDIA_ROOT.mkdir()
    Image.new("RGB", (8, 8)).save(settings.MEDIA_ROOT / "logo.png")
    factories.make_charte()
    cast, campaign = factories.make_cast(), factories.make_campaign()
    structures = {
        OWN: cast.structure,
        NEIGHBOUR: factories.make_structure(name="Centre social d’à côté", commune=cast.structure.commune),
        ELSEWHERE: cast.neighbour,
    }
    near = factories.make_user("directrice-voisine@exemple.fr")
    factories.make_mandate(near, Role.RESPONSABLE, structure=structures[NEIGHBOUR])
    far = factories.make_user("copil-ailleurs@exemple.fr")
    factories.make_mandate(far, Role.COPIL, departement=cast.neighbour.departement, side=Side.CAF)
    responsables = {OWN: cast.responsable, NEIGHBOUR: near, ELSEWHERE: cast.neighbour_responsable}
    correspondents = {OWN: cast.correspondant_caf, NEIGHBOUR: cast.correspondant_caf, ELSEWHERE: cast.stranger}
    copils = {OWN: cast.copil, NEIGHBOUR: cast.copil, ELSEWHERE: far}
    release = _publish(campaign)
    common = {
        "name": release.name, "year": campaign.year, "version": campaign.version.code, "stem": campaign.version.code,
        "kind": "cs", "section": "emplois", "question": "salaries_total", "field": "salaries_total", "page": 1,
        "format": "json", "theme": "emplois", "link_token": "inconnu", "key": "inconnue", "file": "cells.parquet",
        "table": "communes", "ending": "csv",
        "number": release.number, "received": _list(cast), "part": "charte", "change": "close", "desk_kind": "caf",
        "letter": _letter(), "training": "qui-appeler", "objection": _objection(cast), "job": _job(cast),
        "letter_key": "campaigns-relance", **_national_team(cast),
    }  # fmt: skip
    names: dict[str, dict[str, Any]] = {}
    for place, structure in structures.items():
        found = _fill(place, structure, campaign, release, responsables[place], correspondents[place], copils[place])
        names[place] = common | found
    names[NEIGHBOUR]["departement"] = names[OWN]["departement"]
    names[ABSENT] = {name: NOWHERE if isinstance(value, int) else "inconnu" for name, value in names[OWN].items()}
    names[ABSENT] |= {"level": "departement", "departement": "99", "structure_code": "S999999", "page": 1}
    secret = create_token(structure=cast.structure, label="Logiciel", by=cast.responsable)[1]
    identities = _everyone(cast, structures, near, far, secret)
    for identity in identities.values():
        if identity.user is None:
            continue
        if identity.name != CHARTER:
            factories.accept_charte(identity.user)
        if identity.name != FACTOR:
            factories.set_up_second_factor(identity.user)
    responses = {names[place]["response"]: place for place in structures}
    return World(names, structures, responses, {identity.name: identity for identity in identities.values()})


def _list(cast: factories.Cast) -> int:
    """A list brought to the register and not applied yet."""
    return RegisterImport.objects.create(name="liste.csv", received_at=clock.now(), received_by=cast.national).pk


def _letter() -> int:
    """A letter that the mail server refused."""
    return OutgoingLetter.objects.create(to="a@exemple.fr", subject="Objet", state=LetterState.REFUSED).pk


def _objection(cast: factories.Cast) -> int:
    """Asked by somebody, and not answered yet."""
    return object_to(processing="comptes", reason=WHY, by=cast.nobody).pk


def _job(cast: factories.Cast) -> int:
    """Asked by the national team, and waiting."""
    return BackgroundJob.objects.create(kind=TERRITORIES.name, by=cast.national).pk


def _national_team(cast: factories.Cast) -> dict[str, int]:
    """A proposal that waits, somebody's rights, and the account of somebody who lost their second factor."""
    colleague = factories.make_user("fcsf@exemple.fr")
    held = factories.make_mandate(colleague, Role.NATIONAL, side=Side.FEDERATION)
    proposal = propose_national(
        email="proposee@exemple.fr", role=Role.NATIONAL, side=Side.CAF, reason=WHY, by=cast.national
    )
    return {"national_invited": proposal.pk, "national_held": held.pk, "person": cast.nobody.pk}


def _publish(campaign: Campaign) -> Release:
    now = clock.now()
    release = Release.objects.create(
        campaign=campaign, number=1, state=ReleaseState.PUBLISHED, created_at=now, published_at=now
    )
    places = (("departement", "26", 1.0), ("departement", "59", 1.2), ("region", "84", 1.1), ("france", "FR", 0.9))
    sample = sample_release(places=places)
    sample.write(release.directory)
    frozen_files.write_json(_told(sample.methodology()), release.directory / frozen_files.METHODOLOGY)
    release.manifest = {"files": frozen_files.fingerprints(release.directory), "changes": None}
    release.save()
    return release


def _told(methodology: dict[str, Any]) -> dict[str, Any]:
    """With what public pages say of a release besides its figures."""
    none = {"cells": 0, "published": 0, "hidden": 0, "hidden_percent": 0.0}
    plan = plan_document(Plan(dimensions={}, tables=(), rules=Rules()))
    entries = [
        entry | {"formula": entry["code"], "denominator": "", "population": ""} for entry in methodology["indicators"]
    ]
    more = {"suppression": {"all": none, "by_dimension": {}}, "item_response": {}, "changes": {}, "estimates": []}
    return methodology | more | {"plan": plan, "indicators": entries}


def _enquiry(structure: Structure, *, by: User) -> Enquiry:
    """Questions to its département, agreed and open."""
    today = clock.today()
    enquiry = Enquiry.objects.create(
        departement=structure.departement, title="Questions", purpose="Savoir", opens_on=today, closes_on=today,
        side=Side.CAF, proposed_by=by, proposed_at=clock.now(), agreed_at=clock.now(),
    )  # fmt: skip
    EnquiryQuestion.objects.create(enquiry=enquiry, number=1, text="Oui ?", answering=Answering.YES_NO)
    return enquiry


def _group_session(structure: Structure, campaign: Campaign, *, by: User) -> GroupSession:
    """Today, for that structure alone."""
    session = GroupSession.objects.create(
        campaign=campaign, on=clock.today(), starts_at=time(9, 30), place="À la Caf", by=by
    )
    SessionInvitation.objects.create(session=session, structure=structure)
    return session


def _fill(
    place: str, structure: Structure, campaign: Campaign, release: Release, own: User, correspondent: User, copil: User
) -> dict[str, Any]:
    """Everything that an address may name at one place; one département has one edition and one grouping."""
    now = clock.now()
    response = factories.make_response(
        structure=structure,
        campaign=campaign,
        values={"salaries_total": CANARIES[place]},
        state=ResponseState.SUBMITTED,
        by=own,
    )
    flag = Flag.objects.create(
        response=response, rule_code="A", severity="to_justify", message="À voir", raised_at=now, updated_at=now
    )
    question = ComprehensionQuestion.objects.create(
        campaign=campaign, field_code="salaries_total", structure=structure, asked_by=own, asked_at=now,
        text="Les stagiaires ?", escalated_at=now,
    )  # fmt: skip
    deputy = factories.make_user()
    departement = structure.departement
    group = LocalGroup.objects.create(
        campaign=campaign, departement=departement, level="commune", code=f"{departement.pk}{place[:3]}", name=place,
        purpose="Une plaquette de la commune", asked_at=now, asked_by=copil,
    )  # fmt: skip
    composing.Edition.objects.create(
        release=release, level="commune", code=f"{departement.pk}{place[:3]}", trame="departementale", group=group,
        created_at=now, created_by=copil, updated_at=now,
    )  # fmt: skip
    agreement = Agreement.objects.create(group=group, structure=structure)
    found = {
        "response": response.pk,
        "flag": flag.pk,
        "query": open_query(response=response, field_code="salaries_total", by=correspondent, text="Vraiment ?").pk,
        "questioned": question.pk,
        "structure": structure.pk,
        "enquiry": _enquiry(structure, by=copil).pk,
        "group_session": _group_session(structure, campaign, by=correspondent).pk,
        "structure_code": structure.code,
        "token": create_token(structure=structure, label="Autre", by=own)[0].pk,
        "link": create_share_link(structure=structure, purpose="Conseil", by=own)[0].pk,
        "upload": WorkbookUpload.objects.create(response=response, name="x", cells={}, at=now, by=own).pk,
        "extension": ExtensionRequest.objects.create(
            response=response, until=clock.today() + timedelta(days=90), reason="Retard", at=now, by=own
        ).pk,
        "deputy": factories.make_mandate(deputy, Role.SUPPLEANT, structure=structure).pk,
        "deputy_invited": invite(email=f"{place}@exemple.fr", role=Role.SUPPLEANT, scope=structure, by=own).pk,
        "agreement": agreement.pk,
        "site": Site.objects.create(
            structure=structure, name="Annexe", postal_code="26000", commune=structure.commune, opens_on=clock.today()
        ).pk,
        "register_proposal": propose(
            kind=ActKind.CORRECT, structure=structure, values={"phone": "04 75 00 00 00"}, reason=WHY, by=own
        ).pk,
        "desk": structure.caf_id,
        "level": "departement",
        "departement": departement.pk,
        "region": departement.region_id,
    }
    if place != NEIGHBOUR:
        found |= _compose(departement, release, copil)
    return found


def _compose(departement: Departement, release: Release, copil: User) -> dict[str, Any]:
    now = clock.now()
    edition = composing.create_edition(
        release=release, level="departement", code=departement.pk, trame="departementale", by=copil
    )
    until = clock.today() + timedelta(days=60)
    # The walk ends a naming and takes an invitation back: more of them than the one person whom a side may name.
    named, _ = write_invitation(
        address=f"prepare{departement.pk}@exemple.fr", role=Role.PREPARATION, scope=departement, side=Side.CAF,
        ends_on=until, first_name="", last_name="", by=copil,
    )  # fmt: skip
    other = factories.make_mandate(factories.make_user(), Role.PREPARATION, departement=departement, side=Side.CAF)
    return {
        "edition": edition.pk,
        "block": "equipes",
        "comment": EditionComment.objects.create(edition=edition, text="Bien.", at=now, by=copil).pk,
        "image": EditionImage.objects.create(
            edition=edition, kind="logo", path="logo.png", mime="image/png", width=1, height=1, alt="Logo",
            added_at=now, added_by=copil,
        ).pk,
        "grouping": Grouping.objects.create(
            departement=departement, number=1, name="Vallée", drawn_by=copil, drawn_at=now
        ).number,
        "named": other.pk,
        "named_invited": named.pk,
    }  # fmt: skip


def _everyone(
    cast: factories.Cast, structures: Mapping[str, Structure], near: User, far: User, secret: str
) -> dict[str, Identity]:
    reader = _national("lectrice@exemple.fr")
    open_reading(structure=structures[OWN], purpose=WHY, by=reader)
    people: dict[str, User | None] = {
        "anonymous": None,
        "software": None,
        "nobody": cast.nobody,
        "responsable": cast.responsable,
        "suppleant": cast.suppleant,
        "caf": cast.correspondant_caf,
        "federal": cast.correspondant_federal,
        "copil": cast.copil,
        "preparation": cast.preparation,
        "one_sided": _one_sided(cast),
        "regional": cast.regional,
        "national": cast.national,
        "reading": reader,
        "comite": cast.comite_technique,
        "near": near,
        "far": cast.neighbour_responsable,
        "far_caf": cast.stranger,
        "far_copil": far,
    }
    people |= {state: _holder(cast, state) for state in ("ended", "future", CHARTER, FACTOR, "closed")}
    return {name: Identity(name, people[name], secret if name == "software" else "") for name in IDENTITIES}


def _national(email: str) -> User:
    user = factories.make_user(email)
    factories.make_mandate(user, Role.NATIONAL, side=Side.FEDERATION)
    return user


def _one_sided(cast: factories.Cast) -> User:
    user = factories.make_user("un-seul-cote@exemple.fr")
    factories.make_mandate(user, Role.PREPARATION, departement=cast.structure.departement, side=Side.CAF)
    return user


def _holder(cast: factories.Cast, state: str) -> User:
    """Somebody who holds every role around the structure, in a state that opens nothing."""
    user, structure = factories.make_user(f"{state}@exemple.fr"), cast.structure
    scopes: dict[Role, dict[str, Any]] = {
        Role.RESPONSABLE: {"structure": structure},
        Role.SUPPLEANT: {"structure": structure},
        Role.CORRESPONDANT_CAF: {"caf": structure.caf},
        Role.CORRESPONDANT_FEDERAL: {"federation": structure.federation},
        Role.COPIL: {"departement": structure.departement, "side": Side.CAF},
        Role.REGIONAL: {"region": structure.departement.region, "side": Side.CAF},
        Role.NATIONAL: {"side": Side.CAF},
        Role.COMITE_TECHNIQUE: {},
    }
    for role, scope in scopes.items():
        factories.make_mandate(user, role, **scope)
    for side in Side:
        factories.make_mandate(user, Role.PREPARATION, departement=structure.departement, side=side)
    today = clock.today()
    if state == "ended":
        user.mandates.update(starts_on=today - timedelta(days=90), ends_on=today - timedelta(days=1))
    if state == "future":
        user.mandates.update(starts_on=today + timedelta(days=1), ends_on=today + timedelta(days=90))
    if state == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    return user
