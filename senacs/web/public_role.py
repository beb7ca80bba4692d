"""What the public site may read of the database: the tables of its pages, and no other (design §3).

PostgreSQL's own administrator makes the role; the owner of the tables then lends it these, by `senacs public_role`.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import connection, transaction

from senacs.lib.refusals import Refused

# What pages, files and the API of `config.urls_public` read: none holds an answer, an account or a mandate.
# tests/operation/test_public_role.py walks every public page by a role that has these alone.
_MODELS = (
    "territories.region", "territories.departement", "territories.commune", "territories.formercommune",
    "territories.epci", "territories.qpv", "territories.ruralcommune", "territories.boundary",
    "territories.loadedvintage",
    "structures.structure", "structures.agrement", "structures.gestionnaire", "structures.site",
    "structures.caf", "structures.federation",
    "accounts.charteversion", "questionnaire.questionnaireversion", "campaigns.campaign",
    "observatory.release", "publication.edition", "publication.localgroup", "publication.plaquette",
)  # fmt: skip
# For `/pret`, which says whether the tables are those of this version.
_MIGRATIONS = "django_migrations"


def tables() -> list[str]:
    """The names of the tables, with those of the links between them."""
    found = [_MIGRATIONS]
    for label in _MODELS:
        model = apps.get_model(label)
        found.append(model._meta.db_table)
        found += [
            link.m2m_db_table() for link in model._meta.many_to_many if link.related_model._meta.label_lower in _MODELS
        ]
    return sorted(found)


def lend(role: str) -> list[str]:
    """Takes back everything that `role` could read or write here, then lends it the public tables to read.

    Gives the names of the tables. Raises Refused where that would hold nobody back: not PostgreSQL, no such role, a
    role that rules the server, owns tables, or belongs to a role that does.
    """
    if connection.vendor != "postgresql":
        raise Refused("Un rôle qui ne lit que ce qui est public demande PostgreSQL.")
    lent = tables()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole OR rolbypassrls OR rolreplication, rolname = current_user,"
            " EXISTS (SELECT FROM pg_auth_members WHERE member = oid),"
            " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) FROM pg_roles WHERE rolname = %s",
            [role],
        )
        _refuse(role, cursor.fetchone())
        name = connection.ops.quote_name(role)
        for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
            cursor.execute(f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {name}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT ON {_listed(lent)} TO {name}")
    return lent


def _refuse(role: str, found: tuple[bool, bool, bool, bool] | None) -> None:
    if found is None:
        raise Refused(f"Le rôle « {role} » n’existe pas : sudo -u postgres createuser {role}")
    rules, is_self, belongs, owns = found
    if rules or is_self or owns:
        raise Refused(f"Le rôle « {role} » possède des tables ou administre le serveur : prenez-en un autre.")
    if belongs:
        raise Refused(f"Le rôle « {role} » reçoit les droits d’un autre rôle : retirez-le de ce groupe.")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in names)
