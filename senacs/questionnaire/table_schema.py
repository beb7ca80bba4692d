"""The responses to a version as a table, one row a response, described by a Frictionless Table Schema."""

from senacs.lib.csv_files import QUOTE
from senacs.questionnaire.engine.schema import Field, Kind, Questionnaire
from senacs.questionnaire.engine.values import NOT_CONCERNED, Value, to_json

PROFILE = "https://specs.frictionlessdata.io/schemas/table-schema.json"
STRUCTURE = "structure"
NOT_CONCERNED_WORD = "non_concerne"
SEPARATOR = ";"
_INERT = (
    "Un texte qui commencerait comme une formule de tableur (= + - @ | %, tabulation ou fin de ligne) est précédé "
    "d’une apostrophe droite : un programme l’enlève. Les nombres ne sont jamais touchés."
)
_TYPES = {
    Kind.INTEGER: "integer",
    Kind.AMOUNT: "integer",
    Kind.DECIMAL: "number",
    Kind.PERCENT: "number",
    Kind.YES_NO: "boolean",
    Kind.DATE: "date",
}


def table_schema(questionnaire: Questionnaire) -> dict[str, object]:
    """The Table Schema of the responses to one questionnaire; blank is unanswered, « non_concerne » is non concerné."""
    key = {
        "name": STRUCTURE,
        "title": "Identifiant de la structure",
        "type": "string",
        "constraints": {"required": True, "unique": True},
    }
    return {
        "$schema": PROFILE,
        "name": questionnaire.code,
        "title": questionnaire.title,
        "description": (
            f"Réponses à l’enquête SENACS {questionnaire.year} (données {questionnaire.data_year}) : une ligne par "
            f"structure. Vide : sans réponse ; « {NOT_CONCERNED_WORD} » : non concerné ; 0 est une valeur. {_INERT}"
        ),
        "version": questionnaire.checksum[:12],
        "primaryKey": [STRUCTURE],
        "missingValues": ["", NOT_CONCERNED_WORD],
        "fields": [key, *(_column(field) for field in questionnaire.fields.values())],
    }


def _column(field: Field) -> dict[str, object]:
    column: dict[str, object] = {"name": field.code, "title": field.label, "type": _TYPES.get(field.kind, "string")}
    if description := " ".join(field.guidance):
        column["description"] = description
    if field.kind is Kind.YES_NO:
        column |= {"trueValues": ["oui"], "falseValues": ["non"]}
    constraints: dict[str, object] = {}
    # A computed number may leave the bounds of what is typed; only what is typed is bound.
    if field.kind.is_numeric and not field.is_computed:
        bounds = {"minimum": field.minimum, "maximum": field.maximum}
        constraints |= {name: bound for name, bound in bounds.items() if bound is not None}
    elif field.kind is Kind.CHOICE:
        constraints["enum"] = [option.code for option in field.options]
    elif field.kind is Kind.MULTIPLE:
        one = f"({'|'.join(option.code for option in field.options)})"
        constraints["pattern"] = f"^{one}({SEPARATOR}{one})*$"
    elif field.kind in {Kind.TEXT, Kind.LONG_TEXT}:
        constraints["maxLength"] = field.max_length + len(QUOTE)
    if field.is_computed and field.kind.is_numeric:
        column["type"] = "number"
    if constraints:
        column["constraints"] = constraints
    if field.options:
        column["senacs:options"] = {option.code: option.label for option in field.options}
    if field.unit:
        column["senacs:unit"] = field.unit
    if field.condition is not None:
        column["senacs:condition"] = field.condition.text
    if field.computed is not None:
        column["senacs:computed"] = field.computed.text
    return column


def cell(field: Field, value: Value | None) -> str:
    """One value as the schema reads it."""
    if value is None:
        return ""
    if value is NOT_CONCERNED:
        return NOT_CONCERNED_WORD
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    return str(to_json(field, value))
