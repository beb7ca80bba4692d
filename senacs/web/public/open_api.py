"""What `/api/v1` offers to programs: its operations and their parameters, from which it reads requests and describes
itself (OpenAPI). Never broken within a major: a name of parameter or of field that was given stays.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

from senacs.lib.incoming import whole_number
from senacs.web.incoming import asked

VERSION = "1.0.0"
CALLS_A_MINUTE = 120
LONGEST = 100
DEFAULT_SIZE, MOST_SIZE = 100, 1000
LEVELS = ("france", "region", "departement", "epci", "groupement")
FORMATS = ("json", "csv", "jsonstat", "parquet")
MEDIA = {
    "json": "application/json",
    "csv": "text/csv",
    "jsonstat": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


class BadRequest(Exception):
    """A parameter that is not known or not readable; the message is French."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`most`: for a number, the greatest that is taken; `choices`: the words that are taken."""

    name: str
    about: str
    choices: tuple[str, ...] = ()
    most: int | None = None
    default: str = ""

    @property
    def schema(self) -> dict[str, object]:
        if self.most is not None:
            found: dict[str, object] = {"type": "integer", "minimum": 1, "maximum": self.most}
            return found | ({"default": whole_number(self.default)} if self.default else {})
        found = {"type": "string", "maxLength": LONGEST}
        if self.choices:
            found["enum"] = list(self.choices)
        return found | ({"default": self.default} if self.default else {})


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    path: str
    summary: str
    gives: str
    parameters: tuple[Parameter, ...] = field(default=())
    formats: tuple[str, ...] = ("json",)


_PAGES = (
    Parameter("page", "Page, à partir de 1", most=1_000_000, default="1"),
    Parameter("taille", "Objets par page", most=MOST_SIZE, default=str(DEFAULT_SIZE)),
)
_RELEASE = Parameter("publication", "Publication, par exemple 2026-1 ; sinon la plus récente")
_YEAR = Parameter("annee", "Année des données : la publication la plus récente qui en parle", most=9999)

OPERATIONS = (
    Operation("publications", "/publications", "Les publications signées, la plus récente d’abord", "publications"),
    Operation(
        "indicateurs",
        "/indicateurs",
        "Les indicateurs d’une publication et leur définition",
        "indicateurs",
        (_RELEASE, _YEAR, Parameter("theme", "Code d’un thème")),
    ),
    Operation(
        "territoires",
        "/territoires",
        "Les territoires dont une publication donne au moins un chiffre",
        "territoires",
        (_RELEASE, _YEAR, Parameter("niveau", "Niveau", LEVELS), *_PAGES),
    ),
    Operation(
        "chiffres",
        "/chiffres",
        "Les chiffres d’une publication, filtrés",
        "chiffres",
        (
            _RELEASE,
            _YEAR,
            Parameter("indicateur", "Code d’un indicateur"),
            Parameter("mesure", "Mesure (sum, mean, share, median, density, estimate)"),
            Parameter("niveau", "Niveau", LEVELS),
            Parameter("territoire", "Code d’un territoire"),
            Parameter("croisement", "Code d’un croisement (kind, gestion, qpv…) ; « ensemble » pour aucun"),
            Parameter("format", "Format de la réponse", FORMATS, default="json"),
            *_PAGES,
        ),
        FORMATS,
    ),
    Operation(
        "structures",
        "/structures",
        "Le registre public des structures agréées",
        "structures",
        (
            Parameter("type", "Type", ("CS", "EVS")),
            Parameter("departement", "Code d’un département"),
            Parameter("region", "Code d’une région"),
            Parameter("commune", "Nom d’une commune ou code postal"),
            *_PAGES,
        ),
    ),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}


@dataclass(frozen=True, slots=True)
class ApiQuery:
    """The parameters of a request, each with its default."""

    words: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.words[name]

    def number(self, name: str) -> int | None:
        return whole_number(self.words[name])


def read(request: HttpRequest, operation: Operation) -> ApiQuery:
    """Raises BadRequest for a parameter that is not of the operation, given twice, or that says nothing it knows."""
    given, known = asked(request), {parameter.name: parameter for parameter in operation.parameters}
    strangers = sorted(set(given) - set(known))
    if strangers:
        raise BadRequest(f"Paramètre inconnu : {strangers[0][:60]}. Connus : {_listed(known)}.")
    return ApiQuery({name: _read(parameter, given.texts(name)) for name, parameter in known.items()})


def _read(parameter: Parameter, texts: list[str]) -> str:
    if not texts:
        return parameter.default
    if len(texts) > 1:
        raise BadRequest(f"« {parameter.name} » est donné deux fois.")
    text = texts[0]
    if parameter.most is not None:
        number = whole_number(text)
        if number is None or not 1 <= number <= parameter.most:
            raise BadRequest(f"« {parameter.name} » : un nombre de 1 à {parameter.most}.")
        return str(number)
    if len(text) > LONGEST:
        raise BadRequest(f"« {parameter.name} » : {LONGEST} caractères au plus.")
    if parameter.choices and text not in parameter.choices:
        raise BadRequest(f"« {parameter.name} » : {_listed(parameter.choices)}.")
    return text


def _listed(names: Collection[str]) -> str:
    return ", ".join(names) or "aucun"


def description(base: str) -> dict[str, object]:
    """The OpenAPI 3.1 document; `base`: the absolute address of the API."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SENACS, chiffres publics",
            "version": VERSION,
            "description": (
                "Lecture seule, sans compte : les publications signées et le registre public. Un chiffre masqué "
                f"(secret statistique) a pour valeur null et dit sa raison. {CALLS_A_MINUTE} appels par minute."
            ),
            "license": {
                "name": "Licence Ouverte 2.0",
                "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
            },
        },
        "servers": [{"url": base}],
        "paths": {operation.path: {"get": _described(operation)} for operation in OPERATIONS},
        "components": {
            "schemas": {
                "Erreur": {
                    "type": "object",
                    "required": ["detail"],
                    "properties": {"detail": {"type": "string", "description": "En français"}},
                },
            }
        },
    }


def _described(operation: Operation) -> dict[str, object]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Erreur"}}}
    listed: dict[str, object] = {
        "type": "object",
        "required": [operation.gives],
        "properties": {operation.gives: {"type": "array", "items": {"type": "object"}}},
    }
    content: dict[str, object] = {"application/json": {"schema": listed}}
    if "jsonstat" in operation.formats:
        content["application/json"] = {"schema": {"type": "object"}}
    for name in operation.formats:
        if MEDIA[name] not in content:
            content[MEDIA[name]] = {"schema": {"type": "string", "format": "binary"}}
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [
            {"name": one.name, "in": "query", "required": False, "description": one.about, "schema": one.schema}
            for one in operation.parameters
        ],
        "responses": {
            "200": {"description": "Ce qui est demandé", "content": content},
            "400": {"description": "Paramètre inconnu, illisible, ou demande trop grande", "content": error},
            "404": {"description": "Cette publication n’existe pas", "content": error},
            "429": {"description": "Trop d’appels : Retry-After dit combien de secondes attendre", "content": error},
        },
    }
