"""DATABASE_URL: what the address of a database says, and what is refused with the reason."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import database


def test_a_server_keeps_its_plans_unless_a_pooler_stands_between() -> None:
    url = "postgresql://senacs:mot%20de%20passe@base:5433/saisie"
    found = database(url, sqlite_path="")
    assert (found["NAME"], found["PASSWORD"]) == ("saisie", "mot de passe")
    assert (found["HOST"], found["PORT"]) == ("base", "5433")
    assert found["OPTIONS"]["prepare_threshold"] == 5  # type: ignore[index]
    aside = database(f"{url}?prepare_threshold=0&sslmode=require", sqlite_path="")["OPTIONS"]
    assert (aside["prepare_threshold"], aside["sslmode"]) == (None, "require")  # type: ignore[index]


@pytest.mark.parametrize("url", ["mysql://base/saisie", "postgresql://base/saisie?prepare_threshold=souvent"])
def test_an_address_that_says_nothing_known_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        database(url, sqlite_path="")


def test_without_address_the_embedded_file_stays_open_between_requests() -> None:
    found = database("", sqlite_path="/srv/senacs.sqlite3")
    assert (found["NAME"], found["CONN_MAX_AGE"]) == ("/srv/senacs.sqlite3", 60)
