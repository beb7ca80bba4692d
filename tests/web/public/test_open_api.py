"""`/api/v1`: the same figures in every format, what is secret stays so, errors and limits are said in French."""

import csv
import io
from collections import Counter
from datetime import timedelta

import polars as pl
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from senacs.observatory.models import Release
from senacs.observatory.releases.reader import reader_for
from senacs.web.public import open_api, open_api_views, open_data
from tests import factories


def figures(client: Client, **query: str) -> list[dict]:  # type: ignore[type-arg]
    """Every page of the answer, following what each says."""
    found, url = [], "/api/v1/chiffres"
    answer = client.get(url, query).json()
    while True:
        found += answer["chiffres"]
        if answer["suivante"] is None:
            return found
        answer = client.get(answer["suivante"].removeprefix("http://testserver")).json()


def test_every_page_together_is_the_release(client: Client, published: Release) -> None:
    told = figures(client, taille="97")
    whole = pl.read_parquet(published.directory / "cells.parquet")
    assert len(told) == whole.height == len({one["id"] for one in told})
    cells = Counter(whole.select("indicator", "territory", "value").iter_rows())
    assert Counter((one["indicateur"], one["territoire"], one["valeur"]) for one in told) == cells
    hidden = [one for one in told if one["statut"] != "published"]
    assert hidden and all(one["valeur"] is None and one["repondants"] is None and one["raison"] for one in hidden)


def test_formats_tell_the_same_figures(client: Client, published: Release) -> None:
    reader = reader_for(published)
    code = next(c for c, i in reader.indicators.items() if reader.table(c, level="region"))
    query = {"indicateur": code, "niveau": "region"}
    told = {one["id"].partition(":")[2]: one["valeur"] for one in figures(client, **query)}
    text = client.get("/api/v1/chiffres", query | {"format": "csv"}).content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [None if row["value"] == "secret" else float(row["value"]) for row in rows] == list(told.values())
    parquet = client.get("/api/v1/chiffres", query | {"format": "parquet"})
    assert pl.read_parquet(io.BytesIO(parquet.content))["value"].to_list() == list(told.values())
    cube = client.get("/api/v1/chiffres", query | {"format": "jsonstat"}).json()
    assert sorted(cube["value"].values()) == sorted(value for value in told.values() if value is not None)
    assert len(cube["status"]) == sum(value is None for value in told.values())


def test_a_code_of_two_levels_has_both_names() -> None:
    pairs = [("01", "Ain"), ("01", "Guadeloupe"), ("02", "Aisne"), ("02", "Aisne")]
    assert open_data._by_code(pairs) == {"01": "Ain / Guadeloupe", "02": "Aisne"}


def test_names_of_a_cube_are_those_of_what_it_holds(client: Client, published: Release) -> None:
    cube = client.get("/api/v1/chiffres", {"format": "jsonstat", "mesure": "share"}).json()
    reader = reader_for(published)
    held = {one["indicateur"] for one in figures(client, mesure="share")}
    labels = {label for code in held for label in reader.indicators[code].modalities.values()}
    told = cube["dimension"]["modality"]["category"]["label"]
    assert labels and {part for label in told.values() for part in label.split(" / ")} - {"Ensemble"} <= labels


def test_value_of_a_cube_stands_at_its_place(client: Client, published: Release) -> None:
    cube = client.get("/api/v1/chiffres", {"niveau": "departement", "format": "jsonstat"}).json()
    told = {}
    for one in figures(client, niveau="departement", taille="1000"):
        where = (one["indicateur"], one["mesure"], one["reponse"] or "_T", one["territoire"])
        told[where, frozenset(one["croisements"].items())] = one["valeur"]
    fixed = ("indicator", "statistic", "modality", "territory", "level", "time")
    dimensions = [(name, cube["dimension"][name]["category"]["index"]) for name in cube["id"]]
    assert cube["value"]
    for place, value in cube["value"].items():
        rest, at = int(place), {}
        for name, codes in reversed(dimensions):
            rest, index = divmod(rest, len(codes))
            at[name] = codes[index]
        crossed = frozenset((name, code) for name, code in at.items() if name not in fixed and code != "_T")
        assert told[tuple(at[name] for name in fixed[:4]), crossed] == value


def test_lists_and_register(client: Client, published: Release) -> None:
    told = client.get("/api/v1/publications").json()["publications"]
    assert [one["nom"] for one in told] == [published.name] and told[0]["fichiers"][0]["sha256"]
    file = client.get(told[0]["fichiers"][0]["adresse"])
    assert len(b"".join(file.streaming_content)) == told[0]["fichiers"][0]["octets"]  # type: ignore[attr-defined]
    codes = {one["code"] for one in client.get("/api/v1/indicateurs").json()["indicateurs"]}
    assert codes == set(reader_for(published).indicators)
    places = client.get("/api/v1/territoires", {"niveau": "region"}).json()["territoires"]
    assert places and all(one["nom"] for one in places)
    factories.make_structure(code="S77", kind="EVS")
    evs = client.get("/api/v1/structures", {"type": "EVS", "taille": "1000"}).json()["structures"]
    assert "S77" in {one["code"] for one in evs} and {one["type"] for one in evs} == {"EVS"}


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("inconnu=1", 400, "Paramètre inconnu"),
        ("taille=5000", 400, "un nombre de 1 à 1000"),
        ("page=²", 400, "un nombre"),
        ("niveau=canton", 400, "departement"),
        ("niveau=region&niveau=france", 400, "deux fois"),
        ("publication=1999-1", 404, "n’existe pas"),
    ],
)
def test_errors_are_said(client: Client, published: Release, query: str, status: int, words: str) -> None:
    answer = client.get(f"/api/v1/chiffres?{query}")
    assert answer.status_code == status and words in answer.json()["detail"]
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_too_large_is_refused_before_it_is_written(
    client: Client, published: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_data, "MOST_ROWS", 3)
    for name in ("csv", "parquet", "jsonstat"):
        answer = client.get("/api/v1/chiffres", {"format": name})
        assert answer.status_code == 400 and "3 au plus" in answer.json()["detail"]


def test_limit_says_so_and_is_of_one_network(client: Client, published: Release) -> None:
    minute = open_api_views.clock.now().replace(second=5)
    counted = open_api_views.Calls()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_api_views.clock, "now", lambda: minute)
        patch.setattr(open_api_views, "calls", counted)
        for _ in range(open_api.CALLS_A_MINUTE):
            counted.left("203.0.113.7")
        refused = client.get("/api/v1/publications", REMOTE_ADDR="203.0.113.7")
        assert refused.status_code == 429 and refused["Retry-After"] == "55"
        other = client.get("/api/v1/publications", REMOTE_ADDR="203.0.113.8")
        assert other.status_code == 200 and other["RateLimit-Remaining"] == str(open_api.CALLS_A_MINUTE - 1)
        patch.setattr(open_api_views.clock, "now", lambda: minute + timedelta(minutes=1))
        assert client.get("/api/v1/publications", REMOTE_ADDR="203.0.113.7").status_code == 200


def test_answers_are_kept_by_their_fingerprint(client: Client, published: Release) -> None:
    first = client.get("/api/v1/indicateurs")
    assert first["Last-Modified"] and first["Cache-Control"]
    assert client.get("/api/v1/indicateurs", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_description_is_of_what_is_read(client: Client, published: Release) -> None:
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"] == "3.1.0" and set(told["paths"]) == {one.path for one in open_api.OPERATIONS}
    for path in told["paths"]:
        assert client.get(f"/api/v1{path}").status_code == 200
    page = client.get("/api/v1/").content.decode()
    assert "polars.read_csv" in page and "read.csv" in page and "curl" in page


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(data=st.data())
def test_what_is_described_is_taken_and_the_rest_refused(
    client: Client, published: Release, data: st.DataObject
) -> None:
    """What schemathesis asks: values of the schema never break, values out of it are 400."""
    operation = data.draw(st.sampled_from(open_api.OPERATIONS))
    wanted = data.draw(st.lists(st.sampled_from(operation.parameters or (None,)), unique=True, max_size=3))
    query, is_right = {}, True
    for one in [parameter for parameter in wanted if parameter]:
        right = data.draw(st.booleans())
        if one.most is not None:
            numbers = st.integers(1, one.most) if right else st.integers(one.most + 1, 10**30)
            query[one.name] = str(data.draw(numbers))
        elif one.choices:
            query[one.name] = data.draw(st.sampled_from(one.choices)) if right else "ailleurs"
        else:
            right = True
            query[one.name] = data.draw(st.text("abcàé:/-_ \u202f1", max_size=12))
        is_right = is_right and right
    answer = client.get(f"/api/v1{operation.path}", query)
    assert answer.status_code in ({200, 404, 400} if is_right else {400}), query
    if answer.status_code == 400:
        assert answer.json()["detail"]
