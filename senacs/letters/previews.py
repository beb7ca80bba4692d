"""Each letter as it arrives, an example in each variable (`data/reference/lettres.yaml`), and what is wrong in it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.apps import apps
from django.conf import settings

from senacs.letters import mail
from senacs.letters.mail import Letter
from senacs.letters.models import OutgoingLetter

# What a template names: « {{ a.b|filter }} », « {% if a.b %} », « {% for a in b %} », « {% url 'x' a.pk %} ».
_NAMED = re.compile(r"\{\{\s*([\w.]+)|\{%\s*(?:if|elif|for|url)\s+([^%]+)%\}")
_WORDS = re.compile(r"(?<![\w.'\"])[a-z_][\w.]*")
_SYNTAX = frozenset("in not and or if else True False None".split())
LONGEST_SUBJECT = 120
# What is not sound in a French letter, and how it is said.
_FAULTS = (
    (re.compile(r"\w'\w"), "une apostrophe droite"),
    (re.compile(r"\""), "des guillemets droits"),
    (re.compile(r"(?<=\S)  +(?=\S)"), "deux espaces de suite"),
    (re.compile(r"\.\.\."), "trois points au lieu de « … »"),
    (re.compile(r"\S[;?!](?=\s|$)(?<![\s\u00a0\u202f][;?!])"), "pas d’espace avant un signe double"),
    (re.compile(r" ,| \.(?=\s|$)|\(\s|\s\)"), "une espace de trop devant un signe"),
    (re.compile(r"\{\{|\{%|%\}|\}\}"), "un reste de gabarit"),
    (re.compile(r"\b(tu|ton|tes|toi)\b", re.IGNORECASE), "un tutoiement"),
    (re.compile(r"\b(the|your|please|hello|click|email)\b", re.IGNORECASE), "un mot d’anglais"),
)


class Example(dict[str, object]):
    """What a letter speaks of: its parts by name, and "" for how it is written."""

    def __str__(self) -> str:
        return str(self.get("", ""))


@dataclass(frozen=True, slots=True)
class LetterModel:
    """One template; `key` is its address on the site, « campaigns-relance »."""

    key: str
    title: str
    template: str
    variables: tuple[str, ...]

    @property
    def unknown(self) -> list[str]:
        """Variables without an example."""
        return [name for name in self.variables if not _is_known(name, examples())]

    def preview(self) -> Letter:
        return mail.write(self.template, examples(), to="camille.martin@exemple.fr")

    @property
    def faults(self) -> list[str]:
        """What is not right in it, in French; none for a sound one."""
        return [f"variable sans exemple : {name}" for name in self.unknown] + faults_of(self.preview())


def letter_models() -> list[LetterModel]:
    """Every letter of the site, by title."""
    titles = _document()["titres"]
    found = [_model(path, titles) for config in apps.get_app_configs() for path in _templates(Path(config.path))]
    return sorted(found, key=lambda model: (model.title, model.key))


def letter_model(key: str) -> LetterModel | None:
    return next((model for model in letter_models() if model.key == key), None)


def faults_of(letter: Letter) -> list[str]:
    """What a reader of French would stop at, in the subject and in the body; addresses left out."""
    text = "\n".join(map(_without_addresses, [letter.subject, *letter.body.splitlines()]))
    found = [told for pattern, told in _FAULTS if pattern.search(text)]
    if len(letter.subject) > LONGEST_SUBJECT:
        found.append(f"un objet de plus de {LONGEST_SUBJECT} caractères")
    if not letter.subject or not letter.body.strip():
        found.append("un objet ou un texte vide")
    return found


def _without_addresses(line: str) -> str:
    return " ".join("…" if "://" in word or "@" in word else word for word in line.split(" "))


def send_test(model: LetterModel, *, to: str) -> OutgoingLetter:
    """The preview in the outbox, for whoever asks to see it arrive."""
    shown = model.preview()
    [letter] = mail.send_on_commit([Letter(to, f"Essai : {shown.subject}", shown.body)])
    return letter


def examples() -> Mapping[str, object]:
    return _read(settings.BASE_DIR / "data" / "reference" / "lettres.yaml")[1]


def _document() -> Mapping[str, Mapping[str, str]]:
    return _read(settings.BASE_DIR / "data" / "reference" / "lettres.yaml")[0]


@lru_cache(maxsize=2)
def _read(path: Path) -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, object]]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document, {name: _example(value) for name, value in document["exemples"].items()}


def _example(value: object) -> object:
    if isinstance(value, dict):
        return Example({name: _example(part) for name, part in value.items()})
    return [_example(one) for one in value] if isinstance(value, list) else value


def _templates(package: Path) -> Sequence[Path]:
    return sorted((package / "templates" / package.name / "mail").glob("*.txt"))


def _model(path: Path, titles: Mapping[str, str]) -> LetterModel:
    package = path.parents[1].name
    key, name = f"{package}-{path.stem}", f"{package}/mail/{path.name}"
    return LetterModel(key, titles.get(key, path.stem.replace("_", " ").capitalize()), name, tuple(_named(path)))


def _named(path: Path) -> list[str]:
    """Every variable of a template, those that a loop makes left out."""
    source = path.read_text(encoding="utf-8")
    made = set(re.findall(r"\{%\s*for\s+(\w+)\s+in", source)) | {"site"}
    return sorted({name for name in _words(source) if name.partition(".")[0] not in made})


def _words(source: str) -> Iterator[str]:
    for variable, tag in _NAMED.findall(source):
        if variable:
            yield variable
        else:
            yield from (word for word in _WORDS.findall(re.sub(r"'[^']*'|\"[^\"]*\"", "", tag)) if word not in _SYNTAX)


def _is_known(name: str, known: Mapping[str, object]) -> bool:
    value: object = known
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True
