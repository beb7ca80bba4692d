"""True answers on identity, governance, staff and volunteers (rubriques A, B, C and G)."""

import numpy as np

from senacs.demo.draws import Draws, Ints
from senacs.demo.network import Network
from senacs.demo.sheet import Sheet


def fill_identity(sheet: Sheet, network: Network, draws: Draws) -> None:
    n = network
    sheet.put("fiche_exacte", draws.yes("fiche_exacte", 0.94))
    for row in ("nom", "adresse", "courriel", "site", "siret", "gestion", "agrement", "federation"):
        sheet.put(f"fiche_{row}", np.full(n.size, ""))
    sheet.put("fiche_telephone", np.full(n.size, "04 00 00 00 00"))
    status = {
        "associatif": "association_1901",
        "collectivite": "commune",
        "caf": "caf",
        "autre": "autre",
    }
    sheet.put("statut_juridique", np.array([status[g] for g in n.gestion]))
    periurban = draws.yes("periurbain", 0.2)
    sheet.put(
        "territoire_type", np.where(n.is_urban & ~periurban, "urbain", np.where(periurban, "periurbain", "rural"))
    )
    urban_size = draws.pick("taille", {"quartier": 0.25, "plusieurs_quartiers": 0.4, "commune": 0.35})
    rural_size = draws.pick("taille", {"commune": 0.3, "plusieurs_communes": 0.4, "intercommunalite": 0.3})
    sheet.put("territoire_taille", np.where(n.is_urban, urban_size, rural_size))
    sheet.put("territoire_communes", 2 + draws.count("territoire_communes", 7, 0.7, 0.0))
    sheet.put("population_zone", np.clip(np.rint(n.catchment * 1.003**draws.index), 400, 60_000))
    veille = draws.yes("veille", 0.06)
    sheet.put("geographie_prioritaire", np.where(n.in_qpv, "qpv", np.where(n.is_urban & veille, "veille", "aucune")))
    # A territory may hold a priority neighbourhood that the building is not in.
    covers = n.in_qpv | (n.is_urban & draws.yes("qpv_couvert", 0.2))
    sheet.put("qpv_nombre", np.where(covers, np.clip(draws.count("qpv_nombre", 1.3, 0.4, 0.0), 1, 6), 0))
    sheet.put("zfrr", draws.yes("zfrr", np.where(n.is_urban, 0.04, 0.55)))
    sheet.put("ctg", draws.yes("ctg", 0.9))
    cycle = (n.ids + 3) % 4
    started = sheet.year - (cycle + sheet.year) % 4
    sheet.put("agrement_familles", draws.yes("volet_familles", 0.97))
    sheet.put("projet_renouvele", started == sheet.year)
    for k, axis in enumerate(AXES, start=1):
        sheet.put(f"axe_{k}", np.array(axis)[np.abs(np.rint(draws.lasting(f"axe_{k}") * 1.4).astype(int)) % len(axis)])
    sheet.put_several("axes_themes", draws.several("axes_themes", AXIS_THEMES))
    several = draws.yes("multi_sites", 0.22)
    sheet.put("sites_nombre", 1 + np.maximum(draws.count("sites", 0.5, 0.8, 0.05), several))
    sheet.put("multi_sites", several)
    sheet.put("itinerante", draws.yes("itinerante", 0.06))
    sheet.put("gens_du_voyage", draws.yes("gens_du_voyage", 0.02))
    sheet.put_several(
        "federation_autre",
        draws.several(
            "federation_autre", {"familles_rurales": 0.08, "mjc": 0.06, "ligue_enseignement": 0.05}, at_least_one=False
        ),
    )
    sheet.put("locaux_accessibles", draws.pick("accessibles", {"totalite": 0.68, "partie": 0.24, "aucun": 0.08}))


def fill_governance(sheet: Sheet, network: Network, draws: Draws) -> None:
    n = network
    board = np.clip(draws.count("administrateurs", np.where(n.is_cs, 13, 9), 0.3, 0.06), 4, 60)
    sheet.parts("administrateurs", ("moins_26", "26_59", "60_plus", "age_nr"), board, (0.03, 0.55, 0.41, 0.01))
    sheet.parts("administrateurs", ("femmes", "hommes", "genre_nr"), board, (0.6, 0.4, 0.002))
    sheet.put("administrateurs_habitants", np.rint(board * draws.share("adm_hab", 0.72)))
    sheet.put("administrateurs_institutions", np.rint(board * draws.share("adm_inst", 0.12)))
    sheet.put("reunions_ca", np.clip(draws.count("reunions_ca", 7, 0.3), 2, 20))
    sheet.put("reunions_bureau", np.clip(draws.count("reunions_bureau", 9, 0.4), 2, 30))
    sheet.put("reunions_ag", 1 + draws.yes("ag_extra", 0.08).astype(int))
    sheet.put("ag_participants", np.clip(draws.count("ag_participants", board * 3.2, 0.4), board + 2, None))
    members = draws.count("adherents", np.where(n.is_cs, 520, 120), 0.6)
    families = np.clip(np.rint(members * draws.share("familles", 0.42, 0.3)), 4, None)
    sheet.put("adherents_individus", np.maximum(members, families))
    sheet.put("adherents_familles", families)
    sheet.put("adherents_associations", draws.count("adh_asso", np.where(n.is_cs, 9, 3), 0.7))
    sheet.put_several("instances_types", draws.several("instances_types", BODIES))
    sheet.put("groupes_habitants", draws.yes("groupes_habitants", 0.78))
    sheet.put("conseil_citoyen", draws.yes("conseil_citoyen", 0.45))


def fill_staff(sheet: Sheet, network: Network, draws: Draws) -> tuple[Ints, np.ndarray]:
    """Returns staff (persons) and ETP, from which the budget follows."""
    n = network
    staff = np.clip(np.rint(network.salaries_level(draws)), np.where(n.is_cs, 3, 0), 380).astype(np.int64)
    weights = np.where(n.is_cs[None, :], np.array(STAFF_CS)[:, None], np.array(STAFF_EVS)[:, None])
    people = draws.split("salaries", staff, list(weights))
    # A centre social has a director and, nearly always, a référent familles.
    people = _at_least_one(people, n.is_cs & (staff > 2), (0, 2))
    etp_cents = np.zeros(n.size, np.int64)
    for function, persons in zip(FUNCTIONS, people, strict=True):
        quota = draws.share(f"quotite.{function}", QUOTAS[function], 0.35, 0.1)
        etp = np.rint(persons * quota * 20).astype(np.int64) * 5  # to the nearest 0.05 ETP
        etp = np.where(persons > 0, np.maximum(etp, 5), 0)
        etp_cents += etp
        sheet.put(f"salaries_{function}", persons)
        sheet.put(f"etp_{function}", etp / 100)
    sheet.parts("contrats", CONTRACTS, staff, (0.66, 0.17, 0.05, 0.06, 0.05, 0.01))
    sheet.parts("salaries", ("femmes", "hommes", "genre_nr"), staff, (0.76, 0.24, 0.002))
    sheet.parts("salaries", ("moins_26", "26_59", "60_plus"), staff, (0.17, 0.75, 0.08))
    sheet.put("recrutements", draws.count("recrutements", staff * 0.17, 0.4, 0.3))
    sheet.put("departs", draws.count("departs", staff * 0.16, 0.4, 0.3))
    sheet.put("postes_vacants", np.clip(draws.count("vacants", staff * 0.03, 0.4, 0.5), 0, None))
    sheet.put("salaries_habitants", np.rint(staff * draws.share("sal_hab", 0.4)))
    temps = draws.count("vacataires", staff * 0.4, 0.7, 0.2)
    sheet.put("vacataires", temps)
    sheet.put("vacataires_journees", np.rint(temps * draws.level("journees", 17, 0.3)))
    association = {"alisfa": 0.62, "eclat": 0.3, "familles_rurales": 0.04, "autre": 0.04}
    agreement = draws.pick("convention", association)
    agreement = np.where(n.gestion == "collectivite", "fonction_publique", agreement)
    sheet.put("convention_collective", np.where(n.gestion == "caf", "securite_sociale", agreement))
    sheet.put("directeur_present", draws.yes("directeur", 0.95))
    sheet.put(
        "evs_coordination",
        np.where(staff == 0, "benevole", draws.pick("coordination", {"salarie": 0.55, "mixte": 0.45})),
    )
    diplomas = {"niveau_7": 0.28, "niveau_6": 0.5, "niveau_5": 0.12, "niveau_4": 0.05, "en_formation": 0.05}
    sheet.put("directeur_qualification", draws.pick("dir_qualif", diplomas))
    sheet.put("directeur_anciennete", np.clip(draws.count("dir_anciennete", 6, 0.8, 0.0) + draws.index, 0, 38))
    sheet.put("referent_familles", people[2] > 0)
    sheet.put("referent_familles_qualification", draws.pick("rf_qualif", diplomas))
    trained = np.rint(staff * draws.share("formation", 0.42))
    sheet.put("formation_salaries", trained)
    sheet.put("formation_heures", np.rint(trained * draws.level("heures_formation", 17, 0.3)))
    sheet.put("services_civiques", draws.count("services_civiques", np.where(n.is_cs, 1.2, 0.5), 0.7, 0.4))
    sheet.put("stagiaires", draws.count("stagiaires", np.where(n.is_cs, 5.5, 1.4), 0.5, 0.3))
    return staff, etp_cents / 100


def fill_volunteers(sheet: Sheet, network: Network, draws: Draws) -> None:
    n = network
    c = sheet.columns
    board = sum(c[f"administrateurs_{band}"] for band in ("moins_26", "26_59", "60_plus", "age_nr"))
    residents = board - c["administrateurs_institutions"]
    helpers = np.clip(draws.count("benevoles", np.where(n.is_cs, 46, 24), 0.55, 0.1), residents + 2, 900)
    regular, occasional = draws.split("benevoles_rythme", helpers, (0.55, 0.45))
    hours = draws.level("heures_benevole", 46, 0.35, 0.1)
    regular_hours, occasional_hours = np.rint(regular * hours * 1.4), np.rint(occasional * hours * 0.25)
    sheet.put("benevoles_reguliers", regular)
    sheet.put("benevoles_occasionnels", occasional)
    sheet.put("benevoles_heures_reguliers", regular_hours)
    sheet.put("benevoles_heures_occasionnels", occasional_hours)
    total_hours = regular_hours + occasional_hours
    governing = np.clip(np.rint(residents * draws.level("gouvernance", 1.15, 0.08, 0.02)), residents, helpers)
    sheet.put("benevoles_gouvernance", governing)
    sheet.put("benevoles_activite", helpers - np.rint(governing * 0.6))
    sheet.put("benevoles_heures_gouvernance", np.rint(total_hours * draws.share("h_gouv", 0.2, 0.2)))
    sheet.put("benevoles_heures_activite", total_hours - np.rint(total_hours * draws.share("h_gouv", 0.2, 0.2)))
    sheet.parts("benevoles", ("12_25", "26_59", "60_plus", "age_nr"), helpers, (0.11, 0.42, 0.44, 0.03))
    sheet.parts("benevoles", ("femmes", "hommes", "genre_nr"), helpers, (0.67, 0.33, 0.002))
    sheet.put("benevoles_nouveaux", np.rint(helpers * draws.share("nouveaux", 0.16, 0.3)))
    sheet.put("benevoles_formes", np.rint(helpers * draws.share("formes", 0.14, 0.4)))
    sheet.put("benevoles_habitants", np.rint(helpers * draws.share("hab", 0.8, 0.3)))
    sheet.put("benevoles_valorisation", np.rint(total_hours * 15 / 100) * 100)
    for body in BODIES:
        meetings = np.clip(draws.count(f"reunions.{body}", 5, 0.4), 1, 40)
        sheet.put(f"instance_reunions_{body}", meetings)
        sheet.put(f"instance_participants_{body}", np.clip(draws.count(f"participants.{body}", 14, 0.4), 3, 150))
    initiatives = draws.count("initiatives", np.where(n.is_cs, 6, 3.4), 0.6, 0.2)
    sheet.put("initiatives_habitants", initiatives)
    sheet.put("initiatives_personnes", np.rint(initiatives * draws.level("engages", 6, 0.3)))
    sheet.put("evenements_habitants", draws.count("evenements_hab", np.where(n.is_cs, 6, 3), 0.5, 0.2))
    sheet.put("projets_coconstruits", draws.count("coconstruits", np.where(n.is_cs, 4, 2), 0.6, 0.2))
    sheet.put("collectifs_habitants", draws.count("collectifs", 2, 0.6, 0.2))
    sheet.put("associations_creees", draws.count("asso_creees", 0.35, 0.8, 0.5))
    sheet.put("fonds_initiatives", draws.yes("fonds_initiatives", 0.27))
    steps = {"diagnostic": 0.85, "orientations": 0.7, "redaction": 0.3, "mise_en_oeuvre": 0.75, "evaluation": 0.55}
    sheet.put_several("projet_social_participation", draws.several("projet_social_participation", steps))
    levels = {"information": 0.12, "consultation": 0.3, "concertation": 0.4, "codecision": 0.18}
    sheet.put("participation_niveau", draws.pick("niveau", levels))
    sheet.put("expression_citoyenne", draws.yes("expression", 0.68))


def _at_least_one(people: list[Ints], where: np.ndarray, functions: tuple[int, ...]) -> list[Ints]:
    """Moves one person from the largest function to each of `functions` that has none."""
    table = np.stack(people)
    for function in functions:
        short = where & (table[function] == 0)
        donor = table.argmax(axis=0)
        columns = np.flatnonzero(short & (table.max(axis=0) > 1))
        table[donor[columns], columns] -= 1
        table[function, columns] += 1
    return list(table)


FUNCTIONS = (
    "direction",
    "accueil",
    "referent_familles",
    "animation",
    "petite_enfance",
    "administratif",
    "technique",
    "autres",
)
STAFF_CS = (0.06, 0.08, 0.055, 0.46, 0.14, 0.07, 0.1, 0.035)
STAFF_EVS = (0.16, 0.13, 1e-9, 0.52, 0.02, 0.08, 0.05, 0.04)
QUOTAS = {
    "direction": 0.93,
    "accueil": 0.68,
    "referent_familles": 0.88,
    "animation": 0.42,
    "petite_enfance": 0.7,
    "administratif": 0.68,
    "technique": 0.42,
    "autres": 0.45,
}
CONTRACTS = ("cdi", "cdd", "aides", "apprentis", "mis_a_disposition", "autres")
BODIES = {
    "comite_usagers": 0.34,
    "commissions": 0.5,
    "groupes_travail": 0.55,
    "conseil_maison": 0.16,
    "conseil_jeunes": 0.22,
    "comite_projet": 0.4,
    "autre": 0.06,
}
AXIS_THEMES = {
    "parentalite": 0.82,
    "enfance": 0.45,
    "jeunesse": 0.7,
    "vieillissement": 0.5,
    "citoyennete": 0.72,
    "acces_droits": 0.6,
    "numerique": 0.42,
    "insertion": 0.28,
    "sante": 0.33,
    "culture": 0.44,
    "lutte_exclusions": 0.55,
    "ecologie": 0.3,
    "intergenerationnel": 0.35,
    "autre": 0.08,
}
AXES = (
    ("Accompagner les familles", "Soutenir la parentalité", "Renforcer le lien parents-enfants"),
    ("Favoriser l’implication des habitants", "Développer le pouvoir d’agir", "Faire vivre la participation"),
    ("Lutter contre l’isolement", "Aller vers les habitants", "Favoriser l’accès aux droits"),
    ("Accompagner la jeunesse", "Créer du lien entre les générations", "Agir pour la transition écologique"),
    ("Animer le territoire avec les partenaires", "Améliorer le cadre de vie", "Promouvoir la culture pour tous"),
)
