"""What a structure's own software may do: read the questionnaire and the answers, propose values."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import NinjaAPI

from senacs.collection.models import Proposal
from senacs.collection.proposals import propose_values
from senacs.collection.queries import compiled_of, environment
from senacs.collection.tabular import as_csv
from senacs.questionnaire.engine.schema import Field, Kind, Nature
from senacs.questionnaire.engine.values import to_json
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import get_compiled
from senacs.questionnaire.table_schema import table_schema
from senacs.web.api import schemas
from senacs.web.api.access import PerMinute, StrictParser, TokenAuth, response_of, speak_french, token_of

CALLS_A_MINUTE = 60
DESCRIPTION = """Le logiciel de gestion d’une structure lit le questionnaire de l’année et les réponses de la structure,
et propose des valeurs. Une valeur proposée n’entre dans la réponse que lorsqu’une personne l’accepte.
Le responsable de la saisie crée le jeton d’un logiciel, et le retire, depuis son tableau de bord."""

api = NinjaAPI(
    title="SENACS",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    auth=TokenAuth(),
    throttle=[PerMinute(CALLS_A_MINUTE)],
    parser=StrictParser(),
)
speak_french(api)
_ERRORS: dict[int, Any] = {401: schemas.ErrorOut, 404: schemas.ErrorOut, 429: schemas.ErrorOut}
_WRITING_ERRORS: dict[int, Any] = {400: schemas.ErrorOut, 409: schemas.ErrorOut, 422: schemas.ErrorOut}
_WRITING_ERRORS |= {413: schemas.ErrorOut}


@api.get(
    "/reponse",
    response={200: schemas.ResponseStateOut, **_ERRORS},
    summary="Où en est la réponse de la structure",
    url_name="response",
)
def read_state(request: HttpRequest) -> Any:
    response = response_of(request)
    campaign = response.campaign
    return {
        "structure": {"code": response.structure.code, "nom": response.invited.name, "type": response.invited.kind},
        "campagne": {
            "annee": campaign.year,
            "annee_des_donnees": campaign.data_year,
            "phase": campaign.phase,
            "saisie_jusqu_au": response.closes_on,
        },
        "questionnaire": campaign.version.code,
        "empreinte": campaign.version.checksum,
        "etat": response.state,
        "modifiable": response.is_editable,
        "revision": response.revision,
        "propositions_en_attente": response.proposals.pending().count(),
    }


@api.get(
    "/questionnaire",
    response={200: schemas.QuestionnaireOut, **_ERRORS},
    summary="Le questionnaire de l’année, avec ce qui est demandé à cette structure",
    url_name="questionnaire",
)
def read_questionnaire(request: HttpRequest) -> Any:
    response = response_of(request)
    compiled = compiled_of(response)
    at = environment(response)
    visible = compiled.visible(at.env, at.context, at.previous)
    q = compiled.questionnaire
    return {
        "code": q.code,
        "annee": q.year,
        "annee_des_donnees": q.data_year,
        "titre": q.title,
        "empreinte": q.checksum,
        "rubriques": [
            {
                "code": section.code,
                "lettre": section.letter,
                "titre": section.title,
                "questions": [
                    {
                        "code": question.code,
                        "libelle": question.label,
                        "champs": [_field(field, field.code in visible) for field in question.fields],
                    }
                    for question in section.questions
                ],
            }
            for section in q.sections
        ],
    }


def _field(field: Field, is_asked: bool) -> dict[str, object]:
    return {
        "code": field.code,
        "libelle": field.label,
        "type": field.kind.value,
        "unite": field.unit,
        "aide": field.help,
        "document": field.source,
        "attention": field.warning,
        "options": [{"code": option.code, "libelle": option.label} for option in field.options],
        "minimum": field.minimum,
        "maximum": field.maximum,
        "decimales": field.decimals,
        "longueur_maximale": field.max_length if field.kind in {Kind.TEXT, Kind.LONG_TEXT} else None,
        "obligatoire": field.is_required,
        "non_concerne_possible": field.allows_not_concerned,
        "calcule": field.is_computed,
        "nature": Nature.FLOW.value if field.is_flow else Nature.STATE.value,
        "demande": is_asked,
    }


@api.get(
    "/valeurs",
    response={200: schemas.ValuesOut, **_ERRORS},
    summary="Les réponses de la structure, telles qu’elles sont enregistrées",
    url_name="values",
)
def read_values(request: HttpRequest) -> Any:
    response = response_of(request)
    fields = compiled_of(response).questionnaire.fields
    env = environment(response).env
    return {
        "revision": response.revision,
        "valeurs": response.values,
        "calculs": {
            code: to_json(field, env[code]) for code, field in fields.items() if field.is_computed and code in env
        },
    }


@api.get("/valeurs.csv", summary="Les mêmes en une ligne de table, décrite par le schéma", url_name="values_csv")
def read_table(request: HttpRequest) -> HttpResponse:
    response = response_of(request)
    return HttpResponse(as_csv([response]), content_type="text/csv; charset=utf-8")


@api.post(
    "/propositions",
    response={200: schemas.ReceivedOut, **_ERRORS, **_WRITING_ERRORS},
    summary="Proposer des valeurs",
    description="Rien n’est écrit dans la réponse : une personne de la structure accepte ou refuse chaque valeur. "
    "Une nouvelle proposition remplace celle qui attend pour le même champ.",
    url_name="proposals",
)
def push_proposals(request: HttpRequest, envoi: schemas.ProposalsIn) -> Any:
    received = propose_values(response=response_of(request), token=token_of(request), values=envoi.valeurs)
    return {
        "proposees": received.proposed,
        "inchangees": received.unchanged,
        "refusees": received.refused,
        "notees": received.noted,
    }


@api.get(
    "/propositions",
    response={200: list[schemas.ProposalOut], **_ERRORS},
    summary="Ce que sont devenues les propositions de ce logiciel",
    url_name="proposals",
)
def read_proposals(request: HttpRequest) -> Any:
    mine = Proposal.objects.filter(response=response_of(request), token=token_of(request)).order_by("-at", "-pk")
    return [
        {
            "code": proposal.code,
            "valeur": proposal.raw,
            "etat": proposal.state,
            "logiciel": token_of(request).label,
            "recue_le": proposal.at,
            "decidee_le": proposal.decided_at,
        }
        for proposal in mine[:5000]
    ]


@api.get(
    "/schema/{version}.json",
    auth=None,
    throttle=[],
    response={200: dict[str, object], 404: schemas.ErrorOut},
    summary="Schéma de table (Frictionless) des réponses à une version figée",
    url_name="schema",
)
def read_schema(request: HttpRequest, version: str) -> Any:
    found = get_object_or_404(QuestionnaireVersion, code=version)
    if not found.is_frozen:
        raise Http404
    return table_schema(get_compiled(found).questionnaire)
