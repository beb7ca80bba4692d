"""Rights: which structures somebody sees, and what they may do there. Every `visible_to` narrows the root here.

The articles are those of the charter (data/reference/charte-1.md), unless the design's table of roles is named.
"""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role, Side
from senacs.accounts.models import Mandate, User
from senacs.lib import clock
from senacs.structures.models import Caf, Federation, Structure
from senacs.territories.models import Departement

AnyUser = User | AnonymousUser
_KEPT = "_kept_mandates"


def current_mandates(user: AnyUser) -> list[Mandate]:
    """The mandates in force today; none for a visitor or a closed account."""
    if not isinstance(user, User) or not user.is_active:
        return []
    kept = getattr(user, _KEPT, None)
    if kept is None:
        return giving_rights(_read_mandates(user))
    if not kept:
        kept.append(giving_rights(_read_mandates(user)))
    mandates: list[Mandate] = kept[0]
    return mandates


def giving_rights(mandates: Sequence[Mandate]) -> list[Mandate]:
    """Of mandates in force, those that open anything: named for the preparation by one side alone is named by nobody.

    Charter 3.2: by a member of the Caf and a member of the federation. Left out here, such a naming gives neither raw
    data, nor tables, nor editions, nor a menu.
    """
    both = set(_prepared_departements(mandates))
    return [m for m in mandates if m.role != Role.PREPARATION or m.departement_id in both]


def namings_of_one_side(user: User) -> list[Mandate]:
    """The namings for the preparation that wait for the other side: told to the person, and opening nothing."""
    mandates = _read_mandates(user)
    given = {mandate.pk for mandate in giving_rights(mandates)}
    return [mandate for mandate in mandates if mandate.pk not in given]


def keep_mandates(user: User, mandates: list[Mandate] | None = None) -> None:
    """From here on `user`'s mandates are read once: for the person behind a request, and for its duration only."""
    if mandates is not None:
        setattr(user, _KEPT, [giving_rights(mandates)])
    elif not hasattr(user, _KEPT):
        setattr(user, _KEPT, [])


def _read_mandates(user: User) -> list[Mandate]:
    today = clock.today()
    # Asked at every request, up to three times before it was kept: the SQL is written out, five times faster.
    return list(
        Mandate.objects.raw(
            "SELECT * FROM accounts_mandate WHERE user_id = %s AND starts_on <= %s"
            " AND (ends_on IS NULL OR ends_on >= %s) ORDER BY id",
            [user.pk, today, today],
        )
    )


def structures_visible_to(user: AnyUser) -> QuerySet[Structure]:
    """The single root: structures whose individual answers the user reads by right, without a line in the ledger.

    Structures read themselves (1.3); correspondents those of their Caf or federation (1.3), or of its départements
    where the register names none. Nobody else: the person in charge of the preparation has extracts (3.2), the
    national team readings with a purpose (`collection.readings`, design §2), and Copil, regional members and
    partners work on aggregates (2.3, 3.2).
    """
    allowed = Q(pk__in=())
    for mandate in current_mandates(user):
        allowed |= _scope(mandate)
    return Structure.objects.filter(allowed)


def structures_followed_by(user: AnyUser) -> QuerySet[Structure]:
    """Structures whose entry the user follows and reminds: correspondents (1.3) and national team (design §2).

    How far each is, never what it answered.
    """
    mandates = current_mandates(user)
    if any(mandate.role == Role.NATIONAL for mandate in mandates):
        return Structure.objects.all()
    allowed = Q(pk__in=())
    for mandate in mandates:
        if mandate.role in CORRESPONDENT_ROLES:
            allowed |= _scope(mandate)
    return Structure.objects.filter(allowed)


def structures_reviewed_by(user: AnyUser, *roles: Role) -> QuerySet[Structure]:
    """Structures whose control is the user's, as correspondent of the roles given, of both when none is (2.2)."""
    wanted = roles or tuple(CORRESPONDENT_ROLES)
    allowed = Q(pk__in=())
    for mandate in current_mandates(user):
        if mandate.role in wanted and mandate.role in CORRESPONDENT_ROLES:
            allowed |= _scope(mandate)
    return Structure.objects.filter(allowed)


def _scope(mandate: Mandate) -> Q:
    if mandate.role in STRUCTURE_ROLES:
        return Q(pk=mandate.structure_id)
    if mandate.role == Role.CORRESPONDANT_CAF:
        territory = Departement.objects.filter(cafs=mandate.caf_id).values("pk")
        return Q(caf=mandate.caf_id) | Q(caf__isnull=True, departement__in=territory)
    if mandate.role == Role.CORRESPONDANT_FEDERAL:
        territory = Departement.objects.filter(federations=mandate.federation_id).values("pk")
        return Q(federation=mandate.federation_id) | Q(federation__isnull=True, departement__in=territory)
    return Q(pk__in=())


def _prepared_departements(mandates: Iterable[Mandate]) -> list[str]:
    """Départements whose raw data the holder prepares: named by a Caf and by a federation member (3.2)."""
    sides: dict[str, set[str]] = {}
    for mandate in mandates:
        if mandate.role == Role.PREPARATION and mandate.departement_id:
            sides.setdefault(mandate.departement_id, set()).add(mandate.side)
    return sorted(code for code, named_by in sides.items() if named_by == {Side.CAF, Side.FEDERATION})


def roles_on(user: AnyUser, structure: Structure) -> frozenset[Role]:
    """The roles that the user holds on one structure; national roles are no role on a structure."""
    return frozenset(Role(mandate.role) for mandate in current_mandates(user) if _covers(mandate, structure))


def _covers(mandate: Mandate, structure: Structure) -> bool:
    if mandate.role in STRUCTURE_ROLES:
        return mandate.structure_id == structure.pk
    if mandate.role == Role.CORRESPONDANT_CAF:
        if structure.caf_id:
            return mandate.caf_id == structure.caf_id
        return Departement.objects.filter(pk=structure.departement_id, cafs=mandate.caf_id).exists()
    if mandate.role == Role.CORRESPONDANT_FEDERAL:
        if structure.federation_id:
            return mandate.federation_id == structure.federation_id
        return Departement.objects.filter(pk=structure.departement_id, federations=mandate.federation_id).exists()
    return False


def has_role(user: AnyUser, *roles: Role) -> bool:
    return any(mandate.role in roles for mandate in current_mandates(user))


def correspondents_of(structure: Structure) -> QuerySet[User]:
    """The people whom the structure may call: the two correspondents of its Caf and of its federation (1.3)."""
    caf, federation = correspondents_scope(structure)
    mandates = Mandate.objects.current().filter(
        Q(caf, role=Role.CORRESPONDANT_CAF) | Q(federation, role=Role.CORRESPONDANT_FEDERAL)
    )
    return User.objects.filter(is_active=True, pk__in=mandates.values("user")).order_by("last_name", "email")


def holders_of(role: Role, **scope: object) -> QuerySet[User]:
    """Who holds a role today, on the scope given: the people to tell."""
    held = Mandate.objects.current().filter(role=role, **scope)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("last_name", "email")


def correspondents_of_side(structure: Structure, side: str) -> QuerySet[User]:
    """The correspondents of one institution of the pair."""
    caf, federation = correspondents_scope(structure)
    scope = Q(caf, role=Role.CORRESPONDANT_CAF)
    if side == Side.FEDERATION:
        scope = Q(federation, role=Role.CORRESPONDANT_FEDERAL)
    mandates = Mandate.objects.current().filter(scope)
    return User.objects.filter(is_active=True, pk__in=mandates.values("user")).order_by("last_name", "email")


def correspondents_scope(structure: Structure) -> tuple[Q, Q]:
    """Mandates of which Caf and of which federation: those of its département where the register names none."""
    caf = Q(caf=structure.caf_id) if structure.caf_id else Q(caf__departements=structure.departement_id)
    federation = (
        Q(federation=structure.federation_id)
        if structure.federation_id
        else Q(federation__departements=structure.departement_id)
    )
    return caf, federation


def people_of(structure: Structure) -> QuerySet[User]:
    """The responsable and the suppléants of a structure (guide 7.2)."""
    mandates = Mandate.objects.current().filter(structure=structure, role__in=STRUCTURE_ROLES)
    return User.objects.filter(is_active=True, pk__in=mandates.values("user")).order_by("last_name", "email")


def can_enter(user: AnyUser, structure: Structure) -> bool:
    """Entry is made by the structure itself (2.1)."""
    return bool(roles_on(user, structure) & STRUCTURE_ROLES)


def can_submit(user: AnyUser, structure: Structure) -> bool:
    """Answering is the structure's own act, on the basis of volunteering and honesty (2.1)."""
    return can_enter(user, structure)


def can_enter_on_behalf(user: AnyUser, structure: Structure) -> bool:
    """The Caf or the federation may enter part of the data, marked as such (2.2)."""
    return bool(roles_on(user, structure) & CORRESPONDENT_ROLES)


def can_review(user: AnyUser, structure: Structure) -> bool:
    """The control of coherence belongs to the SENACS correspondents of the territory (2.2)."""
    return bool(roles_on(user, structure) & CORRESPONDENT_ROLES)


def can_remind(user: AnyUser, structure: Structure) -> bool:
    """Following the entry belongs to the correspondents (1.3), and to the national team (design §2)."""
    return has_role(user, Role.NATIONAL) or can_review(user, structure)


def can_give_time(user: AnyUser, structure: Structure) -> bool:
    """A later day for the entry of one structure: each of its pair (1.3), the national team."""
    return has_role(user, Role.NATIONAL) or can_review(user, structure)


def can_invite_deputy(user: AnyUser, structure: Structure) -> bool:
    """The responsable names the suppléant without help (guide 7.2)."""
    return Role.RESPONSABLE in roles_on(user, structure)


def can_mandate_structure(user: AnyUser, structure: Structure) -> bool:
    """Who enters for a structure changes at the request of its gestionnaire, by either of the pair (guide 7.2)."""
    return has_role(user, Role.NATIONAL) or can_review(user, structure)


def can_mandate_institution(user: AnyUser, institution: Caf | Federation) -> bool:
    """A Caf or a federation names its own correspondents (1.3); the national team where there is none yet."""
    if has_role(user, Role.NATIONAL):
        return True
    return any(institution in (m.caf, m.federation) for m in _correspondent_mandates(user))


def can_mandate_copil(user: AnyUser, departement: Departement, side: str) -> bool:
    """Each institution names its own members of the Copil of its départements (3.1)."""
    if has_role(user, Role.NATIONAL):
        return True
    return any(
        side == (Side.CAF if m.caf else Side.FEDERATION) and institution.departements.filter(pk=departement.pk).exists()
        for m in _correspondent_mandates(user)
        if (institution := m.caf or m.federation) is not None
    )


def _correspondent_mandates(user: AnyUser) -> list[Mandate]:
    return [m for m in current_mandates(user) if m.role in CORRESPONDENT_ROLES]


def can_manage_tokens(user: AnyUser, structure: Structure) -> bool:
    """The responsable alone lets a piece of software propose values: data belong to who declares them (2.2)."""
    return Role.RESPONSABLE in roles_on(user, structure)


def can_ask(user: AnyUser, structure: Structure) -> bool:
    """A structure that does not understand a question tells its Caf or federation (2.1)."""
    return can_enter(user, structure)


def can_escalate(user: AnyUser, structure: Structure) -> bool:
    """The Caf or the federation alerts the comité technique (2.1)."""
    return can_review(user, structure)


def can_answer_question(user: AnyUser, structure: Structure) -> bool:
    """The correspondents answer, or the comité technique once alerted (2.1)."""
    return has_role(user, Role.COMITE_TECHNIQUE) or can_review(user, structure)


def can_manage_campaigns(user: AnyUser) -> bool:
    """Campaigns, calendar, register and mandates belong to the national team (design §2)."""
    return has_role(user, Role.NATIONAL)


def can_manage_register(user: AnyUser) -> bool:
    """Who is approved, where: the national team keeps the register (design §2)."""
    return has_role(user, Role.NATIONAL)


def can_correct_entry(user: AnyUser, structure: Structure) -> bool:
    """What the register says of a structure: its two correspondents (1.3), and the national team (design §2)."""
    return can_manage_register(user) or can_review(user, structure)


def can_record_agrement(user: AnyUser, structure: Structure) -> bool:
    """Agréments are decided by the Caf (guide 1.1): its correspondent writes them, or the national team."""
    return can_manage_register(user) or Role.CORRESPONDANT_CAF in roles_on(user, structure)


def can_propose_register_act(user: AnyUser, structure: Structure) -> bool:
    """Closing, merging, splitting are proposed by the correspondents, who know the territory (1.3)."""
    return can_manage_register(user) or can_review(user, structure)


def can_propose_correction(user: AnyUser, structure: Structure) -> bool:
    """A structure says what is wrong in its own entry; data belong to who declares them (2.2)."""
    return can_propose_register_act(user, structure) or can_enter(user, structure)


def can_propose_national(user: AnyUser) -> bool:
    """Rights over the whole country begin with a proposal of the national team (design §2)."""
    return has_role(user, Role.NATIONAL)


def can_confirm_national(user: AnyUser, *, proposed_by: User) -> bool:
    """Two people give national rights: the second is of the other institution, wherever somebody of it is there.

    Cnaf and Fcsf steer as equals (design §2). Where one institution has nobody, any other member of the team confirms.
    """
    if user.pk == proposed_by.pk or not (has_role(user, Role.NATIONAL) and has_role(proposed_by, Role.NATIONAL)):
        return False
    proposing = _national_sides(proposed_by)
    if _national_sides(user) - proposing:
        return True
    others = Mandate.objects.current().filter(role=Role.NATIONAL, user__is_active=True).exclude(user=proposed_by)
    return not others.exclude(side__in=[*proposing, ""]).exists()


def can_reset_second_factor(user: AnyUser, person: User) -> bool:
    """The national team, for whoever lost phone, key and rescue codes; nobody for themselves (design §2)."""
    return has_role(user, Role.NATIONAL) and user.pk != person.pk


def can_answer_objections(user: AnyUser) -> bool:
    """Cnaf and Fcsf answer together for the processing: their national team answers (design §2)."""
    return has_role(user, Role.NATIONAL)


def can_manage_questionnaire(user: AnyUser) -> bool:
    """Versions and comparability belong to the comité technique (design §2)."""
    return has_role(user, Role.COMITE_TECHNIQUE)


def can_load_questionnaire(user: AnyUser) -> bool:
    """The version delivered with the software, on a site that has no comité technique yet (design §2)."""
    return has_role(user, Role.NATIONAL, Role.COMITE_TECHNIQUE)


def can_open_reading(user: AnyUser) -> bool:
    """Individual answers reach the national team only by a logged reading with a purpose (design §2)."""
    return has_role(user, Role.NATIONAL)


def can_see_progress(user: AnyUser) -> bool:
    """Counts by territory, without any individual answer: national team and comité technique (design §2)."""
    return has_role(user, Role.NATIONAL, Role.COMITE_TECHNIQUE)


def can_extract_raw_data(user: AnyUser, departement: Departement) -> bool:
    """Only the person whom both sides named for the preparation reaches the raw data (3.2)."""
    return departement.pk in _prepared_departements(current_mandates(user))


def preparation_sides(user: AnyUser, departement: Departement) -> frozenset[str]:
    """The sides in whose name a member of the Copil names the person in charge of the preparation (3.2)."""
    mandates = current_mandates(user)
    return frozenset(m.side for m in mandates if m.role == Role.COPIL and m.departement_id == departement.pk)


def can_name_preparation(user: AnyUser, departement: Departement) -> bool:
    """Both sides of the Copil name who reaches the raw data; nobody else does it for them (3.2)."""
    return bool(preparation_sides(user, departement))


def can_ask_agreement(user: AnyUser, departement: Departement) -> bool:
    """A local plaquette is the work of the Copil, which asks each structure (3.1, 2.3)."""
    return bool(preparation_sides(user, departement))


def can_agree(user: AnyUser, structure: Structure) -> bool:
    """Answers are anonymous and aggregated (2.3): the responsable alone lets its structure appear in a small group."""
    return Role.RESPONSABLE in roles_on(user, structure)


def can_sign_release(user: AnyUser, side: str) -> bool:
    """Two national signatures, Cnaf and Fcsf (design §2): each signs for its own side."""
    return any(m.role == Role.NATIONAL and m.side == side for m in current_mandates(user))


def _national_sides(user: AnyUser) -> frozenset[str]:
    return frozenset(m.side for m in current_mandates(user) if m.role == Role.NATIONAL and m.side)


def national_side(user: AnyUser) -> str:
    """The national institution that the user speaks for: Side.CAF (Cnaf), Side.FEDERATION (Fcsf), "" for neither."""
    sides = [m.side for m in current_mandates(user) if m.role == Role.NATIONAL and m.side]
    return sides[0] if sides else ""


def departements_with_tables(user: AnyUser) -> QuerySet[Departement]:
    """Where the user reads unpublished aggregated tables: Copil, région, correspondents, national team (3.2)."""
    return Departement.objects.filter(_tables_scope(current_mandates(user))).distinct()


def _tables_scope(mandates: Iterable[Mandate]) -> Q:
    allowed = Q(pk__in=())
    for mandate in mandates:
        if mandate.role == Role.NATIONAL:
            return Q()
        if mandate.role in {Role.COPIL, Role.PREPARATION}:
            allowed |= Q(pk=mandate.departement_id)
        elif mandate.role == Role.REGIONAL:
            allowed |= Q(region=mandate.region_id)
        elif mandate.role == Role.CORRESPONDANT_CAF:
            allowed |= Q(cafs=mandate.caf_id)
        elif mandate.role == Role.CORRESPONDANT_FEDERAL:
            allowed |= Q(federations=mandate.federation_id)
    return allowed


def can_train(user: AnyUser) -> bool:
    """Whoever enters, follows or conducts a campaign has a training ground (guide 2.1, « formation »)."""
    return has_role(user, *STRUCTURE_ROLES, *CORRESPONDENT_ROLES, Role.NATIONAL)
