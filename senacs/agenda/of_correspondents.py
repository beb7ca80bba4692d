"""What waits for a correspondent, for the other of the pair, and for the structures that both follow."""

from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from senacs.accounts.enums import CORRESPONDENT_ROLES, Role, Side
from senacs.accounts.mandates import mandates_managed_by
from senacs.accounts.models import Invitation, Mandate
from senacs.accounts.permissions import structures_reviewed_by
from senacs.accounts.yearly import mandates_to_reaffirm
from senacs.agenda.kinds import FEW, Waited, WaitingKind, WaitingRow, WaitingSeat, Whose, first_rows, of_list
from senacs.agenda.of_structures import unsent
from senacs.collection.enums import EntryVerdict, RequestState, ResponseState
from senacs.collection.models import EntryOpinion, ExtensionRequest, Response
from senacs.collection.on_behalf import entries_contested
from senacs.exchange.models import ComprehensionQuestion
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.review.enums import FlagOrigin, FlagState, QueryState
from senacs.review.models import Approval, Flag, Query, Waiver
from senacs.structures.models import Structure

# Mandates that end sooner are told.
SOON = timedelta(days=60)


def reviewed(seat: WaitingSeat) -> QuerySet[Response]:
    found = Response.objects.filter(structure__in=structures_reviewed_by(seat.user), campaign=seat.campaign)
    return found.select_related("structure", "campaign").defer("values").order_by("submitted_at", "pk")


def _row(response: Response, note: str = "") -> WaitingRow:
    return WaitingRow(response.structure.name, reverse("suivi_response", args=[response.pk]), note)


def _since(response: Response) -> WaitingRow:
    return _row(response, f"envoyée le {long_date(response.submitted_at)}" if response.submitted_at else "")


def _own_approval(seat: WaitingSeat) -> Exists:
    return Exists(Approval.objects.filter(response=OuterRef("pk"), by=seat.user))


def _any_approval() -> Exists:
    return Exists(Approval.objects.filter(response=OuterRef("pk")))


def _to_review(seat: WaitingSeat) -> Waited:
    """Sent, with nothing that waits for the structure, and no agreement given yet."""
    asked = Exists(Query.objects.filter(response=OuterRef("pk"), state=QueryState.OPEN))
    sent = reviewed(seat).filter(~asked, ~_any_approval(), state=ResponseState.SUBMITTED)
    return first_rows(sent, _since)


def _to_agree(seat: WaitingSeat) -> Waited:
    """Contested, with the other's agreement and not one's own."""
    disputed = reviewed(seat).filter(state=ResponseState.SUBMITTED, is_contested=True)
    return first_rows(disputed.filter(_any_approval(), ~_own_approval(seat)), _since)


def _agreed(seat: WaitingSeat) -> Waited:
    disputed = reviewed(seat).filter(_own_approval(seat), state=ResponseState.SUBMITTED, is_contested=True)
    return first_rows(disputed, _since)


def _explanations(seat: WaitingSeat) -> Waited:
    counted = reviewed(seat).filter(state=ResponseState.SUBMITTED)
    waiting = Count("flags", filter=Q(flags__state=FlagState.JUSTIFIED))
    return _summed(counted.annotate(waiting=waiting).filter(waiting__gt=0))


def _to_confirm(seat: WaitingSeat) -> Waited:
    asked = Q(flags__state=FlagState.OPEN, flags__origin=FlagOrigin.ATYPICAL)
    counted = reviewed(seat).filter(state=ResponseState.SUBMITTED).annotate(waiting=Count("flags", filter=asked))
    return _summed(counted.filter(waiting__gt=0))


def _summed(responses: QuerySet[Response]) -> Waited:
    """Rows are responses, each with its `waiting` things; the total is of things."""
    listed = list(responses)
    rows = [_row(response, f"{response.waiting} sur cette réponse") for response in listed[:FEW]]  # type: ignore[attr-defined]
    total = sum(response.waiting for response in listed)  # type: ignore[attr-defined]
    return Waited(total, rows, is_more=len(listed) > len(rows))


def _queries(seat: WaitingSeat, state: QueryState) -> Waited:
    found = Query.objects.filter(response__structure__in=structures_reviewed_by(seat.user), state=state)
    found = found.filter(response__campaign=seat.campaign).select_related("response__structure")

    def row(query: Query) -> WaitingRow:
        page = reverse("suivi_cell", args=[query.response_id, query.field_code])
        return WaitingRow(query.response.structure.name, page, f"ouverte le {long_date(query.opened_at)}")

    return first_rows(found.defer("response__values").order_by("opened_at", "pk"), row)


def _delays(seat: WaitingSeat) -> Waited:
    asked = ExtensionRequest.objects.filter(response__structure__in=structures_reviewed_by(seat.user))
    asked = asked.filter(state=RequestState.PENDING, response__campaign=seat.campaign)
    asked = asked.select_related("response__structure").defer("response__values").order_by("at", "pk")
    return first_rows(asked, lambda a: _row(a.response, f"jusqu’au {long_date(a.until)}"))


def _questions(seat: WaitingSeat, *, is_escalated: bool) -> Waited:
    asked = ComprehensionQuestion.objects.filter(
        structure__in=structures_reviewed_by(seat.user), campaign=seat.campaign, answered_at__isnull=True
    )
    asked = asked.filter(escalated_at__isnull=not is_escalated).select_related("structure").order_by("asked_at", "pk")
    return first_rows(asked, lambda q: WaitingRow(q.text[:80], reverse("suivi_questions"), q.structure.name))


def _waivers(seat: WaitingSeat, *, is_own: bool) -> Waited:
    """Proposed by one side alone: those that wait for the user's side, or for the other one."""
    caf = structures_reviewed_by(seat.user, Role.CORRESPONDANT_CAF)
    federation = structures_reviewed_by(seat.user, Role.CORRESPONDANT_FEDERAL)
    of_caf, of_federation = Q(response__structure__in=caf), Q(response__structure__in=federation)
    waits_for_caf = Q(caf_by__isnull=True, federation_by__isnull=False)
    waits_for_federation = Q(caf_by__isnull=False, federation_by__isnull=True)
    scope = (of_caf & waits_for_caf) | (of_federation & waits_for_federation)
    if not is_own:
        scope = (of_caf & waits_for_federation) | (of_federation & waits_for_caf)
    signed = Q(caf_by=seat.user) | Q(federation_by=seat.user)
    open_points = Flag.objects.filter(
        response=OuterRef("response"), rule_code=OuterRef("rule_code"), message=OuterRef("message")
    )
    found = Waiver.objects.filter(
        scope, Exists(open_points.filter(state=FlagState.OPEN)), response__campaign=seat.campaign
    )
    found = found.exclude(signed) if is_own else found
    found = found.select_related("response__structure").defer("response__values").order_by("pk")
    return first_rows(found, lambda w: _row(w.response, w.message))


def _contested_entries(seat: WaitingSeat) -> Waited:
    said = EntryOpinion.objects.filter(response=OuterRef("pk"), verdict=EntryVerdict.CONTESTED)
    responses = reviewed(seat).defer(None).filter(Exists(said)).exclude(state=ResponseState.VALIDATED)
    return of_list([_row(response) for response, count in entries_contested(responses) for _ in range(count)])


def _returned(seat: WaitingSeat) -> Waited:
    return first_rows(reviewed(seat).filter(state=ResponseState.RETURNED), _row)


def _drafts(seat: WaitingSeat, *, is_begun: bool) -> Waited:
    drafts = unsent(reviewed(seat), seat).order_by("-progress", "structure__search_name", "pk")
    drafts = drafts.filter(revision__gt=0) if is_begun else drafts.filter(revision=0)
    return first_rows(drafts, lambda r: _row(r, f"{r.progress}\u00a0%" if r.revision else ""))


def _vacant(seat: WaitingSeat) -> Waited:
    held = Mandate.objects.current().filter(role=Role.RESPONSABLE, user__is_active=True, structure=OuterRef("pk"))
    asked = Invitation.objects.pending().filter(role=Role.RESPONSABLE, structure=OuterRef("pk"))
    vacant = structures_reviewed_by(seat.user).filter(~Exists(held), ~Exists(asked), closed_on__isnull=True)
    mandate = seat.held(*CORRESPONDENT_ROLES)[0]
    kind = "caf" if mandate.caf_id else "federation"
    page = reverse("mandates_desk", args=[kind, mandate.caf_id or mandate.federation_id])

    def row(structure: Structure) -> WaitingRow:
        return WaitingRow(structure.name, page)

    return first_rows(vacant.order_by("search_name", "pk"), row)


def _ending(seat: WaitingSeat) -> Waited:
    ending = mandates_managed_by(seat.user).filter(ends_on__lte=clock.today() + SOON).exclude(user=seat.user)
    return first_rows(
        ending.order_by("ends_on", "pk"),
        lambda m: WaitingRow(
            m.user.get_full_name(),
            reverse("mandate", args=[m.pk]),
            f"{m.get_role_display()}, jusqu’au {long_date(m.ends_on)}",
        ),
    )


def _to_reaffirm(seat: WaitingSeat) -> Waited:
    return first_rows(
        mandates_to_reaffirm(seat.user),
        lambda m: WaitingRow(m.user.get_full_name(), reverse("mandates_reaffirm"), m.get_role_display()),
    )


def _suivi(seat: WaitingSeat) -> str:
    return reverse("suivi")


def _state(state: str) -> str:
    return f"{reverse('suivi')}?etat={state}"


_SIDES = {Role.CORRESPONDANT_CAF: Side.CAF, Role.CORRESPONDANT_FEDERAL: Side.FEDERATION}
PAIR = CORRESPONDENT_ROLES
M, O, S = Whose  # noqa: E741 - the columns of the table
KINDS = (
    WaitingKind(
        "to_agree",
        M,
        PAIR,
        ("réponse contestée qui attend votre accord", "réponses contestées qui attendent votre accord"),
        _to_agree,
        lambda d: _state("submitted"),
    ),
    WaitingKind(
        "waivers_to_sign",
        M,
        PAIR,
        ("point bloquant que l’autre propose de lever", "points bloquants que l’autre propose de lever"),
        lambda d: _waivers(d, is_own=True),
        _suivi,
    ),
    WaitingKind(
        "contested_entries",
        M,
        PAIR,
        (
            "valeur saisie pour une structure, qu’elle conteste",
            "valeurs saisies pour des structures, qu’elles contestent",
        ),
        _contested_entries,
        _suivi,
    ),
    WaitingKind(
        "extensions", M, PAIR, ("délai à accorder ou à refuser", "délais à accorder ou à refuser"), _delays, _suivi
    ),
    WaitingKind(
        "comprehension",
        M,
        PAIR,
        ("question de compréhension", "questions de compréhension"),
        lambda d: _questions(d, is_escalated=False),
        lambda d: reverse("suivi_questions"),
    ),
    WaitingKind(
        "answers_to_read",
        M,
        PAIR,
        ("demande à laquelle la structure a répondu", "demandes auxquelles les structures ont répondu"),
        lambda d: _queries(d, QueryState.ANSWERED),
        lambda d: reverse("suivi_queries"),
    ),
    WaitingKind(
        "to_review", M, PAIR, ("réponse à contrôler", "réponses à contrôler"), _to_review, lambda d: _state("submitted")
    ),
    WaitingKind(
        "explanations",
        M,
        PAIR,
        ("explication à lire", "explications à lire"),
        _explanations,
        lambda d: _state("submitted"),
    ),
    WaitingKind(
        "mandates_to_reaffirm",
        M,
        PAIR,
        ("mandat à confirmer pour l’année", "mandats à confirmer pour l’année"),
        _to_reaffirm,
        lambda d: reverse("mandates_reaffirm"),
    ),
    WaitingKind(
        "vacant",
        M,
        PAIR,
        ("structure sans responsable de saisie", "structures sans responsable de saisie"),
        _vacant,
        lambda d: reverse("mandates"),
    ),
    WaitingKind(
        "ending",
        M,
        PAIR,
        ("mandat qui se termine dans les deux mois", "mandats qui se terminent dans les deux mois"),
        _ending,
        lambda d: reverse("mandates"),
    ),
    WaitingKind(
        "agreed",
        O,
        PAIR,
        ("réponse contestée qui attend l’accord de l’autre", "réponses contestées qui attendent l’accord de l’autre"),
        _agreed,
        lambda d: _state("submitted"),
    ),
    WaitingKind(
        "waivers_proposed",
        O,
        PAIR,
        ("point bloquant qui attend l’accord de l’autre", "points bloquants qui attendent l’accord de l’autre"),
        lambda d: _waivers(d, is_own=False),
        _suivi,
    ),
    WaitingKind(
        "escalated",
        O,
        PAIR,
        ("question transmise au comité technique", "questions transmises au comité technique"),
        lambda d: _questions(d, is_escalated=True),
        lambda d: reverse("suivi_questions"),
    ),
    WaitingKind(
        "asked",
        S,
        PAIR,
        ("demande ouverte", "demandes ouvertes"),
        lambda d: _queries(d, QueryState.OPEN),
        lambda d: reverse("suivi_queries"),
    ),
    WaitingKind(
        "returned_to",
        S,
        PAIR,
        ("réponse retournée, à corriger", "réponses retournées, à corriger"),
        _returned,
        lambda d: _state("returned"),
    ),
    WaitingKind("confirming", S, PAIR, ("valeur à confirmer", "valeurs à confirmer"), _to_confirm, _suivi),
    WaitingKind(
        "begun",
        S,
        PAIR,
        ("réponse commencée, à envoyer", "réponses commencées, à envoyer"),
        lambda d: _drafts(d, is_begun=True),
        lambda d: _state("draft"),
    ),
    WaitingKind(
        "untouched",
        S,
        PAIR,
        ("réponse à commencer", "réponses à commencer"),
        lambda d: _drafts(d, is_begun=False),
        lambda d: _state("untouched"),
    ),
)
