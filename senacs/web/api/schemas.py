"""The JSON that the API takes and gives. Keys are French: those who read them write the software of French centres."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

from senacs.collection.proposals import MOST_VALUES

Code = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Texts = Annotated[list[Text], Field(max_length=500)]
Pushed = bool | int | float | Text | Texts


class ErrorOut(Schema):
    """`detail` se lit tel quel ; `erreurs` situe ce qui est refusé dans l’envoi."""

    detail: str
    erreurs: list[str] = []


class StructureOut(Schema):
    code: str = Field(description="Identifiant de la structure dans SENACS")
    nom: str
    type: str = Field(description="CS (centre social) ou EVS (espace de vie sociale)")


class CampaignOut(Schema):
    annee: int
    annee_des_donnees: int = Field(description="Année sur laquelle portent les réponses")
    phase: str
    saisie_jusqu_au: date


class ResponseStateOut(Schema):
    structure: StructureOut
    campagne: CampaignOut
    questionnaire: str = Field(description="Code de la version du questionnaire")
    empreinte: str = Field(description="Change quand le questionnaire change")
    etat: str = Field(description="draft, submitted, returned ou validated")
    modifiable: bool = Field(description="Faux : les propositions sont refusées")
    revision: int
    propositions_en_attente: int


class OptionOut(Schema):
    code: str
    libelle: str


class FieldOut(Schema):
    code: str
    libelle: str
    type: str = Field(description="entier, montant, decimal, pourcentage, oui_non, choix, choix_multiple, texte…")
    unite: str
    aide: str
    attention: str = Field(description="Erreur fréquente qui concerne ce champ")
    options: list[OptionOut]
    minimum: int | None
    maximum: int | None
    decimales: int
    longueur_maximale: int | None
    obligatoire: bool
    non_concerne_possible: bool
    calcule: bool = Field(description="Vrai : le champ ne se propose pas")
    nature: str = Field(description="etat : dure d’une année à l’autre ; flux : se compte de nouveau chaque année")
    demande: bool = Field(description="Faux : la question n’est pas posée à cette structure, ou pas encore")


class QuestionOut(Schema):
    code: str
    libelle: str
    champs: list[FieldOut]


class SectionOut(Schema):
    code: str
    lettre: str
    titre: str
    questions: list[QuestionOut]


class QuestionnaireOut(Schema):
    code: str
    annee: int
    annee_des_donnees: int
    titre: str
    empreinte: str
    rubriques: list[SectionOut]


class ValueOut(Schema):
    etat: str = Field(description="valeur ou non_concerne")
    valeur: Any = Field(description="Nombre, texte, vrai ou faux, ou liste de codes ; les décimaux sont des textes")
    provenance: str
    revision: int


class ValuesOut(Schema):
    revision: int
    valeurs: dict[str, ValueOut] = Field(description="Par code ; une question sans réponse n’y est pas")
    calculs: dict[str, object] = Field(description="Totaux calculés, par code")


class ProposalsIn(Schema):
    valeurs: Annotated[dict[Code, Pushed], Field(min_length=1, max_length=MOST_VALUES)] = Field(
        description="Valeur par code de champ ; « non_concerne » pour une question sans objet",
        examples=[{"salaries_animation": 4, "etp_animation": 2.5, "clas": True}],
    )


class ReceivedOut(Schema):
    proposees: list[str] = Field(description="Codes dont la valeur attend l’accord d’une personne")
    inchangees: list[str] = Field(description="Codes dont la réponse dit déjà la même chose")
    refusees: dict[str, str] = Field(description="Motif par code")
    notees: dict[str, str] = Field(
        description="Ce qui a été compris, quand la valeur gardée n’est pas celle reçue : centimes, durée, « k€ »"
    )


class ProposalOut(Schema):
    code: str
    valeur: Any = Field(description="Comme elle a été lue ; nul : non concerné")
    etat: str = Field(description="pending, accepted, refused ou replaced")
    logiciel: str
    recue_le: datetime
    decidee_le: datetime | None
