"""True answers on publics, activities, partnerships and the yearly modules (rubriques E, F, H, M1, M2)."""

import numpy as np

from senacs.demo.draws import Draws, Floats, Ints
from senacs.demo.network import Network
from senacs.demo.sheet import Sheet

AGES = ("0_6", "7_10", "11_14", "15_17", "18_25", "26_59", "60_74", "75_plus", "age_nr")
AGE_SHARES = (0.12, 0.15, 0.12, 0.06, 0.06, 0.29, 0.13, 0.05, 0.02)
WEEK = {
    "lundi": 0.85,
    "mardi": 0.95,
    "mercredi": 0.98,
    "jeudi": 0.95,
    "vendredi": 0.93,
    "samedi": 0.3,
    "dimanche": 0.02,
}
SECTORS = {"enfance": 0.3, "jeunesse": 0.16, "famille": 0.14, "adultes": 0.2, "seniors": 0.12, "tous_publics": 0.08}


def fill_publics(sheet: Sheet, network: Network, draws: Draws) -> Ints:
    """Returns unique participants, from which activities follow."""
    n = network
    for day, open_share in WEEK.items():
        hours = np.clip(draws.level(f"heures.{day}", np.where(n.is_cs, 7.5, 5.5), 0.2, 0.02), 2, 12)
        is_open = draws.yes(f"ouvert.{day}", np.where(n.is_cs, open_share, open_share * 0.75))
        sheet.put(f"ouverture_heures_{day}", np.where(is_open, np.rint(hours * 4) / 4, 0))
        opens = np.where(draws.yes(f"ouvre_tot.{day}", 0.6), 9, 9.5)
        # An hour and a half at noon, closed to the public; some days end in the evening.
        pause = np.where(draws.yes(f"pause.{day}", 0.8), 1.5, 0) + 1.5 * draws.yes(f"soir.{day}", 0.25)
        closes = np.minimum(opens + sheet.columns[f"ouverture_heures_{day}"] + pause, 23)
        sheet.put(f"ouverture_debut_{day}", np.where(is_open, opens, 0))
        sheet.put(f"ouverture_fin_{day}", np.where(is_open, closes, 0))
    sheet.put("semaines_ouverture", np.clip(np.rint(47 + 2 * draws.lasting("semaines")), 30, 52))
    sheet.put("ouverture_vacances", draws.pick("vacances_ouv", {"toutes": 0.35, "partie": 0.58, "non": 0.07}))
    size = np.exp(0.4 * draws.lasting("size"))
    unique = np.clip(draws.count("uniques", np.where(n.is_cs, 640, 210) * size, 0.45, 0.08), 40, 12_000)
    unique = np.minimum(unique, np.rint(n.catchment * 0.7).astype(np.int64))
    visits = np.rint(unique * draws.level("passages", np.where(n.is_cs, 9, 6), 0.45))
    sheet.put("passages_accueil", visits)
    methods = {"comptage": 0.3, "echantillon": 0.3, "estimation": 0.4}
    sheet.put("passages_methode", draws.pick("methode", methods))
    sheet.put("personnes_touchees", np.maximum(np.rint(unique * draws.level("touchees", 2.1, 0.25)), unique))
    sheet.put("participants_uniques", unique)
    sheet.put("participants_nouveaux", np.rint(unique * draws.share("nouveaux_p", 0.24, 0.3)))
    old = np.array([1.0] * 5 + [1.0] + [1.02, 1.03] + [1.0]) ** draws.index
    weights = [share * factor for share, factor in zip(AGE_SHARES, old, strict=True)]
    sheet.parts("participants", AGES, unique, weights)
    sheet.parts("participants", ("femmes", "hommes", "genre_nr"), unique, (0.6, 0.39, 0.01))
    bands = ("qf_0_400", "qf_401_700", "qf_701_1000", "qf_1001_1500", "qf_1501_plus", "qf_nr")
    sheet.parts("participants", bands, unique, (0.17, 0.22, 0.16, 0.11, 0.08, 0.26))
    living = (np.where(n.in_qpv, 0.52, 0.06), np.where(n.in_qpv, 0.4, 0.86), 0.08)
    sheet.parts("participants", ("qpv", "hors_qpv", "residence_nr"), unique, living)
    sheet.parts("participants", ("zone", "hors_zone", "origine_nr"), unique, (0.77, 0.18, 0.05))
    sheet.put("associations_hebergees", draws.count("asso_heb", np.where(n.is_cs, 8.5, 3), 0.7))
    sheet.put("permanences_partenaires", draws.count("permanences", np.where(n.is_cs, 4, 1.2), 0.6))
    sheet.put("publics_heberges", draws.count("publics_heb", np.where(n.is_cs, 420, 60), 0.8, 0.2))
    free = {
        "espace_convivial": 0.8,
        "espace_numerique": 0.74,
        "espace_lecture": 0.5,
        "espace_parents": 0.4,
        "jardin": 0.38,
        "boutique": 0.2,
        "autre": 0.08,
    }
    sheet.put_several("acces_libre", draws.several("acces_libre", free))
    return unique


def fill_activities(sheet: Sheet, network: Network, draws: Draws, unique: Ints) -> None:
    n = network
    _fill_sectors(sheet, draws, unique)
    for rhythm, in_cs, in_evs in (("regulieres", 26, 10), ("ponctuelles", 30, 12), ("projets", 9, 4)):
        number = draws.count(rhythm, np.where(n.is_cs, in_cs, in_evs), 0.5)
        sheet.put(f"activites_{rhythm}_secteurs", number)
        sheet.parts(f"activites_{rhythm}", tuple(SECTORS), number, tuple(SECTORS.values()))
    domains = {
        "petite_enfance": 0.6,
        "enfance": 0.8,
        "jeunes": 0.75,
        "parentalite": 0.85,
        "bien_vieillir": 0.6,
        "lutte_exclusion": 0.75,
        "culture": 0.85,
        "bien_etre": 0.75,
        "sport": 0.5,
        "cadre_de_vie": 0.45,
        "citoyennete": 0.65,
        "egalite": 0.4,
        "autre": 0.06,
    }
    sheet.put_several("domaines_action", draws.several("domaines_action", domains))
    cs = n.is_cs
    sheet.put("eaje", draws.yes("eaje", 0.24))
    places = np.clip(draws.count("eaje_places", 24, 0.4, 0.02), 8, 90)
    sheet.put("eaje_places", places)
    sheet.put("eaje_enfants", np.rint(places * draws.level("eaje_rotation", 2.4, 0.2)))
    sheet.put("alsh", draws.yes("alsh", np.where(cs, 0.74, 0.22)))
    _fill_alsh(sheet, draws)
    sheet.put("clas", draws.yes("clas", np.where(cs, 0.66, 0.25)))
    for level, median in (("primaire", 24), ("college", 13), ("lycee", 2)):
        sheet.put(f"clas_{level}", np.clip(draws.count(f"clas.{level}", median, 0.5), 0, 300))
    sheet.put("clas_parents", draws.count("clas_parents", 22, 0.5))
    volunteers = sheet.columns["benevoles_reguliers"] + sheet.columns["benevoles_occasionnels"]
    sheet.put("clas_benevoles", np.minimum(draws.count("clas_benevoles", 6, 0.6), volunteers))
    sheet.put("clas_seances", np.clip(draws.count("clas_seances", 90, 0.3), 20, 300))
    sheet.put("asl", draws.yes("asl", np.where(cs, np.where(n.is_urban, 0.68, 0.35), 0.25)))
    # Learners and their volunteers are among the participants and the volunteers of the structure.
    learners = np.minimum(np.clip(draws.count("asl_participants", 42, 0.6), 6, 600), unique)
    sheet.put("asl_participants", learners)
    sheet.put("asl_heures", np.rint(learners * draws.level("asl_h", 8, 0.4)))
    sheet.put("asl_benevoles", np.minimum(draws.count("asl_benevoles", 6, 0.6), volunteers))
    sheet.put("laep", draws.yes("laep", np.where(cs, 0.3, 0.1)))
    children = np.clip(draws.count("laep_enfants", 62, 0.5), 8, 500)
    sheet.put("laep_enfants", children)
    sheet.put("laep_adultes", np.rint(children * draws.share("laep_a", 0.85, 0.3)))
    sittings = np.clip(draws.count("laep_seances", 68, 0.4), 15, 300)
    sheet.put("laep_seances", sittings)
    sheet.put("laep_heures", sittings * 3)
    _fill_topics(sheet, network, draws)


def _fill_sectors(sheet: Sheet, draws: Draws, unique: Ints) -> None:
    """People by sector, within the age bands that they belong to; together at least everybody, some of them twice."""
    c = sheet.columns
    bands = {
        "enfance": c["participants_0_6"] + c["participants_7_10"] + c["participants_11_14"] // 2,
        "jeunesse": c["participants_11_14"] // 2 + c["participants_15_17"] + c["participants_18_25"],
        "seniors": c["participants_60_74"] + c["participants_75_plus"],
    }
    people: dict[str, Ints] = {}
    for sector, share in SECTORS.items():
        drawn = np.rint(unique * draws.share(f"part.{sector}", share * 1.15, 0.35, 0.08)).astype(np.int64)
        ceiling = np.rint(bands[sector] * draws.share(f"bande.{sector}", 0.9, 0.3)) if sector in bands else unique
        people[sector] = np.minimum(drawn, np.asarray(ceiling, np.int64))
    everybody = np.rint(unique * draws.level("double compte", 1.12, 0.04, 0.02)).astype(np.int64)
    short = np.maximum(everybody - sum(people.values()), 0)
    people["adultes"] = np.minimum(people["adultes"] + short // 2, unique)
    people["tous_publics"] = np.minimum(people["tous_publics"] + short - short // 2, unique)
    for sector, persons in people.items():
        sessions = np.maximum(np.rint(persons * draws.level(f"seances.{sector}", 1.3, 0.4)), np.minimum(persons, 12))
        attendance = np.rint(sessions * np.minimum(draws.level(f"presence.{sector}", 9, 0.25, 0.05), persons * 0.8))
        sheet.put(f"participants_{sector}", persons)
        sheet.put(f"seances_{sector}", sessions)
        sheet.put(f"heures_{sector}", np.rint(sessions * draws.level(f"duree.{sector}", 2.2, 0.15, 0.03)))
        sheet.put(f"participations_{sector}", np.maximum(attendance, persons))


def _fill_alsh(sheet: Sheet, draws: Draws) -> None:
    days = {"vacances": 62, "mercredis": 34, "periscolaire": 136, "jeunes": 75}
    children = np.zeros(draws.size)
    for period, usual_days in days.items():
        runs = draws.yes(
            f"alsh.{period}", {"vacances": 0.97, "mercredis": 0.82, "periscolaire": 0.28, "jeunes": 0.45}[period]
        )
        places = np.where(runs, np.clip(draws.count(f"alsh_p.{period}", 46, 0.5, 0.05), 8, 400), 0)
        opened = np.where(runs, np.clip(np.rint(draws.level(f"alsh_j.{period}", usual_days, 0.12, 0.03)), 5, 150), 0)
        enrolled = np.where(runs, np.rint(places * draws.level(f"alsh_e.{period}", 2.4, 0.2)), 0)
        daily = {"periscolaire": 2.5, "mercredis": 8, "vacances": 8.5, "jeunes": 6}[period]
        hours = np.rint(places * opened * daily * draws.share(f"alsh_o.{period}", 0.78, 0.25))
        for column, values in (("places", places), ("jours", opened), ("enfants", enrolled), ("heures", hours)):
            sheet.put(f"alsh_{column}_{period}", values)
        children = np.maximum(children, enrolled) + np.where(runs, 0.2 * enrolled, 0)
    largest = np.max([sheet.columns.get(f"alsh_enfants_{p}", np.zeros(draws.size)) for p in days], axis=0)
    young = sum(sheet.columns[f"participants_{band}"] for band in ("0_6", "7_10", "11_14", "15_17"))
    fits = np.minimum(1, young * 0.9 / np.maximum(children, 1))
    for period in days:
        for column in ("enfants", "places", "heures"):
            code = f"alsh_{column}_{period}"
            sheet.put(code, np.floor(sheet.columns[code] * fits))
    sheet.put("alsh_enfants_uniques", np.maximum(np.rint(children * 0.9), largest) * fits)


def _fill_topics(sheet: Sheet, network: Network, draws: Draws) -> None:
    cs = network.is_cs
    topics = {
        "parentalite": (0.86, 0.62),
        "numerique": (0.68, 0.5),
        "acces_droits": (0.82, 0.55),
        "insertion": (0.5, 0.3),
        "sante": (0.62, 0.4),
        "vacances": (0.6, 0.25),
        "aller_vers": (0.78, 0.6),
    }
    for topic, (in_cs, in_evs) in topics.items():
        sheet.put(topic, draws.yes(topic, np.where(cs, in_cs, in_evs)))

    def people(code: str, in_cs: float, in_evs: float, spread: float = 0.6) -> Floats:
        return np.maximum(draws.count(code, np.where(cs, in_cs, in_evs), spread), 1)

    for code, in_cs, in_evs in (
        ("parentalite_actions", 12, 6),
        ("parentalite_parents", 75, 30),
        ("parentalite_enfants", 80, 32),
        ("numerique_personnes", 85, 35),
        ("numerique_ateliers", 38, 16),
        ("numerique_postes", 4, 2),
        ("droits_informes", 260, 80),
        ("insertion_actions", 6, 3),
        ("insertion_personnes", 45, 16),
        ("sante_actions", 9, 4),
        ("sante_personnes", 85, 30),
        ("vacances_sejours", 4, 2),
        ("vacances_familles", 12, 5),
        ("vacances_jeunes", 14, 4),
        ("vacances_seniors", 9, 5),
    ):
        sheet.put(code, people(code, in_cs, in_evs))
    sheet.put(
        "vacances_personnes_familles", np.rint(people("vacances_familles", 12, 5) * draws.level("fam", 3.6, 0.08, 0.02))
    )
    sheet.put("droits_accompagnes", np.rint(people("droits_informes", 260, 80) * draws.share("acc", 0.42, 0.35)))
    sheet.put("numerique_conseiller", draws.yes("conseiller", 0.36))
    sheet.put("france_services", draws.yes("france_services", 0.11))
    forms = {
        "pieds_immeuble": 0.62,
        "itinerance": 0.25,
        "porte_a_porte": 0.28,
        "visites": 0.25,
        "lieux_partenaires": 0.68,
        "autre": 0.06,
    }
    sheet.put_several("aller_vers_formes", draws.several("aller_vers_formes", forms))
    for row, sessions, persons in (("hors_murs", 34, 11), ("distance", 20, 6), ("evenements", 8, 60)):
        number = people(f"{row}_seances", sessions, sessions * 0.4)
        sheet.put(f"{row}_seances", number)
        sheet.put(f"{row}_heures", np.rint(number * draws.level(f"{row}_h", 3, 0.2)))
        sheet.put(f"{row}_personnes", np.rint(number * draws.level(f"{row}_p", persons, 0.4)))


def fill_partners(sheet: Sheet, network: Network, draws: Draws) -> None:
    kinds = {
        "commune": (1.5, 0.6),
        "epci": (0.6, 0.5),
        "departement": (0.8, 0.9),
        "etat": (0.7, 0.5),
        "caf": (1.3, 0.4),
        "education": (1.6, 3.2),
        "petite_enfance": (0.6, 1.2),
        "sante": (0.9, 2.1),
        "emploi": (0.7, 1.6),
        "culture_sport": (1.2, 3),
        "habitat": (0.7, 0.8),
        "animation": (0.6, 1.6),
        "associations": (2.1, 6.5),
        "entreprises": (0.2, 1),
        "autres": (0.2, 0.5),
    }
    scale = np.where(network.is_cs, 1.0, 0.55)
    formal = np.zeros(network.size)
    for kind, (formalised, informal) in kinds.items():
        with_convention = draws.count(f"formalises.{kind}", formalised * scale, 0.6, 0.1)
        formal += with_convention
        sheet.put(f"partenaires_formalises_{kind}", with_convention)
        sheet.put(f"partenaires_non_formalises_{kind}", draws.count(f"informels.{kind}", informal * scale, 0.6, 0.1))
    sheet.put("conventions_nombre", np.rint(formal * draws.share("conventions", 0.93, 0.3)))
    networks = {
        "federation": 0.55,
        "parentalite": 0.62,
        "jeunesse": 0.4,
        "gerontologique": 0.26,
        "sante": 0.3,
        "numerique": 0.22,
        "ville": 0.3,
        "insertion": 0.2,
        "ess": 0.1,
        "autre": 0.06,
    }
    sheet.put_several("reseaux", draws.several("reseaux", networks))
    sheet.put("coordination_animee", draws.yes("coord_animee", 0.33))
    sheet.put("ctg_participation", draws.yes("ctg_part", 0.66))
    sheet.put("contrat_ville_participation", draws.yes("cv_part", 0.74))


def fill_modules(sheet: Sheet, network: Network, draws: Draws) -> None:
    cs = network.is_cs
    place = {"axe": 0.26, "actions": 0.5, "non": 0.24}

    def some(code: str, in_cs: float, in_evs: float, spread: float = 0.6) -> Ints:
        return draws.count(code, np.where(cs, in_cs, in_evs), spread)

    sheet.put("te_axe", draws.pick("te_axe", place))
    actions = {
        "jardin": 0.5,
        "alimentation": 0.52,
        "reemploi": 0.5,
        "energie": 0.35,
        "mobilite": 0.22,
        "biodiversite": 0.28,
        "achats_groupes": 0.18,
        "debats": 0.3,
        "autre": 0.05,
    }
    sheet.put_several("te_actions_types", draws.several("te_actions_types", actions))
    for code, in_cs, in_evs in (
        ("te_actions", 9, 6),
        ("te_participants", 70, 38),
        ("te_benevoles", 6, 5),
        ("te_partenaires", 3.5, 2.4),
        ("te_precarite", 6, 2),
        ("te_salaries_formes", 1.6, 0.8),
        ("li_actions", 8, 5),
        ("li_seances", 26, 14),
        ("li_participants_jeunes", 34, 15),
        ("li_participants_adultes", 26, 13),
        ("li_participants_aines", 30, 16),
        ("li_benevoles_jeunes", 1.6, 1),
        ("li_benevoles_adultes", 3.4, 2.4),
        ("li_benevoles_aines", 5, 3.4),
        ("li_isolement", 9, 5),
    ):
        sheet.put(code, some(code, in_cs, in_evs))
    _bound_modules(sheet)
    sheet.put("te_groupe_habitants", draws.yes("te_groupe", 0.34))
    ways = {"tri": 0.8, "achats": 0.5, "batiment": 0.4, "deplacements": 0.22, "numerique": 0.18, "alimentation": 0.4}
    sheet.put_several("te_fonctionnement", draws.several("te_fonctionnement", ways))
    sheet.put("te_diagnostic", draws.yes("te_diagnostic", 0.28))
    energy = np.rint(draws.level("energie", np.where(cs, 11_500, 2_800), 0.5))
    sheet.put("te_depenses_energie", np.minimum(energy, np.floor(sheet.columns["charges_locaux"] * 0.6)))
    for module in ("te", "li"):
        funded = draws.yes(f"{module}_finance", 0.42)
        sheet.put(
            f"{module}_financement", np.where(funded, np.rint(draws.level(f"{module}_eur", 5_200, 0.7) / 100) * 100, 0)
        )
    brakes = {"temps": 0.5, "competences": 0.3, "financements": 0.52, "locaux": 0.33, "interet": 0.2, "aucun": 0.08}
    sheet.put_several("te_freins", draws.several("te_freins", brakes))
    sheet.put("li_axe", draws.pick("li_axe", {"axe": 0.3, "actions": 0.52, "non": 0.18}))
    together = {
        "transmission": 0.45,
        "memoire": 0.22,
        "lecture": 0.4,
        "numerique": 0.22,
        "cuisine_jardin": 0.52,
        "culture": 0.42,
        "sorties": 0.62,
        "visites": 0.2,
        "autre": 0.05,
    }
    sheet.put_several("li_actions_types", draws.several("li_actions_types", together))
    partners = {
        "ehpad": 0.5,
        "ecoles": 0.5,
        "petite_enfance": 0.3,
        "associations": 0.42,
        "ccas": 0.4,
        "caisses": 0.3,
        "autre": 0.05,
    }
    sheet.put_several("li_partenaires", draws.several("li_partenaires", partners))
    sheet.put("li_lieu", draws.yes("li_lieu", 0.3))
    sheet.put("li_habitat", draws.yes("li_habitat", 0.12))
    obstacles = {
        "mobilisation": 0.52,
        "transports": 0.26,
        "temps": 0.45,
        "financements": 0.4,
        "locaux": 0.25,
        "aucun": 0.1,
    }
    sheet.put_several("li_freins", draws.several("li_freins", obstacles))


def _bound_modules(sheet: Sheet) -> None:
    """Volunteers of a module are among the volunteers; an action takes at least one session."""
    c = sheet.columns
    if "li_actions" not in c:
        return
    sheet.put("li_seances", np.maximum(c["li_seances"], c["li_actions"]))
    for band, among in (("jeunes", "12_25"), ("adultes", "26_59"), ("aines", "60_plus")):
        sheet.put(f"li_benevoles_{band}", np.minimum(c[f"li_benevoles_{band}"], c[f"benevoles_{among}"]))
    volunteers = c["benevoles_reguliers"] + c["benevoles_occasionnels"]
    sheet.put("te_benevoles", np.minimum(c["te_benevoles"], volunteers))
