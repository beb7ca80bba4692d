"""Exemple : le logiciel de gestion d'un centre social propose ses chiffres à SENACS.

    export SENACS_JETON=senacs_…          # créé par le responsable de la saisie, dans SENACS
    python exemple-logiciel.py https://senacs.exemple.fr seances.csv

`seances.csv` est ce que le logiciel sait exporter : une ligne par inscription, avec les colonnes
`activite;personne;naissance;secteur` (naissance au format AAAA-MM-JJ). Le script ne transmet que des
nombres : aucun nom, aucune date de naissance ne quitte le centre. Seule la bibliothèque standard sert.
"""

import csv
import json
import os
import sys
import urllib.error
import urllib.request
from datetime import date

# Les tranches d'âge de SENACS, âge au 31 décembre : code de la question, âge le plus bas, âge le plus haut.
TRANCHES = [
    ("participants_0_6", 0, 6),
    ("participants_7_10", 7, 10),
    ("participants_11_14", 11, 14),
    ("participants_15_17", 15, 17),
    ("participants_18_25", 18, 25),
    ("participants_26_59", 26, 59),
    ("participants_60_74", 60, 74),
    ("participants_75_plus", 75, 120),
]


def compter(lignes: list[dict[str, str]], annee: int) -> dict[str, int]:
    """Les chiffres que le logiciel connaît, par code de question SENACS.

    Les codes sont donnés par GET /api/questionnaire ; chacun garde son sens d'une année à l'autre.
    Un participant compte pour 1, quel que soit le nombre d'activités et de secteurs.
    """
    naissances = {ligne["personne"]: ligne["naissance"].strip() for ligne in lignes}
    ages = [annee - date.fromisoformat(naissance).year for naissance in naissances.values() if naissance]
    return {
        "participants_uniques": len(naissances),
        "participants_age_nr": len(naissances) - len(ages),
        **{code: sum(bas <= age <= haut for age in ages) for code, bas, haut in TRANCHES},
    }


def appeler(site: str, chemin: str, envoi: object = None) -> dict:
    """Un appel à l'API ; une erreur est dite en français et arrête le script."""
    demande = urllib.request.Request(
        site.rstrip("/") + chemin,
        data=None if envoi is None else json.dumps(envoi).encode(),
        headers={"Authorization": f"Bearer {os.environ['SENACS_JETON']}", "Content-Type": "application/json"},
        method="GET" if envoi is None else "POST",
    )
    try:
        with urllib.request.urlopen(demande, timeout=30) as reponse:
            return json.load(reponse)
    except urllib.error.HTTPError as erreur:
        sys.exit(f"SENACS répond {erreur.code} : {json.load(erreur)['detail']}")
    except urllib.error.URLError as erreur:
        sys.exit(f"SENACS ne répond pas : {erreur.reason}")


def main(site: str, fichier: str) -> None:
    etat = appeler(site, "/api/reponse")
    annee = etat["campagne"]["annee_des_donnees"]
    print(f"{etat['structure']['nom']} : données {annee}, réponse {'modifiable' if etat['modifiable'] else 'fermée'}.")

    # Seules les questions posées à cette structure, et que l'on saisit, sont proposées.
    questionnaire = appeler(site, "/api/questionnaire")
    demandes = {
        champ["code"]: champ["libelle"]
        for rubrique in questionnaire["rubriques"]
        for question in rubrique["questions"]
        for champ in question["champs"]
        if champ["demande"] and not champ["calcule"]
    }
    with open(fichier, encoding="utf-8", newline="") as source:
        lignes = list(csv.DictReader(source, delimiter=";"))
    valeurs = {code: valeur for code, valeur in compter(lignes, annee).items() if code in demandes}
    if not valeurs:
        sys.exit("Aucune question de ce questionnaire ne correspond à ce que le logiciel sait compter.")

    recu = appeler(site, "/api/propositions", {"valeurs": valeurs})
    for code in recu["proposees"]:
        print(f"  proposé   {demandes[code]} : {valeurs[code]}")
    for code in recu["inchangees"]:
        print(f"  inchangé  {demandes[code]} : {valeurs[code]}")
    for code, motif in recu["refusees"].items():
        print(f"  refusé    {demandes.get(code, code)} : {motif}")
    print("À accepter dans SENACS, « Valeurs proposées par votre logiciel ».")


if __name__ == "__main__":
    if len(sys.argv) != 3 or "SENACS_JETON" not in os.environ:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
