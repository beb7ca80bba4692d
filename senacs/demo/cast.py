"""The fictitious people: responsables, a pair of correspondents a département, committees, national teams."""

from dataclasses import dataclass

import numpy as np
from django.contrib.auth.hashers import make_password

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import CharteAcceptance, CharteVersion, Mandate, User
from senacs.accounts.queries import DEMO_PASSWORD
from senacs.demo.words import FIRST_NAMES, LAST_NAMES
from senacs.lib import clock
from senacs.structures.models import Caf, Federation, Structure
from senacs.territories.models import Departement, Region

DOMAIN = "demo.senacs.invalid"
BATCH = 1000


@dataclass(frozen=True)
class Cast:
    """Who signs what in the demonstration."""

    responsables: dict[int, User]  # by structure id
    caf_correspondents: dict[str, User]  # by département
    federal_correspondents: dict[str, User]
    cnaf: User
    fcsf: User


def engage_cast(*, seed: int) -> Cast:
    """Creates the people and their mandates; all share the demonstration's password and have accepted the charter."""
    maker = _Maker(np.random.default_rng([seed, 11]))
    structures = list(Structure.objects.active().order_by("code"))
    responsables = {s.pk: maker.person(f"{s.code.lower()}@{DOMAIN}", Role.RESPONSABLE, structure=s) for s in structures}
    departements = list(Departement.objects.order_by("code"))
    caf_of = {code: caf for caf in Caf.objects.prefetch_related("departements") for code in _codes(caf)}
    federation_of = {code: f for f in Federation.objects.prefetch_related("departements") for code in _codes(f)}
    caf_people, federal_people = {}, {}
    for departement in departements:
        code = departement.code
        tag = code.lower()
        if code in caf_of:
            caf_people[code] = maker.person(f"caf-{tag}@{DOMAIN}", Role.CORRESPONDANT_CAF, caf=caf_of[code])
            maker.person(f"copil-caf-{tag}@{DOMAIN}", Role.COPIL, departement=departement, side=Side.CAF)
        if code in federation_of:
            federal_people[code] = maker.person(
                f"federation-{tag}@{DOMAIN}", Role.CORRESPONDANT_FEDERAL, federation=federation_of[code]
            )
            maker.person(f"copil-federation-{tag}@{DOMAIN}", Role.COPIL, departement=departement, side=Side.FEDERATION)
    for region in Region.objects.filter(is_com=False).order_by("code"):
        maker.person(f"region-{region.code}@{DOMAIN}", Role.REGIONAL, region=region, side=Side.CAF)
    cnaf = maker.person(f"cnaf@{DOMAIN}", Role.NATIONAL, side=Side.CAF)
    fcsf = maker.person(f"fcsf@{DOMAIN}", Role.NATIONAL, side=Side.FEDERATION)
    maker.person(f"comite-technique@{DOMAIN}", Role.COMITE_TECHNIQUE, side=Side.FEDERATION)
    for structure in structures[::10]:
        maker.person(f"suppleant-{structure.code.lower()}@{DOMAIN}", Role.SUPPLEANT, structure=structure)
    for region in Region.objects.filter(is_com=False).order_by("code"):
        maker.person(f"region-federation-{region.code}@{DOMAIN}", Role.REGIONAL, region=region, side=Side.FEDERATION)
    maker.save()
    return Cast(responsables, caf_people, federal_people, cnaf, fcsf)


def _codes(body: Caf | Federation) -> list[str]:
    return [departement.code for departement in body.departements.all()]


class _Maker:
    """Collects people and mandates, then writes them in bulk."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.password = make_password(DEMO_PASSWORD)
        self.users: list[User] = []
        self.mandates: list[Mandate] = []

    def person(self, email: str, role: Role, *, side: str = "", **scope: object) -> User:
        first = FIRST_NAMES[int(self.rng.integers(len(FIRST_NAMES)))]
        last = LAST_NAMES[int(self.rng.integers(len(LAST_NAMES)))]
        phone = f"01 99 00 {int(self.rng.integers(100)):02d} {int(self.rng.integers(100)):02d}"
        user = User(email=email, first_name=first, last_name=last, phone=phone, password=self.password)
        self.users.append(user)
        self.mandates.append(Mandate(user=user, role=role, side=side, **scope))
        return user

    def save(self) -> None:
        User.objects.bulk_create(self.users, batch_size=BATCH)
        for mandate in self.mandates:
            mandate.user_id = mandate.user.pk
        Mandate.objects.bulk_create(self.mandates, batch_size=BATCH)
        version = CharteVersion.objects.order_by("-number").first()
        if version is not None:
            now = clock.now()
            CharteAcceptance.objects.bulk_create(
                [CharteAcceptance(user=user, version=version, accepted_at=now) for user in self.users],
                batch_size=BATCH,
            )
