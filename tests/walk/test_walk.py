"""The walk: every address × method × identity × scope; what is refused changes nothing and reads no answer."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import URLPattern
from pypdf import PdfReader

from senacs.accounts.models import AccessEntry
from senacs.collection.models import Response
from senacs.lib.french import spaced
from senacs.web.typography import typeset
from tests.reading import Words
from tests.walk import document, rows
from tests.walk.routes import PATTERNS, is_open
from tests.walk.rows import ACTS, EVERYONE, ROWS, Row
from tests.walk.world import (
    CANARIES,
    ELSEWHERE,
    IDENTITIES,
    NOWHERE,
    OWN,
    READING,
    SCOPES,
    Identity,
    World,
    make_world,
    roles_of,
)

# Ways out of a page: to the sign-in, the charter, the second factor, the purpose of a reading.
AWAY = re.compile(r"/compte/(?:login|securite)/|/charte/accepter/|/national/lectures/\d+/\?next=")
REFUSED = {401, 403, 404, 405}
_WRITE = re.compile(r'^\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
# Sessions live, on devices that are in use; a token says when it last served.
KEPT_ASIDE = {"django_session", "usersessions_usersession", "collection_apitoken"}


def test_every_address_has_its_row() -> None:
    missing, gone = set(PATTERNS) - set(ROWS), set(ROWS) - set(PATTERNS)
    assert not missing, f"no row for {sorted(map(str, missing))}. {rows.__doc__}"
    assert not gone, f"rows without an address: {sorted(gone)}"


def test_rows_name_the_placeholders_of_their_address() -> None:
    for name, (route, _) in PATTERNS.items():
        wanted = set(re.findall(r"<(?:\w+:)?(\w+)>", route))
        assert set(ROWS[name].placeholders) == wanted, name


def test_open_addresses_are_those_that_everyone_reaches() -> None:
    told = {name for name, row in ROWS.items() if EVERYONE in (row.read, row.write)} | API | MONITOR
    assert {name for name, (_, pattern) in PATTERNS.items() if is_open(pattern)} == told


API = {"response", "questionnaire", "values", "values_csv", "proposals"}
# Asks for a token that is no account's.
MONITOR = {"measures"}


def test_document_is_that_of_the_table() -> None:
    assert document.PAGE.read_text(encoding="utf-8") == document.text(), "python -m tests.walk writes it again"


def test_only_the_api_does_without_csrf() -> None:
    """Its operations ask for a token that no browser sends by itself."""
    exempt = {name for name, (_, pattern) in PATTERNS.items() if getattr(pattern.callback, "csrf_exempt", False)}
    assert exempt <= API | {"api-root", "openapi-json", "schema"}


@dataclass(frozen=True)
class Step:
    name: str
    row: Row
    scope: str
    address: str


def steps(world: World) -> Iterator[Step]:
    for name, row in ROWS.items():
        route, pattern = PATTERNS[name]
        for scope in SCOPES if row.is_scoped else (OWN,):
            names = world.names[scope] | ACTS
            if all(wanted in names for wanted in row.placeholders.values()):
                filled = {hole: names[wanted] for hole, wanted in row.placeholders.items()}
                yield Step(name, row, scope, address_of(route, pattern, filled))


def address_of(route: str, pattern: URLPattern, filled: dict[str, Any]) -> str:
    if name_is_regex := "(?P<" in route:
        route = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^)]*\))*\)", lambda hole: str(filled[hole[1]]), route)
        route = route.replace("^", "").replace("$", "")
    path = route if name_is_regex else re.sub(r"<(?:\w+:)?(\w+)>", lambda hole: str(filled[hole[1]]), route)
    return "/" + path


def is_reached(answer: HttpResponse) -> bool:
    if answer.status_code in REFUSED:
        return False
    return not (answer.status_code == 302 and AWAY.match(answer.headers["Location"]))


class Watch:
    """What one request wrote, and which responses it read with their answers."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.read: set[int] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITE.match(sql)
        if found and found[1] not in KEPT_ASIDE:
            self.written.append(sql[:160])
        return execute(sql, params, many, context)


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    from_db = Response.from_db.__func__  # type: ignore[attr-defined]

    def seen(cls: type[Response], db: str | None, fields: Any, values: Any) -> Response:
        row: Response = from_db(cls, db, fields, values)
        if "values" in fields:
            watch.read.add(row.pk)
        return row

    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(watch):
        patch.setattr(Response, "from_db", classmethod(seen))
        yield


class _Undone(Exception):
    pass


def ask(client: Client, method: str, step: Step, *, csrf: bool = True) -> tuple[HttpResponse, Watch, int]:
    """One request, undone afterwards; with the lines that it added to the ledger."""
    watch, kept = Watch(), []
    token, session = _get_new_csrf_string(), client.cookies.get("sessionid")
    client.cookies["csrftoken"] = token
    more = {"HTTP_X_CSRFTOKEN": token} if csrf else {}
    try:
        with transaction.atomic():
            before = AccessEntry.objects.count()
            with watching(watch):
                answer = client.generic(
                    method, step.address, "", content_type="application/x-www-form-urlencoded", **more
                )
            if answer.streaming:
                # Read here: files are closed with their last byte.
                answer = HttpResponse(b"".join(answer), status=answer.status_code, headers=answer.headers)  # type: ignore[arg-type]
            kept = [answer, watch, AccessEntry.objects.count() - before]
            raise _Undone
    except _Undone:
        # Who signed out is signed in again, as the session is.
        client.cookies.clear()
        if session is not None:
            client.cookies["sessionid"] = session.value
        return tuple(kept)  # type: ignore[return-value]


def fingerprint() -> str:
    """Everything that the database holds, sessions aside."""
    found = hashlib.sha256()
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table):
        if model._meta.db_table not in KEPT_ASIDE and model._meta.managed:
            found.update(repr(sorted(map(repr, model._base_manager.values_list()))).encode())
    return found.hexdigest()


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    return make_world(settings, tmp_path)


# Methods that no page answers, and posts without their token, are refused whoever asks: a few try them.
READERS = {"responsable", "national"}  # whose pages are read for their typography too
THOROUGH = {"anonymous", "software", "responsable", "caf", "copil", "national"}
# Rights are Python: each identity walks once, and a few of them show that another database answers alike.
ON_EACH_DATABASE = {"anonymous", "caf", "national"}
WALKERS = [name if name in ON_EACH_DATABASE else pytest.param(name, marks=pytest.mark.once) for name in IDENTITIES]


@pytest.mark.slow
@pytest.mark.parametrize("name", WALKERS)
def test_walk(world: World, name: str) -> None:
    identity = world.identities[name]
    client, before = identity.client(), fingerprint()
    faults: list[str] = []
    walked = 0
    for step in steps(world):
        row = step.row
        if name not in THOROUGH and row.read == EVERYONE and row.write in (EVERYONE, rows.NOBODY):
            continue  # what everybody reads is the same for all: those who try everything have read it
        methods = [("GET", row.read)]
        if name in THOROUGH or row.write != rows.NOBODY:
            methods += [("POST", row.write)]
        others = row.write if row.puts else rows.NOBODY
        if step.scope == OWN and name in THOROUGH:
            # A page is neither put nor deleted, whoever asks; HEAD says no more than GET.
            methods += [("HEAD", rows.NOBODY if step.name in API else row.read), ("PUT", others), ("DELETE", others)]
        for method, wanted in methods:
            answer, watch, lines = ask(client, method, step)
            walked += 1
            faults += judge(world, identity, step, method, row.opens(name, step.scope, wanted), answer, watch, lines)
            if method == "GET" and step.scope == OWN and name in READERS:
                faults += loosely_spaced(step, answer)
        if step.scope == OWN and step.name not in API and name in THOROUGH:
            answer, watch, _ = ask(client, "POST", step, csrf=False)
            walked += 1
            if is_reached(answer) or watch.written:
                faults.append(f"{step.name} POST without CSRF: {answer.status_code} {watch.written[:1]}")
    assert not faults, f"{len(faults)} of {walked}:\n" + "\n".join(faults[:60])
    assert fingerprint() == before
    assert walked > (800 if name in THOROUGH else 500)


def loosely_spaced(step: Step, answer: HttpResponse) -> Iterator[str]:
    """A page as it leaves the site: no space is left that would put a mark, or a unit, on the next line."""
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        for text in Words(typeset(answer.content.decode())).texts:
            if spaced(text) != text:
                yield f"{step.name}: {text.strip()[:80]!r} breaks before a mark or a unit"


def judge(
    world: World, identity: Identity, step: Step, method: str, is_expected: bool, answer: HttpResponse, watch: Watch,
    lines: int,
) -> Iterator[str]:  # fmt: skip
    where = f"{identity.name} {method} {step.name} ({step.scope}) {step.address} → {answer.status_code}"
    reached = is_reached(answer)
    if answer.status_code >= 500:
        yield f"{where}: an error"
    if reached and not is_expected:
        yield f"{where}: reached, and no role of theirs opens it"
    if is_expected and not reached and step.row.reaches:
        yield f"{where}: refused ({answer.headers.get('Location', '')})"
    if not is_expected and watch.written:
        yield f"{where}: refused, and wrote {watch.written[0]}"
    if reached and not step.row.crowd:
        yield from shown_without_right(identity, where, answer, lines)
    if method in {"GET", "HEAD"} and reached and not step.row.crowd:
        for pk in watch.read:
            place = world.responses[pk]
            held = roles_of(identity.name, place)
            by_right = bool(held & (rows.OWN | rows.PAIR)) or "software" in held
            if not by_right and not (READING in held and lines):
                yield f"{where}: read the answers of the {place} structure without right nor line ({lines})"
    if lines and READING not in roles_of(identity.name, step.scope) and step.name != "national_reading":
        yield f"{where}: wrote in the ledger"


def shown_without_right(identity: Identity, where: str, answer: HttpResponse, lines: int) -> Iterator[str]:
    """What a structure answered, found again in what was sent: by right, or with its line in the ledger."""
    sent = text_of(answer)
    for place, canary in CANARIES.items():
        held = roles_of(identity.name, place)
        by_right = bool(held & (rows.OWN | rows.PAIR)) or "software" in held
        if spelled(canary).search(sent) and not by_right and not (READING in held and lines):
            yield f"{where}: shows what the {place} structure answered, without right nor line ({lines})"


def spelled(number: int) -> re.Pattern[str]:
    """A number as files write it, and as pages do: « 48 611 »."""
    thousands, rest = divmod(number, 1000)
    return re.compile(rf"(?<!\d){thousands}[\s\u202f\u00a0]?{rest:03}(?!\d)")


def text_of(answer: HttpResponse) -> str:
    """The words of a page or of a file: PDF, workbook or archive, its members one after the other."""
    return words_of(answer.content)


# Many identities are given the same documents.
_WORDS: dict[bytes, str] = {}


def words_of(content: bytes) -> str:
    if not content.startswith((b"%PDF", b"PK")):
        return content.decode(errors="replace")
    key = hashlib.sha256(content).digest()
    if key not in _WORDS:
        _WORDS[key] = _words_of_file(content)
    return _WORDS[key]


def _words_of_file(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return " ".join(words_of(archive.read(name)) for name in archive.namelist())


@pytest.mark.slow
def test_walk_sees_a_page_that_forgets_to_ask(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk finds what it is there for: a page that gives any response to anybody signed in."""
    from senacs.collection import readings

    monkeypatch.setattr("senacs.web.answers.read_answers", lambda pk, **_: (readings._by_key.first(pk), None))
    monkeypatch.setattr("senacs.web.answers.responses_known_to", lambda user: Response.objects.defer("values"))
    identity = world.identities["nobody"]
    step = next(step for step in steps(world) if step.name == "saisie_answers")
    answer, watch, lines = ask(identity.client(), "GET", step)
    found = " ".join(judge(world, identity, step, "GET", False, answer, watch, lines))
    assert "no role of theirs opens it" in found and "read the answers" in found and "shows what the own" in found
    assert NOWHERE not in world.responses


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ["", "json", "xlsx", "pdf"])
def test_walk_recognises_an_answer_whatever_holds_it(world: World, file_format: str) -> None:
    """A page or a file that shows an answer is seen to; else the walk would find nothing by reading nothing."""
    pk = world.names[OWN]["response"]
    address = f"/saisie/{pk}/copie.{file_format}" if file_format else f"/saisie/{pk}/reponses/"
    answer = world.identities["responsable"].client().get(address)
    assert answer.status_code == 200
    assert spelled(CANARIES[OWN]).search(text_of(answer))
    assert not spelled(CANARIES[ELSEWHERE]).search(text_of(answer))
