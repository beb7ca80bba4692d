"""True answers on budget and funders (rubrique D)."""

import numpy as np

from senacs.demo.draws import Draws, Floats, Ints
from senacs.demo.network import Network
from senacs.demo.sheet import Sheet

# Rates and ceilings of the prestations de service move slowly; these are orders of magnitude, in euros of 2021.
PS_AGC = 68_000
PS_ACF = 23_500
PS_AL = 24_000
SHARES_CS = {
    "caf_ps_autres": 0.11,
    "caf_dotation": 0.03,
    "caf_fonds_locaux": 0.04,
    "financement_commune": 0.30,
    "financement_epci": 0.04,
    "financement_departement": 0.045,
    "financement_region": 0.008,
    "financement_etat": 0.055,
    "financement_etat_emploi": 0.03,
    "financement_europe": 0.006,
    "financement_organismes_sociaux": 0.012,
    "financement_fondations": 0.008,
    "recettes_cotisations": 0.018,
    "recettes_usagers": 0.11,
    "recettes_ventes": 0.02,
    "autres_produits": 0.035,
}
SHARES_EVS = {
    "caf_ps_autres": 0.06,
    "caf_dotation": 0.05,
    "caf_fonds_locaux": 0.07,
    "financement_commune": 0.22,
    "financement_epci": 0.05,
    "financement_departement": 0.05,
    "financement_region": 0.012,
    "financement_etat": 0.08,
    "financement_etat_emploi": 0.05,
    "financement_europe": 0.006,
    "financement_organismes_sociaux": 0.015,
    "financement_fondations": 0.03,
    "recettes_cotisations": 0.035,
    "recettes_usagers": 0.08,
    "recettes_ventes": 0.05,
    "autres_produits": 0.03,
}
RARE = {
    "caf_dotation": 0.7,
    "financement_epci": 0.45,
    "financement_region": 0.3,
    "financement_europe": 0.12,
    "financement_fondations": 0.45,
    "financement_organismes_sociaux": 0.4,
}


def fill_money(sheet: Sheet, network: Network, draws: Draws, staff: Ints, etp: Floats) -> None:
    """The budget follows the work done; parts of funders add up to it exactly."""
    n = network
    inflation = 1.025**draws.index
    per_etp = draws.level("cout_etp", np.where(n.is_cs, 40_500, 34_000), 0.16, 0.03) * inflation
    fixed = draws.level("fixe", np.where(n.is_cs, 46_000, 21_000), 0.4, 0.05) * inflation
    budget = np.rint(etp * per_etp + fixed).astype(np.int64)
    ps = {
        "caf_agc": np.where(n.is_cs, np.minimum(PS_AGC * inflation, budget * 0.3), 0),
        "caf_acf": np.where(n.is_cs & (sheet.columns["salaries_referent_familles"] > 0), PS_ACF * inflation, 0),
        "caf_al": np.where(
            n.is_cs, 0, np.minimum(PS_AL * inflation * draws.level("al", 0.9, 0.08, 0.02), budget * 0.5)
        ),
    }
    ps = {code: np.rint(np.minimum(amount, budget * 0.5)).astype(np.int64) for code, amount in ps.items()}
    rest = budget - sum(ps.values())
    weights = [
        np.where(n.is_cs, SHARES_CS[code], SHARES_EVS[code])
        * np.where(draws.yes(f"a.{code}", RARE.get(code, 0.97)), 1 / RARE.get(code, 1), 1e-12)
        for code in SHARES_CS
    ]
    for code, amount in ps.items():
        sheet.put(code, amount)
    for code, part in zip(SHARES_CS, draws.split("financements", rest, weights, 0.55), strict=True):
        sheet.put(code, part)
    sheet.put("budget_total", budget)
    result_rate = 0.012 - 0.03 * (sheet.year >= 2022) + 0.045 * draws.yearly("resultat")
    expenses = np.rint(budget * (1 - result_rate)).astype(np.int64)
    personnel_share = np.where(staff > 0, 0.66, 0.02)
    sheet.parts("charges", ("personnel", "locaux", "activites", "autres"), expenses, (personnel_share, 0.1, 0.15, 0.09))
    sheet.put("mises_a_disposition_valorisees", np.rint(draws.level("mad", budget * 0.09, 0.7) / 100) * 100)
    invested = np.where(draws.yes("investit", 0.62), draws.level("invest", budget * 0.02, 1.0, 0.5), 0)
    sheet.put("investissement_total", np.rint(invested))
    sheet.put("investissement_subventions", np.rint(invested * draws.share("inv_sub", 0.45)))
    sheet.put("fonds_associatifs", np.rint(draws.level("fonds", budget * 0.24, 0.6)))
    sheet.put("tresorerie_difficultes", draws.yes("tresorerie", 0.27))
    sheet.put("convention_pluriannuelle", draws.yes("convention_pluri", 0.76))
    sheet.put("convention_multipartenariale", draws.yes("convention_multi", 0.72))
    signatories = {
        "caf": 0.85,
        "commune": 0.75,
        "epci": 0.2,
        "departement": 0.3,
        "region": 0.04,
        "etat": 0.2,
        "autre": 0.05,
    }
    sheet.put_several("convention_signataires", draws.several("convention_signataires", signatories))
    sheet.put(
        "tarification_qf", draws.pick("tarif_qf", {"toutes": 0.48, "certaines": 0.3, "non": 0.14, "gratuit": 0.08})
    )
