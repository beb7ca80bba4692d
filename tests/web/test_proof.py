"""A fresh proof of identity before every act that binds, asked once, after which the act is done."""

import ast
import inspect
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve

from senacs.accounts.enums import Role
from senacs.accounts.models import Invitation, User
from senacs.collection.models import ApiToken, Response
from senacs.lib import clock
from senacs.web import jobs as web_jobs
from tests import factories
from tests.factories import Cast
from tests.walk.routes import PATTERNS

SignIn = Callable[[User], Client]

# Services that bind, and the modules of the web that call them. A new caller takes a line here, and one in ACTS.
BINDING = {
    "sign_edition",
    "publish_edition",
    "sign_release",
    "publish_release",
    "extract_raw_data",
    "grant_mandate",
    "end_mandate",
    "invite",
    "invite_deputy",
    "remove_deputy",
    "name_preparation",
    "create_token",
    "take_archive",
    "open_reading",
    "revoke_token",
    "propose_national",
    "confirm_national",
    "withdraw_national",
    "end_national",
    "reset_second_factor",
    "propose_phase",
    "confirm_phase",
    "invite_list",
    "hand_over",
    "renew_mandate",
    "end_own_mandate",
}
# Verbs of acts that bind: a service so named that a person does (`by`) is in BINDING, or here with why it binds nobody.
VERBS = frozenset({"sign", "publish", "extract", "grant", "invite", "name", "appoint", "reset", "propose", "take"})
BINDS_NOBODY = {
    "invite_structures": "lets structures answer; gives nobody a right",
    "invite_alone": "lets structures answer; gives nobody a right",
    "invite_second": "reached through propose_national alone",
    "propose": "a proposal changes nothing in the register before somebody accepts it",
    "propose_enquiry": "a few questions, which nobody sees before the other institution agrees",
    "propose_corrections": "a proposal changes nothing in the register before somebody accepts it",
    "take_back_reminder": "the person who planned letters takes them back before they leave",
    "publish_charte": "the delivered text, which each person accepts or not",
    "take_part_again": "a structure answers after all",
    "take_back_response": "a structure takes back its own answers, before any control",
}
CALLERS = {
    "copil/views.py": {"sign_edition", "publish_edition"},
    "national/releases.py": {"sign_release", "publish_release"},
    "national/production.py": {"take_archive"},
    "national/readings.py": {"open_reading"},
    "national/team.py": {"propose_national", "confirm_national", "withdraw_national", "end_national"},
    "mandates/views.py": {
        "invite",
        "INVITATIONS",
        "hand_over",
        "renew_mandate",
        "end_own_mandate",
    },
    "national/phases.py": {"propose_phase", "confirm_phase"},
    "national/people.py": {"reset_second_factor"},
    "structure/account/software.py": {"create_token", "revoke_token"},
    "structure/account/team.py": {"invite_deputy", "remove_deputy"},
    "tables/preparation.py": {"name_preparation", "end_mandate", "extract_raw_data"},
}
# Kinds of jobs that come to a binding service: who asks for one comes to it.
BINDING_JOBS = {"INVITATIONS": {"invite_list"}}
JOBS = "jobs.py"
ACTS = [
    ("copil", "/copil/{pk}/signer-caf/"),
    ("copil", "/copil/{pk}/signer-federation/"),
    ("copil", "/copil/{pk}/publier/"),
    ("national", "/national/publications/2026-1/signer-caf/"),
    ("national", "/national/publications/2026-1/publier/"),
    ("national", "/national/publications/2026-1/production/26.zip"),
    ("national", "/national/lectures/{structure}/"),
    ("national", "/national/equipe/proposer/"),
    ("national", "/national/equipe/invitations/1/confirmer/"),
    ("national", "/national/equipe/invitations/1/retirer/"),
    ("national", "/national/equipe/1/terminer/"),
    ("correspondant_caf", "/mandats/caf/{caf}/"),
    ("correspondant_caf", "/mandats/liste/"),
    ("correspondant_caf", "/mandats/{mandate}/transmettre/"),
    ("correspondant_caf", "/mandats/{mandate}/prolonger/"),
    ("correspondant_caf", "/mandats/{mandate}/terminer/"),
    ("correspondant_caf", "/mandats/invitations/1/retirer/"),
    ("national", "/national/campagnes/2026/phase/close/"),
    ("national", "/national/campagnes/2026/phase/close/confirmer/"),
    ("national", "/national/comptes/{nobody}/second-facteur/"),
    ("responsable", "/saisie/{pk}/logiciel/"),
    ("responsable", "/saisie/{pk}/logiciel/1/retirer/"),
    ("responsable", "/saisie/equipe/{structure}/inviter/"),
    ("responsable", "/saisie/equipe/retirer/1/"),
    ("copil", "/tables/26/preparation/nommer/"),
    ("copil", "/tables/26/preparation/1/terminer/"),
    ("preparation", "/tables/26/donnees/"),
]


def test_every_caller_of_a_binding_service_is_known() -> None:
    web = settings.BASE_DIR / "senacs" / "web"
    found = {str(path.relative_to(web)): calls for path in web.rglob("*.py") if (calls := _binding_calls(path))}
    jobs = found.pop(JOBS)
    assert found == CALLERS
    assert jobs - set(BINDING_JOBS) == set().union(*BINDING_JOBS.values())
    for kind, services in BINDING_JOBS.items():
        run = ast.parse(inspect.getsource(getattr(web_jobs, kind).run))
        assert _calls(run) & BINDING == services


def _binding_calls(path: Path) -> set[str]:
    return _calls(ast.parse(path.read_text(encoding="utf-8"))) & (BINDING | set(BINDING_JOBS))


def _calls(tree: ast.AST) -> set[str]:
    """Names of what is called, and of the kinds of jobs that are asked for."""
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asked = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(BINDING_JOBS)
    return asked | {name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "") for name in called}


def test_every_view_that_comes_to_a_binding_service_asks() -> None:
    """By its own call or through the functions of its module: the decorator is on the view."""
    for module in CALLERS:
        tree = ast.parse((settings.BASE_DIR / "senacs" / "web" / module).read_text(encoding="utf-8"))
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        reaching = {name for name, node in functions.items() if _calls(node) & (BINDING | set(BINDING_JOBS))}
        for _ in functions:
            reaching |= {name for name, node in functions.items() if _calls(node) & reaching}
        views = {name for name in reaching if not name.startswith("_")}
        unguarded = {name for name in views if not _asks(functions[name])}
        assert views and not unguarded, f"{module}: {sorted(unguarded)} bind without a fresh proof (web/proof.py)"


def _asks(view: ast.FunctionDef) -> bool:
    named = (mark.func if isinstance(mark, ast.Call) else mark for mark in view.decorator_list)
    return any(getattr(mark, "id", "") in {"fresh_proof", "fresh_proof_for"} for mark in named)


def test_every_service_of_a_binding_name_is_classed() -> None:
    """What signs, publishes, extracts or mandates tomorrow fails here until it is in one list or the other."""
    product, found = settings.BASE_DIR / "senacs", set()
    for path in product.rglob("*.py"):
        if path.relative_to(product).parts[0] in {"web", "demo"} or "migrations" in path.parts:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.split("_")[0] in VERBS:
                done_by = any(argument.arg == "by" for argument in [*node.args.args, *node.args.kwonlyargs])
                found |= {node.name} if done_by else set()
    unclassed = found - BINDING - set(BINDS_NOBODY)
    assert not unclassed, f"{sorted(unclassed)}: in BINDING, with its caller and its act, or in BINDS_NOBODY, with why"


def test_every_page_that_asks_is_tried() -> None:
    """Those of one's own account are tried where they are tested."""
    asking = {name for name, (_, pattern) in PATTERNS.items() if getattr(pattern.callback, "asks_proof", False)}
    filled = (address.format(pk=1, structure=1, nobody=1, caf=1, mandate=1) for _, address in ACTS)
    tried = {resolve(address).url_name for address in filled}
    assert asking - OF_ONES_ACCOUNT == tried


OF_ONES_ACCOUNT = {"account_address", "proconnect_detach"}


@pytest.mark.parametrize(("who", "address"), ACTS)
def test_act_waits_for_a_proof(cast: Cast, response: Response, sign_in: SignIn, who: str, address: str) -> None:
    named = {"caf": cast.structure.caf_id, "mandate": cast.suppleant.mandates.get().pk, "nobody": cast.nobody.pk}
    user, url = cast.users()[who], address.format(pk=response.pk, structure=cast.structure.pk, **named)
    client = sign_in(user)
    assert not client.post(url).headers.get("Location", "").startswith("/compte/"), "fresh: the act answers for itself"
    factories.let_time_pass(client, user)
    assert "/reauthenticate/?next=" in client.post(url).headers["Location"]


def test_what_binds_nobody_asks_nothing(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    factories.let_time_pass(client, cast.responsable)
    assert client.get(f"/saisie/{response.pk}/logiciel/").status_code == 200
    assert client.post(f"/saisie/{response.pk}/valeurs/", {}).status_code != 302
    assert client.post(f"/copil/{response.pk}/renvoyer/").status_code == 404


def test_act_is_done_once_the_password_is_given(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client, url = sign_in(cast.responsable), f"/saisie/{response.pk}/logiciel/"
    factories.let_time_pass(client, cast.responsable)
    asked = client.post(url, {"label": "Noé"})
    html = client.get(asked.headers["Location"]).content.decode()
    assert "Confirmez que c’est bien vous" in html
    client.post(asked.headers["Location"], {"password": "faux", "next": url})
    assert not ApiToken.objects.exists()
    client.post(asked.headers["Location"], {"password": factories.PASSWORD, "next": url})
    assert ApiToken.objects.get().label == "Noé"


def test_act_is_done_once_the_code_is_given(cast: Cast, sign_in: SignIn) -> None:
    cast.preparation.mandates.all().delete()
    client = sign_in(cast.copil)
    factories.let_time_pass(client, cast.copil)
    ends_on = (clock.today() + timedelta(days=20)).isoformat()
    asked = client.post("/tables/26/preparation/nommer/", {"email": "nouvelle@exemple.fr", "ends_on": ends_on})
    assert asked.headers["Location"].startswith("/compte/2fa/reauthenticate/")
    client.post(asked.headers["Location"], {"code": factories.totp_code(), "next": "/tables/26/preparation/nommer/"})
    assert Invitation.objects.get(email="nouvelle@exemple.fr").role == Role.PREPARATION


@pytest.mark.parametrize(("minutes", "is_asked"), [(9, False), (11, True)])
def test_proof_is_fresh_for_ten_minutes(
    cast: Cast, response: Response, sign_in: SignIn, minutes: int, is_asked: bool
) -> None:
    client = sign_in(cast.responsable)
    factories.prove_identity(client, cast.responsable, ago=timedelta(minutes=minutes))
    client.post(f"/saisie/{response.pk}/logiciel/", {"label": "Noé"})
    assert ApiToken.objects.exists() is not is_asked


def test_proof_of_somebody_else_is_none(cast: Cast, response: Response, sign_in: SignIn) -> None:
    client = sign_in(cast.responsable)
    factories.prove_identity(client, cast.suppleant)
    client.post(f"/saisie/{response.pk}/logiciel/", {"label": "Noé"})
    assert not ApiToken.objects.exists()


def test_sign_in_itself_is_a_proof(cast: Cast, response: Response, client: Client) -> None:
    factories.accept_charte(cast.responsable)
    client.post("/compte/login/", {"login": cast.responsable.email, "password": factories.PASSWORD})
    client.post(f"/saisie/{response.pk}/logiciel/", {"label": "Noé"})
    assert ApiToken.objects.exists()
