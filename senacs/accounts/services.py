"""Mandates granted and ended, the charter accepted, accesses logged."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Model, QuerySet

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, TWO_PERSON_ROLES, AccessAction, Role, Side
from senacs.accounts.models import AccessEntry, CharteAcceptance, CharteVersion, Mandate, User
from senacs.accounts.permissions import (
    can_confirm_national,
    can_invite_deputy,
    can_manage_campaigns,
    can_mandate_copil,
    can_mandate_institution,
    can_mandate_structure,
    can_open_reading,
    preparation_sides,
)
from senacs.audit.rows import append
from senacs.audit.security import tell_once_done
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.lib.refusals import NotAllowed, Refused
from senacs.structures.models import Caf, Federation, Structure
from senacs.territories.models import Departement, Region

Scope = Structure | Caf | Federation | Departement | Region | None

_SCOPE_FIELDS: dict[type, str] = {
    Structure: "structure",
    Caf: "caf",
    Federation: "federation",
    Departement: "departement",
    Region: "region",
}
EXPECTED_SCOPES: dict[Role, type[Model] | None] = {
    Role.RESPONSABLE: Structure,
    Role.SUPPLEANT: Structure,
    Role.CORRESPONDANT_CAF: Caf,
    Role.CORRESPONDANT_FEDERAL: Federation,
    Role.COPIL: Departement,
    Role.PREPARATION: Departement,
    Role.REGIONAL: Region,
    Role.NATIONAL: None,
    Role.COMITE_TECHNIQUE: None,
}
# Letters: « étude » says nothing to the structures that read the ledger.
SHORTEST_PURPOSE = 20
# Long enough to help somebody on the telephone, short enough that the next need states its own purpose.
READING_LASTS = timedelta(hours=1)
LONGEST_WHAT = AccessEntry._meta.get_field("what").max_length
# A role that two people give needs two people to give it.
PEOPLE_TO_GIVE = 2
# Roles that an institution gives to its own people: nobody gives one to oneself.
OWN_ROLES = CORRESPONDENT_ROLES | {Role.RESPONSABLE, Role.COPIL}
# Roles held in the name of one of the two institutions, which must therefore be told.
_SIDED_ROLES = frozenset({Role.COPIL, Role.PREPARATION, Role.REGIONAL, Role.NATIONAL})


@transaction.atomic
def grant_mandate(
    *,
    user: User,
    role: Role,
    scope: Scope = None,
    side: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: User | None,
    confirmed_by: User | None = None,
) -> Mandate:
    """Gives `user` a role on a scope; a mandate already in force on it is given back unchanged.

    `by` None is the installation itself (first account, demonstration). Roles over the whole country are given by two
    people, of whom `user` is neither. Raises Refused when the scope, the side or the end does not suit the role,
    NotAllowed when `by`, or `confirmed_by`, may not grant it.
    """
    starts_on = starts_on or clock.today()
    check_grant(role=role, scope=scope, side=side, starts_on=starts_on, ends_on=ends_on, by=by)
    check_two_people(role=role, by=by, confirmed_by=confirmed_by)
    _check_person(user, role=role, side=side, givers=(by, confirmed_by))
    if role == Role.PREPARATION and isinstance(scope, Departement):
        check_one_preparer(departement=scope, side=side, address=user.email)
    fields = scope_fields(scope)
    same = Mandate.objects.current().filter(user=user, role=role, side=side, **fields).first()
    if same and same.ends_on == ends_on:
        return same
    tell_once_done("mandate_given", account=user.pk, role=role)
    return Mandate.objects.create(
        user=user,
        role=role,
        side=side,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by=by,
        confirmed_by=confirmed_by,
        **fields,
    )


def check_grant(*, role: Role, scope: Scope, side: str, starts_on: date, ends_on: date | None, by: User | None) -> None:
    """Refused when the scope, the side or the end does not suit the role, NotAllowed when `by` may not grant it."""
    if by is not None and not _may_grant(by, role, scope, side):
        raise NotAllowed("Vous ne pouvez pas donner ce rôle.")
    expected = EXPECTED_SCOPES[role]
    if (scope is None) != (expected is None) or (expected is not None and not isinstance(scope, expected)):
        raise Refused(f"Le rôle « {role.label} » ne se donne pas sur ce périmètre.")
    if role in _SIDED_ROLES and side not in Side.values:
        raise Refused(f"Dites au titre de qui le rôle « {role.label} » est tenu : Caf ou fédération.")
    if role == Role.PREPARATION and ends_on is None:
        raise Refused("L’accès aux données brutes a toujours une date de fin.")
    if ends_on is not None and ends_on < starts_on:
        raise Refused("La fin du mandat précède son début.")


def check_one_preparer(*, departement: Departement, side: str, address: str) -> None:
    """Charter 3.2: one person in charge a territory, so each side names one at a time. Refused while it names another.

    The département is held: two namings at once take turns.
    """
    Departement.objects.select_for_update().get(pk=departement.pk)
    named = Mandate.objects.filter(role=Role.PREPARATION, departement=departement, side=side, user__is_active=True)
    other = named.filter(ends_on__gte=clock.today()).exclude(user__email=address).select_related("user").first()
    if other is not None:
        until = f" jusqu’au {long_date(other.ends_on)}" if other.ends_on else ""
        raise Refused(
            f"La charte (3.2) ne donne les données brutes d’un territoire qu’à une personne : {other.user} est"
            f" nommée{until}. Mettez d’abord fin à sa nomination."
        )


def check_two_people(*, role: Role, by: User | None, confirmed_by: User | None) -> None:
    """A role over the whole country asks for a second person; the server itself gives it to begin a site, no later."""
    if role not in TWO_PERSON_ROLES:
        return
    if by is None and role == Role.NATIONAL:
        check_beginning(role)
    if by is not None and (confirmed_by is None or not can_confirm_national(confirmed_by, proposed_by=by)):
        raise NotAllowed(f"Le rôle « {role.label} » se donne à deux : une autre personne doit le confirmer.")


def check_beginning(role: Role, *, waiting: int = 0) -> None:
    """Refused once two people can give the role; `waiting` are those whom the server has invited already."""
    if national_people().count() + waiting >= PEOPLE_TO_GIVE:
        raise Refused(
            f"Le rôle « {role.label} » se donne à deux, dans « Équipe nationale » : une personne le propose, une autre"
            " le confirme. Le serveur ne le donne que tant que l’équipe nationale n’a pas deux personnes."
        )


def _check_person(user: User, *, role: Role, side: str, givers: tuple[User | None, User | None]) -> None:
    if role in OWN_ROLES and user in givers:
        raise Refused("Un mandat se reçoit de quelqu’un d’autre que soi.")
    if role not in TWO_PERSON_ROLES:
        return
    if user in givers:
        raise Refused("Ce rôle est pour quelqu’un d’autre que les deux personnes qui le donnent.")
    others = Mandate.objects.current().filter(user=user, role=Role.NATIONAL).exclude(side=side)
    if role == Role.NATIONAL and others.exists():
        raise Refused("Cette personne représente déjà l’autre institution : deux signatures sont deux personnes.")


def national_people() -> QuerySet[User]:
    """The national team of today."""
    held = Mandate.objects.current().filter(role=Role.NATIONAL)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("last_name", "email")


def scope_fields(scope: Scope) -> dict[str, object]:
    """The column of a mandate or an invitation that holds the scope."""
    return {_SCOPE_FIELDS[type(scope)]: scope} if scope is not None else {}


def _may_grant(by: User, role: Role, scope: Scope, side: str) -> bool:
    if role == Role.PREPARATION:
        return isinstance(scope, Departement) and side in preparation_sides(by, scope)
    if role == Role.SUPPLEANT and isinstance(scope, Structure) and can_invite_deputy(by, scope):
        return True
    if role in STRUCTURE_ROLES and isinstance(scope, Structure):
        return can_mandate_structure(by, scope)
    if role in CORRESPONDENT_ROLES and isinstance(scope, Caf | Federation):
        return can_mandate_institution(by, scope)
    if role == Role.COPIL and isinstance(scope, Departement):
        return can_mandate_copil(by, scope, side)
    return can_manage_campaigns(by)


@transaction.atomic
def end_mandate(*, mandate: Mandate, by: User) -> None:
    """Ends a mandate now; what was done under it keeps its author. Those that two people give: `national.end_national`.

    A mandate ends with its last day, so one that ends now has yesterday as its end (its start, if it began today).
    """
    if mandate.role in TWO_PERSON_ROLES:
        raise NotAllowed("Ce rôle se retire dans « Équipe nationale ».")
    require_giver(mandate=mandate, by=by)
    close_mandate(mandate)


def require_giver(*, mandate: Mandate, by: User) -> None:
    """Whoever may give a mandate may end it, renew it and hand it over; NotAllowed for others."""
    if not _may_grant(by, Role(mandate.role), mandate.place, mandate.side):
        raise NotAllowed("Vous ne pouvez pas retirer ce rôle.")


def close_mandate(mandate: Mandate) -> None:
    """What ending is, once it is allowed."""
    tell_once_done("mandate_ended", account=mandate.user_id, role=mandate.role)
    yesterday = clock.today() - date.resolution
    if mandate.starts_on > yesterday:
        mandate.delete()
        return
    mandate.ends_on = yesterday
    mandate.save(update_fields=["ends_on"])


def remove_deputy(*, mandate: Mandate, by: User) -> None:
    """The responsable withdraws the access of a suppléant of the same structure."""
    if mandate.role != Role.SUPPLEANT or mandate.structure is None:
        raise Refused("Ce rôle n’est pas celui d’un suppléant.")
    if not can_invite_deputy(by, mandate.structure):
        raise NotAllowed("Seul le responsable de la structure retire un suppléant.")
    end_mandate(mandate=mandate, by=by)


@transaction.atomic
def publish_charte(*, number: int, text: str, by: User | None = None) -> CharteVersion:
    """Adds a version of the charter, which everyone must then accept; a published text never changes.

    `by` None is the installation itself.
    """
    if by is not None and not can_manage_campaigns(by):
        raise NotAllowed("Seule l’équipe nationale publie la charte.")
    version, created = CharteVersion.objects.get_or_create(
        number=number, defaults={"text": text, "published_at": clock.now()}
    )
    if not created and version.text != text:
        raise Refused(f"La version {number} de la charte est publiée : un nouveau texte prend un nouveau numéro.")
    return version


def load_charte(*, directory: Path, by: User | None = None) -> list[CharteVersion]:
    """Publishes each `charte-<number>.md` of a directory, in order; those already published are left as they are."""
    files = sorted(directory.glob("charte-*.md"), key=lambda path: int(path.stem.removeprefix("charte-")))
    return [
        publish_charte(number=int(path.stem.removeprefix("charte-")), text=path.read_text(encoding="utf-8"), by=by)
        for path in files
    ]


@transaction.atomic
def accept_charte(*, user: User, version: CharteVersion) -> CharteAcceptance:
    """Records that `user` accepts a version; a second time changes nothing."""
    acceptance, _ = CharteAcceptance.objects.get_or_create(
        user=user, version=version, defaults={"accepted_at": clock.now()}
    )
    return acceptance


def stated_purpose(purpose: str) -> str:
    """A purpose that says something, spaces made plain. Raises Refused under SHORTEST_PURPOSE letters."""
    stated = " ".join(purpose.split())
    if len(stated) < SHORTEST_PURPOSE:
        raise Refused("Dites en une phrase à quoi cet accès va servir : les structures concernées la liront.")
    return stated


@transaction.atomic
def log_access(
    *,
    user: User,
    action: AccessAction,
    structures: Iterable[Structure],
    purpose: str,
    departement: Departement | None = None,
    what: str = "",
    open_until: datetime | None = None,
    reading: AccessEntry | None = None,
) -> AccessEntry:
    """Writes one line of the ledger: who reached which structures' data, to do what, and why (charte 3.2).

    The only writer of the ledger. Raises Refused without a purpose.
    """
    if not purpose.strip():
        raise Refused("Dites à quoi cet accès va servir : les structures concernées le liront.")
    entry = AccessEntry.objects.create(
        user=user,
        action=action,
        purpose=purpose.strip(),
        departement=departement,
        what=what[:LONGEST_WHAT],
        open_until=open_until,
        reading=reading,
    )
    entry.structures.set(structures)
    append(entry)
    return entry


def open_reading(*, structure: Structure, purpose: str, by: User) -> AccessEntry:
    """Opens a « lecture motivée » of one structure's answers, for READING_LASTS; the structure reads why at once.

    Raises NotAllowed for anybody but the national team, Refused without a purpose.
    """
    if not can_open_reading(by):
        raise NotAllowed("Seule l’équipe nationale ouvre une lecture motivée.")
    return log_access(
        user=by,
        action=AccessAction.READING,
        structures=[structure],
        purpose=stated_purpose(purpose),
        open_until=clock.now() + READING_LASTS,
    )


def log_doubts_shown(*, structures: Sequence[str], release: str, by: User) -> AccessEntry | None:
    """Writes down that doubtful values of these structures (by code) were shown before a release is signed."""
    if not structures:
        return None
    return log_access(
        user=by,
        action=AccessAction.DOUBTS,
        structures=Structure.objects.filter(code__in=structures),
        purpose=f"Vérifier les chiffres clés de la publication {release} avant de la signer.",
    )


def log_page(*, reading: AccessEntry, structure: Structure, what: str) -> AccessEntry:
    """Writes down one page or copy opened during a reading, for the purpose of that reading."""
    return log_access(
        user=reading.user,
        action=AccessAction.PAGE,
        structures=[structure],
        purpose=reading.purpose,
        what=what,
        reading=reading,
    )
