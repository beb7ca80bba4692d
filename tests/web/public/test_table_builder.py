"""A composed table: the figures of the release, whatever the pivot; its address gives it back; too large is refused."""

import html
import io
import re
from itertools import pairwise

import pytest
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook

from senacs.lib.text import search_key
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import reader_for
from senacs.publication.documents.printed_figures import compared_statistic
from senacs.web.incoming import Given
from senacs.web.public import table_builder
from senacs.web.public.table_builder import BuiltTable, state_of
from tests.web.public.test_views import text_of


def built(published: Release, *codes: str, **words: str) -> BuiltTable:
    query = QueryDict(mutable=True)
    query.update(words)
    query.setlist("indicateur", list(codes))
    return BuiltTable(state_of(Given(query), [published.campaign.data_year]), [published])


def shares(published: Release) -> list[str]:
    reader = reader_for(published)
    return [
        code
        for code, info in reader.indicators.items()
        if info.kind == "share" and reader.table(code, level="departement", statistic=compared_statistic(info))
    ][:2]


def test_figures_are_those_of_the_release(published: Release) -> None:
    reader, codes = reader_for(published), shares(published)
    table = built(published, *codes, niveau="departement")
    cells = {
        (cell.territory, code): cell
        for code in codes
        for cell in reader.table(code, level="departement", statistic="share", modality="")
    }
    assert len(table.rows) == len(reader.territories("departement")) and len(table.headers) == len(codes)
    names = {name: code for code, name in table.places.items()}
    hidden = 0
    for row in table.rows:
        for code, figure in zip(codes, row.figures, strict=True):
            cell = cells.get((names[row.heads[0]], code))
            if cell is None or cell.is_suppressed:
                assert figure.value is None and figure.shown.text != "0"
                hidden += cell is not None
            else:
                assert figure.value == pytest.approx(cell.value, abs=0.51)
    assert hidden


def test_without_a_crossing_what_is_a_mean_of_each_kind_is_a_total(published: Release) -> None:
    """No mean is told of both kinds together: a column of « sans objet » would answer nobody."""
    table = built(published, "budget_total", niveau="region")
    assert table.measures[0].statistic == "sum"
    assert any(figure.value for row in table.rows for figure in row.figures)
    crossed = built(published, "budget_total", niveau="region", croisement="kind")
    assert crossed.measures[0].statistic == "mean"


def test_pivot_moves_figures_and_changes_none(published: Release) -> None:
    codes = shares(published)
    seen = []
    for columns in table_builder.COLUMNS:
        table = built(published, *codes, niveau="departement", croisement="kind", colonnes=columns)
        assert table.modalities.keys() > {"CS"} or len(table.modalities) > 1
        seen.append(sorted((figure.shown.text, figure.value or -1) for row in table.rows for figure in row.figures))
    assert seen[0] == seen[1] == seen[2] and len(seen[0]) == table.size


def test_sorted_by_a_column_with_what_is_hidden_last(published: Release) -> None:
    table = built(published, *shares(published), niveau="departement", tri="0")
    values = [row.figures[0].value for row in table.rows]
    told = [value for value in values if value is not None]
    assert all(a >= b for a, b in pairwise(told)) and values[: len(told)] == told
    assert all(0 <= figure.share <= 100 for row in table.rows for figure in row.figures)


def test_address_gives_the_table_back(published: Release) -> None:
    first = built(
        published, *shares(published), niveau="departement", croisement="kind", colonnes="croisement", tri="1"
    )
    again = state_of(Given(QueryDict(first.choice.query())), [published.campaign.data_year])
    assert again == first.choice


def test_files_hold_what_the_page_shows(client: Client, published: Release) -> None:
    codes = shares(published)
    query = {"indicateur": codes, "niveau": "departement"}
    page = client.get("/tableau/", query)
    assert "masqué" in text_of(page) and "Tableau composé" in page.content.decode()
    table = built(published, *codes, niveau="departement")
    told = [figure.value for row in table.rows for figure in row.figures]
    sheet = load_workbook(io.BytesIO(client.get("/tableau/senacs.xlsx", query).content))["Chiffres"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [row[1 + 2 * n] for row in rows for n in range(len(codes))] == told
    assert client.get("/tableau/senacs.csv", query).content.decode("utf-8-sig").count("\r\n") == len(rows) + 1
    cube = client.get("/tableau/senacs.json", query).json()
    assert sorted(v for v in cube["value"] if v is not None) == sorted(v for v in told if v is not None)
    assert len(cube["value"]) == cube["size"][0] * cube["size"][1] * cube["size"][2] * cube["size"][3]
    assert "secret" in cube["status"].values()


def test_too_large_is_refused_before_anything_is_read(
    client: Client, published: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_builder, "MOST_CELLS", 1)
    monkeypatch.setattr(BuiltTable, "_figures", property(lambda self: pytest.fail("read")))
    query = {"indicateur": shares(published), "niveau": "departement"}
    assert "1 au plus" in text_of(client.get("/tableau/", query)).replace("\xa0", " ")
    assert client.get("/tableau/senacs.csv", query).status_code == 404


def test_nothing_chosen_and_nonsense_are_told(client: Client, published: Release) -> None:
    assert "Choisissez un indicateur" in text_of(client.get("/tableau/"))
    words = {"indicateur": "inconnu:x", "niveau": "canton", "annee": "²", "tri": "99", "croisement": "x"}
    assert "Choisissez un indicateur" in text_of(client.get("/tableau/", words))
    assert client.get("/tableau/senacs.csv", words).status_code == 404
    odd = {"indicateur": shares(published), "tri": "99", "croisement": "x", "colonnes": "y", "dans": "zz"}
    assert client.get("/tableau/", odd).status_code == 200


def test_no_release_offers_nothing(client: Client, db: None) -> None:
    assert client.get("/tableau/").status_code == 200


def test_indicators_are_searched_added_and_taken_off_without_scripts(client: Client, published: Release) -> None:
    first, second = shares(published)
    page = client.get("/tableau/", {"indicateur": [first], "cherche": "  CLÀS "}).content.decode()
    chips = re.search(r'<ul class="sn-chips".*?</ul>', page, re.DOTALL)
    assert chips and f'name="indicateur" value="{first}"' in chips[0]
    offered = set(re.findall(r'type="checkbox"\s+id="i-([^"]*)"', page))
    words = {code: reader_for(published).indicators[code.partition(":")[0]].label for code in offered}
    assert offered and first not in offered and all("clas" in search_key(label) for label in words.values())
    both = client.get("/tableau/", {"indicateur": [first, second]}).content.decode()
    (address,) = re.findall(rf'value="{first}">.*?href="([^"]*)"', both, re.DOTALL)
    left = client.get(html.unescape(address)).content.decode()
    assert f'value="{first}"' in left and f'name="indicateur" value="{second}"' in left
    assert re.search(rf'type="hidden" name="indicateur" value="{first}"', left) is None
    assert "<select" in both and "multiple" not in both


def test_a_code_that_a_region_and_a_departement_share_is_not_mixed(published: Release) -> None:
    whole = built(published, *shares(published), niveau="departement")
    assert set(whole.places) & {"69", "26"}
    inside = built(published, *shares(published), niveau="departement", dans="84")
    assert inside.places and set(inside.places) < set(whole.places)
    # « 84 » is also the Vaucluse, whose EPCI are none of the région's.
    vaucluse = built(published, *shares(published), niveau="departement", dans="departement-84")
    assert vaucluse.places == {} and vaucluse.choice.within_word == "departement-84"
    assert built(published, dans="canton-84").choice.within is None
