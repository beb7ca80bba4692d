"""What deploy/ gives to systemd, to containers and to the proxy is one installation, told three ways."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import resolve

DEPLOY = Path(settings.BASE_DIR) / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
UNITS = {"web": "senacs", "public": "senacs-public", "worker": "senacs-travaux"}
# Where each runs is its own; a machine serves on the loopback, a container to its network.
PLACES = {"--address", "--port"}


def unit(name: str) -> list[str]:
    (command,) = re.findall(r"^ExecStart=\S+/(senacs .*)$", (DEPLOY / f"{name}.service").read_text(), re.MULTILINE)
    return shlex.split(command)


def apart_from_places(command: list[str]) -> list[str]:
    kept, skipped = [], False
    for word in command:
        if not skipped and word not in PLACES:
            kept.append(word)
        skipped = word in PLACES
    return kept


@pytest.mark.parametrize("service", UNITS)
def test_containers_run_what_systemd_runs(service: str) -> None:
    told = COMPOSE["services"][service]
    assert apart_from_places(told["command"]) == apart_from_places(unit(UNITS[service]))
    assert told["depends_on"]["install"]["condition"] == "service_completed_successfully"
    site = (told.get("environment") or {}).get("SENACS_SITE", "complet")
    text = (DEPLOY / f"{UNITS[service]}.service").read_text(encoding="utf-8")
    assert re.findall(r"^Environment=SENACS_SITE=(\w+)$", text, re.MULTILINE) == ([site] if site == "public" else [])


def test_every_command_takes_its_words() -> None:
    commands = [one["command"] for one in COMPOSE["services"].values() if "command" in one]
    commands += [unit(path.stem) for path in DEPLOY.glob("*.service")]
    assert len(commands) == 8
    for program, name, *words in commands:
        assert program == "senacs"
        parser = load_command_class(get_commands()[name], name).create_parser("senacs", name)
        known = parser.format_help()
        assert [word for word in words if word.startswith("--") and word not in known] == []


def test_image_serves_as_the_web_container_does() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    (served,) = re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)
    assert json.loads(served) == COMPOSE["services"]["web"]["command"]
    (looked_at,) = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", text)
    assert resolve(looked_at).url_name == "ready"
    packages = re.findall(r"postgresql-client|python3-venv|make", text)
    assert {"postgresql-client", "python3-venv", "make"} <= set(packages)
    assert "USER senacs" in text
    assert "deploy/compose.env" in (Path(settings.BASE_DIR) / ".dockerignore").read_text()


def test_proxy_leads_to_the_programs_and_hides_the_measures() -> None:
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    sites = re.findall(r"^\{\$(\w+):\S+\} \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in sites] == ["SENACS_DOMAIN", "SENACS_PUBLIC_DOMAIN"]
    for name, (_, body) in zip(("senacs", "senacs-public"), sites, strict=True):
        (port,) = re.findall(r"reverse_proxy \{\$\w+:127\.0\.0\.1:(\d+)\}", body)
        command = unit(name)
        assert command[command.index("--port") + 1] == port
        assert "respond /metriques 404" in body
    named = COMPOSE["services"]["proxy"]["environment"]
    assert set(re.findall(r"\{\$(\w+):", text)) == named.keys()


def test_the_example_of_variables_is_read_by_a_shell() -> None:
    """`set -a; . /etc/senacs.env`, as the guide and `deploy/senacs` do."""
    said = subprocess.run(
        ["bash", "-e", "-c", 'set -a; . "$1"; printenv SENACS_EMAIL_FROM', "bash", str(DEPLOY / "senacs.env")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "SENACS <senacs@exemple.fr>\n"
    for script in (DEPLOY / "senacs",):
        subprocess.run(["sh", "-n", str(script)], check=True)
