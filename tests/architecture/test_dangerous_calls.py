"""What no module of the product does: evaluate a text, call a shell, weaken a digest, call another service."""

import ast
from functools import cache
from pathlib import Path

import pytest
from django.conf import global_settings

ROOT = Path(__file__).parents[2]
# What no module of the product may use, and the requirement that says so.
DANGEROUS = {
    "eval": "1.3.2", "exec": "1.3.2", "os.system": "1.2.5", "os.popen": "1.2.5", "pickle.loads": "1.5.2",
    "pickle.load": "1.5.2", "marshal.loads": "1.5.2", "yaml.unsafe_load": "1.5.2", "yaml.full_load": "1.5.2",
    "hashlib.md5": "11.4.1", "hashlib.sha1": "11.4.1", "Template": "1.3.7", "Engine": "1.3.7",
}  # fmt: skip
# Module, name: why it is no danger there.
ALLOWED: dict[tuple[str, str], str] = {}


def dotted(node: ast.expr) -> str:
    """« yaml.load »; empty for what is called otherwise than by its name."""
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return node.id if isinstance(node, ast.Name) else ""


@cache
def calls() -> list[tuple[str, str, ast.Call]]:
    found = []
    for path in sorted((ROOT / "senacs").rglob("*.py")):
        name = path.relative_to(ROOT / "senacs").as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [(name, dotted(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return found


def test_nothing_is_evaluated_nor_given_to_a_shell() -> None:
    dangerous = [
        f"{name}: {called} ({DANGEROUS[called]})"
        for name, called, _ in calls()
        if called in DANGEROUS and (name, called) not in ALLOWED and not called.startswith("hashlib")
    ]
    shells = [name for name, _, node in calls() for word in node.keywords if word.arg == "shell"]
    loaders = [
        name
        for name, called, node in calls()
        if called == "yaml.load"
        and not any(word.arg == "Loader" and "_Loader" in ast.unparse(word) for word in node.keywords)
    ]
    assert (dangerous, shells, loaders) == ([], [], [])


def test_only_approved_digests_are_used() -> None:
    weak = [(name, called) for name, called, _ in calls() if called in {"hashlib.md5", "hashlib.sha1"}]
    # The offline list of known passwords is published as SHA-1: nothing is protected by it.
    assert [entry for entry in weak if entry[0] != "accounts/password_rules.py"] == []
    assert sum(called in {"hashlib.sha256", "hashlib.file_digest"} for _, called, _ in calls()) > 5


def test_passwords_are_derived_by_an_approved_function() -> None:
    source = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    assert "PASSWORD_HASHERS" not in source, "a change of the default is a decision to write down here"
    assert global_settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.PBKDF2PasswordHasher"


def test_secrets_come_from_the_system() -> None:
    """`random` draws the demonstration and samples; what must not be guessed comes from `secrets` or Django."""
    drawn = {name for name, called, _ in calls() if called.startswith("random.") and not name.startswith("demo/")}
    assert not {name for name in drawn if name.startswith(("accounts/", "collection/tokens", "web/", "publication/"))}
    assert any(called.startswith("secrets.") for _, called, _ in calls())


def test_outgoing_calls_are_those_of_proconnect() -> None:
    """The mail server is that of the settings: no address that somebody types is ever connected to."""
    clients = {"requests", "urllib.request", "httpx", "aiohttp", "http.client", "ftplib", "smtplib"}
    found = set()
    for path in sorted((ROOT / "senacs").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {path.relative_to(ROOT / "senacs").as_posix() for name in names if name in clients}
    letters = {"letters/delivery.py", "letters/smtp.py"}
    # `senacs doctor` says to the mail server who it is, and sends nothing.
    doctor = {"operation/diagnosis.py"}
    assert found <= {"web/account/proconnect.py", "web/account/proconnect_views.py"} | letters | doctor


@pytest.mark.parametrize("word", ["eval(", "new Function", "innerHTML", "outerHTML", "document.write", "postMessage"])
def test_scripts_evaluate_nothing(word: str) -> None:
    scripts = sorted((ROOT / "assets" / "js").rglob("*.*js"))
    assert len(scripts) > 5
    assert [path.name for path in scripts if word in path.read_text(encoding="utf-8")] == []
