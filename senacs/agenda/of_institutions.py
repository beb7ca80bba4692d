"""What waits for those who sign, name and steer: Copil, région, comité technique, national team."""

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import Invitation, Mandate
from senacs.accounts.national import national_invitations
from senacs.accounts.objections import answer_due, waiting_objections
from senacs.accounts.permissions import can_confirm_national, namings_of_one_side
from senacs.agenda.kinds import Waited, WaitingKind, WaitingRow, WaitingSeat, Whose, first_rows, of_list
from senacs.campaigns.enums import Phase
from senacs.campaigns.models import PhaseProposal
from senacs.campaigns.phase_changes import LABELS, may_confirm
from senacs.enquiries.permissions import ASKERS
from senacs.enquiries.queries import to_agree
from senacs.exchange.models import ComprehensionQuestion
from senacs.letters.queries import troubled_letters
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.observatory.enums import ReleaseState
from senacs.observatory.models import Release, ReleaseSignature
from senacs.publication.editions.shelf import name_of
from senacs.publication.enums import AgreementState, EditionState
from senacs.publication.models import Agreement, Edition, EditionSignature
from senacs.publication.permissions import editions_visible_to
from senacs.questionnaire.models import QuestionnaireVersion
from senacs.questionnaire.queries import changes_of
from senacs.register.models import RegisterImport

SIGNING = frozenset({Role.COPIL, Role.REGIONAL, Role.NATIONAL})
_DEPARTEMENTS = frozenset({Role.COPIL})


def _home(mandate: Mandate) -> Q:
    """The editions that a signatory signs: those of its département (local ones too), of its région, of France."""
    if mandate.role == Role.COPIL:
        code = mandate.departement_id
        return Q(level="departement", code=code) | Q(group__departement=code)
    if mandate.role == Role.REGIONAL:
        return Q(level="region", code=mandate.region_id)
    return Q(level="france")


def _signed(**by: object) -> Exists:
    return Exists(EditionSignature.objects.filter(edition=OuterRef("pk"), **by))


def _editions(seat: WaitingSeat, *, is_own: bool) -> QuerySet[Edition]:
    """Submitted editions: those that miss the signature of the user's side, or those that miss only the other's."""
    wanted = Q(pk__in=())
    for mandate in seat.held(*SIGNING):
        if mandate.side:
            missing = ~_signed(side=mandate.side) if is_own else _signed(side=mandate.side)
            wanted |= _home(mandate) & Q(missing)
    found = editions_visible_to(seat.user).filter(wanted, state=EditionState.SUBMITTED)
    found = found.filter(~_signed(by=seat.user)) if is_own else found
    return found.select_related("group").order_by("updated_at", "pk")


def _edition(edition: Edition) -> WaitingRow:
    return WaitingRow(name_of(edition), reverse("copil_edition", args=[edition.pk]), edition.get_state_display())


def _to_publish(seat: WaitingSeat) -> Waited:
    wanted = Q(pk__in=())
    for mandate in seat.held(*SIGNING):
        if mandate.side:
            wanted |= _home(mandate)
    ready = editions_visible_to(seat.user).filter(
        wanted, state=EditionState.SIGNED, release__state=ReleaseState.PUBLISHED
    )
    return first_rows(ready.select_related("group").order_by("updated_at", "pk"), _edition)


def _to_rework(seat: WaitingSeat) -> Waited:
    back = editions_visible_to(seat.user).filter(state=EditionState.RETURNED).select_related("group")
    return first_rows(back.order_by("updated_at", "pk"), _edition)


def _namings(seat: WaitingSeat, *, is_own: bool) -> Waited:
    """People named for the preparation by one side alone: by the other (one's own to do), or by one's own side."""
    rows: list[WaitingRow] = []
    places = {(m.departement_id, m.side) for m in seat.held(Role.COPIL) if m.side}
    where = {code for code, _ in places}
    named: dict[tuple[str | None, str], set[str]] = {}
    held = Mandate.objects.current().filter(role=Role.PREPARATION, departement__in=where)
    offered = Invitation.objects.pending().filter(role=Role.PREPARATION, departement__in=where)
    for place, address, side in (
        *held.order_by("pk").values_list("departement", "user__email", "side"),
        *offered.order_by("pk").values_list("departement", "email", "side"),
    ):
        named.setdefault((place, address), set()).add(side)
    for (code, email), sides in sorted(named.items(), key=str):
        if len(sides) == 1:
            (side,) = sides
            mine = {own for place, own in places if place == code}
            if (side not in mine) if is_own else (side in mine):
                rows.append(
                    WaitingRow(email, reverse("preparation", args=[code]), f"nommée par « {Side(side).label} » seule")
                )
    return of_list(rows)


def _agreements(seat: WaitingSeat) -> Waited:
    where = [mandate.departement_id for mandate in seat.held(Role.COPIL)]
    asked = Agreement.objects.filter(group__departement__in=where, state=AgreementState.ASKED)
    asked = asked.exclude(group__edition__state=EditionState.PUBLISHED)
    asked = asked.select_related("group__edition", "structure").order_by("group__asked_at", "structure__name", "pk")
    return first_rows(
        asked, lambda a: WaitingRow(a.structure.name, reverse("copil_edition", args=[a.group.edition.pk]), a.group.name)
    )


def _own_naming(seat: WaitingSeat) -> Waited:
    waiting = namings_of_one_side(seat.user)
    return of_list([WaitingRow(str(m.scope), reverse("account"), m.get_role_display()) for m in waiting])


def _comite_questions(seat: WaitingSeat) -> Waited:
    asked = ComprehensionQuestion.objects.filter(escalated_at__isnull=False, answered_at__isnull=True)
    asked = asked.filter(campaign=seat.campaign).order_by("escalated_at", "pk")
    return first_rows(
        asked,
        lambda q: WaitingRow(q.text[:80], reverse("national_questions"), f"transmise le {long_date(q.escalated_at)}"),
    )


def _undecided(seat: WaitingSeat) -> Waited:
    """Changes of the core of the version in preparation, without the word of the comité technique on the series."""
    version = QuestionnaireVersion.objects.filter(frozen_at__isnull=True).order_by("-year", "code").first()
    changes = changes_of(version) if version else None
    if version is None or changes is None:
        return of_list([])
    page = reverse("national_questionnaire", args=[version.code])
    return of_list([WaitingRow(change.question.label, page) for change in changes.awaited])


def _phase_changes(seat: WaitingSeat, *, is_own: bool) -> Waited:
    waiting = PhaseProposal.objects.filter(closed_at__isnull=True).select_related("campaign", "proposed_by")
    rows = [
        WaitingRow(
            LABELS[proposal.transition],
            reverse("national_phase", args=[proposal.campaign.year, proposal.transition]),
            f"proposé par {proposal.proposed_by}, le {long_date(proposal.proposed_at)}",
        )
        for proposal in waiting.order_by("proposed_at", "pk")
        if may_confirm(proposal, seat.user) == is_own
    ]
    return of_list(rows)


def _national_rights(seat: WaitingSeat, *, is_own: bool) -> Waited:
    rows = []
    for invitation in national_invitations():
        proposer = invitation.created_by
        if not invitation.awaits_confirmation or proposer is None:
            continue
        is_mine = invitation.email != seat.user.email and can_confirm_national(seat.user, proposed_by=proposer)
        if is_mine == is_own:
            rows.append(WaitingRow(invitation.get_full_name(), reverse("national_team"), f"proposée par {proposer}"))
    return of_list(rows)


def _releases(seat: WaitingSeat, *, is_own: bool) -> Waited:
    sides = {mandate.side for mandate in seat.held(Role.NATIONAL) if mandate.side}
    signed = ReleaseSignature.objects.filter(release=OuterRef("pk"))
    found = Release.objects.filter(state=ReleaseState.CANDIDATE).select_related("campaign")
    mine, others = signed.filter(side__in=sides), signed.exclude(side__in=sides)
    found = found.filter(~Exists(mine)) if is_own else found.filter(Exists(mine), ~Exists(others))
    return first_rows(found.order_by("campaign__year", "number"), _release)


def _release(release: Release) -> WaitingRow:
    return WaitingRow(f"Publication {release.name}", reverse("national_release", args=[release.name]))


def _releases_to_publish(seat: WaitingSeat) -> Waited:
    found = Release.objects.filter(state=ReleaseState.CANDIDATE).select_related("campaign")
    for side in Side:
        found = found.filter(Exists(ReleaseSignature.objects.filter(release=OuterRef("pk"), side=side)))
    return first_rows(found.order_by("campaign__year", "number"), _release)


def _late_phase(seat: WaitingSeat) -> Waited:
    campaign, today = seat.campaign, clock.today()
    if campaign is None:
        return of_list([])
    due = {
        Phase.PREPARATION: (campaign.opens_on <= today, "open"),
        Phase.SAISIE: (campaign.closes_on < today, "close"),
        Phase.CONTROLE: (campaign.review_ends_on < today, "process"),
    }
    is_late, name = due.get(Phase(campaign.phase), (False, ""))
    if not is_late:
        return of_list([])
    return of_list([WaitingRow(LABELS[name], reverse("national_phase", args=[campaign.year, name]), str(campaign))])


def _lists(seat: WaitingSeat) -> Waited:
    waiting = RegisterImport.objects.filter(applied_at__isnull=True).defer("content", "rows", "notes")
    return first_rows(
        waiting.order_by("-received_at", "-pk"), lambda r: WaitingRow(r.name, reverse("national_list", args=[r.pk]))
    )


def _objections(seat: WaitingSeat) -> Waited:
    return first_rows(
        waiting_objections().exclude(user=seat.user),
        lambda one: WaitingRow(
            one.user.get_full_name(), reverse("national_objections"), f"réponse due le {long_date(answer_due(one))}"
        ),
    )


def _letters(seat: WaitingSeat) -> Waited:
    return first_rows(
        troubled_letters().order_by("-written_at", "-pk"),
        lambda letter: WaitingRow(letter.to, reverse("national_letters"), letter.get_state_display()),
    )


def _copil(seat: WaitingSeat) -> str:
    return reverse("copil")


def _national(name: str) -> Callable[[WaitingSeat], str]:
    return lambda seat: reverse(name)


_TEAM, _COMITE = frozenset({Role.NATIONAL}), frozenset({Role.COMITE_TECHNIQUE})
_WRITING = SIGNING | {Role.PREPARATION}
M, O, S = Whose  # noqa: E741 - the columns of the table


def _enquiries(seat: WaitingSeat) -> Waited:
    return of_list([WaitingRow(one.title, reverse("enquiry", args=[one.pk]), one.place) for one in to_agree(seat.user)])


KINDS = (
    WaitingKind(
        "phase_to_confirm",
        M,
        _TEAM,
        ("changement de phase à confirmer", "changements de phase à confirmer"),
        lambda d: _phase_changes(d, is_own=True),
        _national("national_campaigns"),
    ),
    WaitingKind(
        "enquiries_to_agree",
        M,
        ASKERS,
        ("série de questions à accepter", "séries de questions à accepter"),
        _enquiries,
        lambda seat: reverse("enquiries"),
    ),
    WaitingKind(
        "rights_to_confirm",
        M,
        _TEAM,
        ("droit national à confirmer", "droits nationaux à confirmer"),
        lambda d: _national_rights(d, is_own=True),
        _national("national_team"),
    ),
    WaitingKind(
        "late_phase",
        M,
        _TEAM,
        ("phase dont la date est passée", "phases dont la date est passée"),
        _late_phase,
        _national("national_campaigns"),
    ),
    WaitingKind(
        "editions_to_sign",
        M,
        SIGNING,
        ("publication à signer", "publications à signer"),
        lambda d: first_rows(_editions(d, is_own=True), _edition),
        _copil,
    ),
    WaitingKind(
        "editions_to_publish",
        M,
        SIGNING,
        ("publication signée, à publier", "publications signées, à publier"),
        _to_publish,
        _copil,
    ),
    WaitingKind(
        "editions_to_rework",
        M,
        _WRITING,
        ("publication renvoyée à la rédaction", "publications renvoyées à la rédaction"),
        _to_rework,
        _copil,
    ),
    WaitingKind(
        "namings_to_join",
        M,
        _DEPARTEMENTS,
        ("personne nommée par l’autre institution seule", "personnes nommées par l’autre institution seule"),
        lambda d: _namings(d, is_own=True),
        _copil,
    ),
    WaitingKind(
        "releases_to_sign",
        M,
        _TEAM,
        ("publication nationale à signer", "publications nationales à signer"),
        lambda d: _releases(d, is_own=True),
        _national("national_releases"),
    ),
    WaitingKind(
        "releases_to_publish",
        M,
        _TEAM,
        ("publication nationale signée, à ouvrir", "publications nationales signées, à ouvrir"),
        _releases_to_publish,
        _national("national_releases"),
    ),
    WaitingKind(
        "comite_questions",
        M,
        _COMITE,
        ("question transmise au comité", "questions transmises au comité"),
        _comite_questions,
        _national("national_questions"),
    ),
    WaitingKind(
        "undecided",
        M,
        _COMITE,
        ("question du socle changée, à décider", "questions du socle changées, à décider"),
        _undecided,
        _national("national_questionnaires"),
    ),
    WaitingKind(
        "register_lists",
        M,
        _TEAM,
        ("liste du registre à appliquer", "listes du registre à appliquer"),
        _lists,
        _national("national_lists"),
    ),
    WaitingKind(
        "objections",
        M,
        _TEAM,
        ("opposition à un traitement de données", "oppositions à des traitements de données"),
        _objections,
        _national("national_objections"),
    ),
    WaitingKind(
        "letters",
        M,
        _TEAM,
        ("lettre qui n’est pas arrivée", "lettres qui ne sont pas arrivées"),
        _letters,
        _national("national_letters"),
    ),
    WaitingKind(
        "phase_proposed",
        O,
        _TEAM,
        ("changement de phase à confirmer", "changements de phase à confirmer"),
        lambda d: _phase_changes(d, is_own=False),
        _national("national_campaigns"),
    ),
    WaitingKind(
        "rights_proposed",
        O,
        _TEAM,
        ("droit national à confirmer", "droits nationaux à confirmer"),
        lambda d: _national_rights(d, is_own=False),
        _national("national_team"),
    ),
    WaitingKind(
        "editions_signed",
        O,
        SIGNING,
        ("publication à signer par l’autre institution", "publications à signer par l’autre institution"),
        lambda d: first_rows(_editions(d, is_own=False), _edition),
        _copil,
    ),
    WaitingKind(
        "namings_alone",
        O,
        _DEPARTEMENTS,
        (
            "personne que l’autre institution n’a pas encore nommée",
            "personnes que l’autre institution n’a pas encore nommées",
        ),
        lambda d: _namings(d, is_own=False),
        _copil,
    ),
    WaitingKind(
        "releases_signed",
        O,
        _TEAM,
        (
            "publication nationale à signer par l’autre institution",
            "publications nationales à signer par l’autre institution",
        ),
        lambda d: _releases(d, is_own=False),
        _national("national_releases"),
    ),
    WaitingKind(
        "own_naming",
        O,
        frozenset(),
        ("accès aux données qui attend l’autre institution", "accès aux données qui attendent l’autre institution"),
        _own_naming,
        lambda d: reverse("account"),
    ),
    WaitingKind(
        "agreements_asked",
        S,
        _DEPARTEMENTS,
        ("accord demandé pour une plaquette locale", "accords demandés pour des plaquettes locales"),
        _agreements,
        _copil,
    ),
)
