"""The formula language: what it reads, and what it says of what it cannot read."""

import pickle

import pytest

from senacs.questionnaire.engine.errors import DefinitionError
from senacs.questionnaire.engine.language import joined, parse
from senacs.questionnaire.engine.typecheck import BOOLEAN, DATE, NUMBER, TEXT, Base, Type

TYPES = {
    "salaries": NUMBER,
    "etp": NUMBER,
    "nouveau": Type(Base.NUMBER, has_previous=False),
    "clas": BOOLEAN,
    "alsh": BOOLEAN,
    "gestion": Type(Base.CHOICE, ("associatif", "caf")),
    "publics": Type(Base.MULTIPLE, ("jeunes", "familles")),
    "agrement": DATE,
    "nom": TEXT,
}


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("etp + salaries * 2", "etp + (salaries * 2)"),
        ("-etp * 2", "(-etp) * 2"),
        ("etp - salaries - 1", "(etp - salaries) - 1"),
        ("clas ou alsh et non clas", "clas ou (alsh et (non clas))"),
        ("non etp = 1", "non (etp = 1)"),
        ("si clas alors alsh ou clas", "si clas alors (alsh ou clas)"),
        ("si clas ou alsh alors si alsh alors clas", "si (clas ou alsh) alors (si alsh alors clas)"),
        ("clas = oui et etp > 1", "(clas = oui) et (etp > 1)"),
        ("clas = non", "clas = faux"),
        ("clas = non et alsh", "(clas = faux) et alsh"),
        ("etp ≤ salaries", "etp <= salaries"),
        ("SI(clas; 1; 0) > 0", "(si(clas ; 1 ; 0)) > 0"),
        ("somme(etp; 12,5) = 1", "SOMME(etp;12.5) = 1"),
        ("gestion parmi ('caf')", "gestion parmi («caf»)"),
        ("ET = 1", None),
    ],
)
def test_precedence_and_spellings(text: str, same_as: str | None) -> None:
    if same_as is None:
        with pytest.raises(DefinitionError):
            parse(text)
    else:
        assert parse(text).tree == parse(same_as).tree


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("etp <= salaries", Base.BOOLEAN),
        ("SOMME(etp; salaries) / 2", Base.NUMBER),
        ("agrement >= '2025-01-31'", Base.BOOLEAN),
        ("publics contient 'jeunes'", Base.BOOLEAN),
        ("nom <> 'x' ou nom est vide", Base.BOOLEAN),
        ("gestion est non concerné et gestion est non vide", Base.BOOLEAN),
        ("SI(clas; etp; salaries[N-1])", Base.NUMBER),
        ("etp parmi (1; 2,5)", Base.BOOLEAN),
        ("si (clas) alors NB_RENSEIGNES(etp; gestion) = 2", Base.BOOLEAN),
        ("ARRONDI(etp; 1) + ABS(-1) - MIN(etp; 1) * MAX(1; 2) / MOYENNE(etp; 2)", Base.NUMBER),
    ],
)
def test_type_of_a_formula(text: str, base: Base) -> None:
    checked = parse(text).check(TYPES)
    assert checked.type is not None
    assert checked.type.base is base


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("", "formule vide", ""),
        ("etp <=", "position 7 : la formule s’arrête trop tôt", ""),
        ("etpp > 1", "position 1 : code « etpp » inconnu", "« etp »"),
        ("etp == 1", "position 5", "« = »"),
        ("etp ! 1", "caractère « ! » inattendu", ""),
        ("SOMM(etp; 1) > 1", "fonction « SOMM » inconnue", "« SOMME »"),
        ("somme(etp, salaries) > 1", "virgule inattendue", "« ; »"),
        ("0 <= etp <= 10", "après une comparaison", "« et »"),
        ("100 000 > etp", "deux nombres qui se suivent", "100000"),
        ("etp est rempli", "« rempli » après « est »", "est non vide"),
        ("clas = 1", "compare un oui/non", "« = oui »"),
        ("etp et clas", "« et » attend un oui/non", "est non vide"),
        ("clas + 1 > 0", "« + » attend un nombre", "SI(condition; 1; 0)"),
        ("gestion = 'asociatif'", "« asociatif » n’est pas un choix", "« associatif »"),
        ("gestion = associatif", "code « associatif » inconnu", ""),
        ("gestion > 'caf'", "ne s’applique pas à un choix", ""),
        ("publics = 'jeunes'", "choix multiple", "contient"),
        ("etp contient 'jeunes'", "« contient » attend un choix multiple", ""),
        ("agrement > 'hier'", "« hier » n’est pas une date", "'2025-12-31'"),
        ("nouveau[N-1] > 1", "n’a pas de valeur N-1", ""),
        ("etp[N-2] > 1", "crochet inattendu", "[N-1]"),
        ("gestion parmi (caf)", "sans guillemets", "'caf'"),
        ("nom = 'x", "texte sans guillemet fermant", ""),
        ("SI(clas; 1; 'a') = 1", "le même type", ""),
        ("SI(clas; 1) = 1", "SI attend 3 argument", ""),
        ("ABS() > 1", "ABS attend au moins un argument", ""),
        ("ARRONDI(etp; 99) > 1", "entier de 0 à 6", ""),
        ("si clas et alsh", "il faut « alors »", "SI("),
        ("(etp > 1", "« ) »", ""),
        ("etp > 1)", "« ) » inattendu", ""),
        ("etp > 1 alrs clas", "« alrs » inattendu", "« alors »"),
        ("etp > 1e5", "inattendu", ""),
        ("etp > 9999999999999999999999", "trop grand", ""),
        ("etp.__class__", "inattendu", ""),
        ("__import__('os') = 1", "fonction « __import__ » inconnue", ""),
        ("etp % 2 = 0", "« % » n’est pas un opérateur", ""),
    ],
)
def test_mistakes_are_told_in_french_with_a_way_out(text: str, message: str, suggestion: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        parse(text).check(TYPES, expect=Base.BOOLEAN)
    assert message in raised.value.message
    assert suggestion in raised.value.suggestion


def test_every_mistake_of_a_formula_is_found() -> None:
    errors = parse("inconnu > 1 et clas = 3 et autre est vide").errors(TYPES)
    assert [e.message.split(" : ")[0] for e in errors] == ["position 1", "position 21", "position 28"]


def test_a_formula_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(DefinitionError, match="donne un nombre, il faut un oui/non"):
        parse("etp + 1").check(TYPES, expect=Base.BOOLEAN)


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "-" * 5000 + "1", "non " * 1000 + "clas", "etp" + "-etp" * 200, "etp" + "+ etp" * 5000, "SI(" * 300],
)
def test_hostile_depth_and_length_are_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match=r"trop (imbriquée|longue)"):
        parse(text)


def test_a_long_flat_sum_is_no_depth() -> None:
    assert len(parse("etp" + " + etp" * 300).names) == 1


def test_names_tell_this_year_from_last_year() -> None:
    expression = parse("etp > 2 * etp[N-1] ou salaries[ n - 1 ] est vide")
    assert expression.names == {("etp", False), ("etp", True), ("salaries", True)}
    assert expression.codes == {"etp"}


def test_expressions_are_frozen_and_picklable() -> None:
    expression = parse("SOMME(etp; 1,5) = 2").check(TYPES)
    again = pickle.loads(pickle.dumps(expression))  # noqa: S301
    assert (again, again.tree, again.type) == (expression, expression.tree, expression.type)
    with pytest.raises(AttributeError):
        expression.text = "etp"  # type: ignore[misc]


def test_origin_is_named_in_the_error() -> None:
    with pytest.raises(DefinitionError) as raised:
        parse("etp >", origin=("regles.yaml", 12))
    assert str(raised.value).startswith("regles.yaml:12 : position 6")


def test_joined_conditions() -> None:
    both = joined([parse("clas = oui ou alsh = oui"), None, parse("etp > 1"), parse("etp > 1")])
    assert both is not None
    assert both.tree == parse("(clas = oui ou alsh = oui) et (etp > 1)").tree
    assert joined([None, None]) is None
