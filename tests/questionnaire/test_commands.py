"""The commands `check_questionnaire` and `load_questionnaire`."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.services import freeze_version

FIXTURES = Path(__file__).parent / "fixtures"


def run(*arguments: str | Path) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*[str(a) for a in arguments], stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_check_counts_what_it_read() -> None:
    out, _ = run("check_questionnaire", FIXTURES / "grid")
    assert "1\u00a0rubrique, 2\u00a0questions, 13\u00a0champs, 2\u00a0règles" in out


def test_check_says_the_longest_way_of_each_kind_of_structure() -> None:
    out, _ = run("check_questionnaire", FIXTURES / "grid")
    told = [line.strip() for line in out.splitlines() if line.endswith("au plus.")]
    assert [line.partition(" : ")[0] for line in told] == ["Centre social", "Espace de vie sociale"]
    assert all(re.search(r"[12]\u00a0questions? et \d+\u00a0minutes? au plus", line) for line in told)


def test_check_tells_every_error_then_fails() -> None:
    err = StringIO()
    with pytest.raises(CommandError, match="erreurs à corriger"):
        call_command("check_questionnaire", str(FIXTURES / "errors"), stderr=err)
    assert "section.yaml:11 : question « etp », condition : position 1 : code « salarie » inconnu." in err.getvalue()


def test_check_warns_and_strict_refuses() -> None:
    out, _ = run("check_questionnaire", FIXTURES / "static")
    assert "attention : " in out
    with pytest.raises(CommandError):
        run("check_questionnaire", FIXTURES / "static", "--strict")


@pytest.mark.django_db
def test_load_says_what_was_recorded() -> None:
    out, _ = run("load_questionnaire", FIXTURES / "grid")
    assert "grid (brouillon)" in out
    freeze_version(version=QuestionnaireVersion.objects.get())
    out, _ = run("load_questionnaire", FIXTURES / "grid")
    assert "grid (figée)" in out


@pytest.mark.django_db
def test_load_refuses_an_invalid_questionnaire() -> None:
    with pytest.raises(CommandError, match=r"section\.yaml:7"):
        run("load_questionnaire", FIXTURES / "errors")
