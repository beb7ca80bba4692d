"""The fictitious register: names, communes, gestion, drawn so that the totals resemble the published ones.

Written as a CSV with the small faults of real lists and read back through `import_structures`: the demonstration
passes through the same door as a real network's list. Shares: centres sociaux 78 % urban and 70 % associative,
about half of the urban ones in QPV (published figures of 2017 to 2024); EVS more rural and more associative.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from senacs.demo.words import FAMILY_NAMES, PLACES
from senacs.lib.csv_files import as_given
from senacs.lib.text import without_accents
from senacs.territories.models import Commune, PostalCode

PAYS_BASQUE = "200067106"  # an EPCI that two Caf share: a list names the one it means
URBAN_FROM = 5_000  # inhabitants of the commune; a stand-in for the density grid, which is not loaded
KIND_SHARES = (("CS", 2_410), ("EVS", 1_690))
COLUMNS = (
    "Nom;Type;Adresse;CP;Ville;N° SIRET;Adresse mail;Site internet;Téléphone;Date du 1er agrément;"
    "Population de la zone de compétence;Mode de gestion;Gestionnaire;Type de territoire;"
    "Taille du territoire;Géographie prioritaire;Adhérent FCSF;Multi-sites;Itinérante;Gens du voyage;Caf"
).split(";")


@dataclass(frozen=True)
class DemoPlace:
    code: str
    name: str
    departement: str
    population: int
    postal_code: str
    epci: str

    @property
    def is_urban(self) -> bool:
        return self.population >= URBAN_FROM


def places() -> list[DemoPlace]:
    """Every present commune and municipal arrondissement that has inhabitants and a postcode, in code order."""
    postcodes: dict[str, str] = {}
    for code, commune in PostalCode.objects.order_by("-code").values_list("code", "commune_id"):
        postcodes[commune] = code
    divided = set(Commune.objects.filter(parent__isnull=False).values_list("parent_id", flat=True))
    rows = Commune.objects.filter(population__gt=0, departement__is_com=False).order_by("code")
    return [
        DemoPlace(code, name, departement, population or 0, postcodes[code], epci or "")
        for code, name, departement, population, epci in rows.values_list(
            "code", "name", "departement_id", "population", "epci_id"
        )
        if code in postcodes and code not in divided
    ]


def write_register(path: Path, *, structures: int, seed: int) -> int:
    """Writes the CSV of `structures` fictitious structures; the same seed gives the same bytes. Returns the count."""
    rng = np.random.default_rng(seed)
    everywhere = places()
    rows: list[list[str]] = []
    used: set[tuple[str, str]] = set()
    weight_of_all = sum(share for _, share in KIND_SHARES)
    for kind, share in KIND_SHARES:
        count = round(structures * share / weight_of_all)
        for place in _draw_places(rng, everywhere, kind, count):
            rows.append(_row(rng, kind, place, used))
    content = as_given([COLUMNS, *rows], delimiter=";", line_end="\r\n")
    path.write_text(content, encoding="utf-8-sig", newline="")
    return len(rows)


def _draw_places(rng: np.random.Generator, everywhere: list[DemoPlace], kind: str, count: int) -> list[DemoPlace]:
    """Département by population (each at least a few), then urban or rural commune by population."""
    by_departement: dict[str, list[DemoPlace]] = {}
    for place in everywhere:
        by_departement.setdefault(place.departement, []).append(place)
    codes = sorted(by_departement)
    inhabitants = np.array([sum(p.population for p in by_departement[code]) for code in codes], float)
    weights = inhabitants**0.85
    floor = min(4.0, count / len(codes) / 2)
    expected = floor + (count - floor * len(codes)) * weights / weights.sum()
    quotas = np.floor(expected).astype(int)
    for index in np.argsort(-(expected - quotas), kind="stable")[: count - quotas.sum()]:
        quotas[index] += 1
    drawn: list[DemoPlace] = []
    urban_share = 0.78 if kind == "CS" else 0.56
    for code, quota in zip(codes, quotas, strict=True):
        urban = [p for p in by_departement[code] if p.is_urban]
        rural = [p for p in by_departement[code] if not p.is_urban and p.population >= 300]
        n_urban = int(rng.binomial(quota, urban_share)) if urban and rural else (quota if urban else 0)
        for pool, number, power in ((urban, n_urban, 0.9), (rural, quota - n_urban, 0.7)):
            if number:
                weight = np.array([p.population for p in pool], float) ** power
                chosen = rng.choice(len(pool), size=number, p=weight / weight.sum())
                drawn.extend(pool[i] for i in sorted(chosen))
    return drawn


def _row(rng: np.random.Generator, kind: str, place: DemoPlace, used: set[tuple[str, str]]) -> list[str]:
    name = _name(rng, kind, place, used)
    gestion = _pick(
        rng,
        {"Associatif": 0.70, "Collectivité locale": 0.23, "Caf (gestion directe)": 0.04, "Autres": 0.03}
        if kind == "CS"
        else {"Associatif": 0.80, "Collectivité locale": 0.15, "Autres": 0.05},
    )
    if kind == "CS":
        first = date(1965, 1, 1) + timedelta(days=int(rng.beta(2.0, 1.3) * 365.25 * 59))
    else:
        first = date(2003, 1, 1) + timedelta(days=int(rng.beta(2.2, 1.1) * 365.25 * 21.8))
    in_qpv = place.is_urban and rng.random() < (0.50 if kind == "CS" else 0.34)
    runner = {
        "Associatif": f"Association {name}",
        "Collectivité locale": f"Commune de {place.name}",
        "Caf (gestion directe)": f"Caf – {place.departement}",
        "Autres": f"Mutualité et solidarité – {place.departement}",
    }[gestion]
    catchment = int(np.clip(place.population * rng.uniform(0.2, 0.9), 400, 45_000))
    slug = without_accents(name).lower().replace("'", "").replace("’", "").replace(" ", "-")[:40].strip("-")
    website = f"www.{slug}.demo.invalid" if rng.random() < 0.5 else ""
    return [
        name,
        _pick(rng, {"CSX": 0.5, "Centre social": 0.5} if kind == "CS" else {"EVS": 0.6, "Espace de vie sociale": 0.4}),
        f"{int(rng.integers(1, 120))} rue {FAMILY_NAMES[int(rng.integers(len(FAMILY_NAMES)))]}",
        place.postal_code.lstrip("0") if rng.random() < 0.3 else place.postal_code,
        _typed_commune(rng, place.name),
        _siret(rng) if rng.random() < 0.85 else "",
        f"contact@{slug}.demo.invalid",
        website,
        f"01 99 00 {int(rng.integers(100)):02d} {int(rng.integers(100)):02d}",
        f"{first:%d/%m/%Y}",
        str(catchment) if rng.random() < 0.92 else "",
        gestion,
        runner,
        "Un espace à dominante urbaine" if place.is_urban else "Un espace à dominante rurale",
        _pick(
            rng,
            {"Un quartier": 0.25, "Plusieurs quartiers": 0.4, "Une commune": 0.35}
            if place.is_urban
            else {"Une commune": 0.3, "Plusieurs communes": 0.4, "Intercommunalité": 0.3},
        ),
        "Votre structure est située sur un quartier prioritaire de la Politique de la Ville (QPV)"
        if in_qpv
        else "Vous n’êtes pas concerné par cette question",
        "Oui" if rng.random() < (0.55 if kind == "CS" else 0.15) else "Non",
        "Oui" if rng.random() < 0.2 else "Non",
        "Oui" if rng.random() < (0.03 if kind == "CS" else 0.1) else "Non",
        "Oui" if rng.random() < 0.01 else "Non",
        "64-PBS" if place.epci == PAYS_BASQUE else "",
    ]


def _name(rng: np.random.Generator, kind: str, place: DemoPlace, used: set[tuple[str, str]]) -> str:
    """A name not used yet in the commune, whatever the kind: near names would be reported as duplicates."""
    templates = (
        ("Centre social {}", "Centre socioculturel {}", "Espace social {}", "Maison de quartier {}")
        if kind == "CS"
        else ("Espace de vie sociale {}", "EVS {}", "Café associatif {}", "Maison des habitants {}")
    )
    pool = [w for w in PLACES if (place.code, w) not in used] or [f"{w} {place.name}" for w in PLACES]
    word = pool[int(rng.integers(len(pool)))]
    used.add((place.code, word))
    return templates[int(rng.integers(len(templates)))].format(word)


def _typed_commune(rng: np.random.Generator, name: str) -> str:
    """As people type it: mostly right, sometimes in capitals without accents, « St » for « Saint »."""
    roll = rng.random()
    if roll < 0.12:
        return without_accents(name).upper()
    if roll < 0.2:
        return name.replace("Saint-", "St ").replace("Sainte-", "Ste ")
    return name


def _siret(rng: np.random.Generator) -> str:
    """A number that no establishment has (its SIREN starts with 000), with a right check digit (Luhn)."""
    body = [0, 0, 0, *(int(d) for d in rng.integers(0, 10, 10))]
    doubled = sum(sum(divmod(2 * d, 10)) for d in body[::-1][::2]) + sum(body[::-1][1::2])
    digits = "".join(str(d) for d in [*body, -doubled % 10])
    return f"{digits[:3]} {digits[3:6]} {digits[6:9]} {digits[9:]}" if rng.random() < 0.1 else digits


def _pick(rng: np.random.Generator, shares: dict[str, float]) -> str:
    options = list(shares)
    return options[int(rng.choice(len(options), p=np.array(list(shares.values())) / sum(shares.values())))]
