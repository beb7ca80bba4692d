"""What waits for the people of a structure, and what they wait for from their correspondents."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from senacs.accounts.enums import STRUCTURE_ROLES, Role
from senacs.agenda.kinds import Waited, WaitingKind, WaitingRow, WaitingSeat, Whose, first_rows, of_list
from senacs.campaigns.phases import PhaseAct, allows
from senacs.collection.enums import ProposalState, RequestState, ResponseState
from senacs.collection.models import ExtensionRequest, Proposal, Response, ResponseEvent
from senacs.collection.on_behalf import EVENT, entries_to_examine
from senacs.enquiries.queries import silent_pairs
from senacs.exchange.models import ComprehensionQuestion
from senacs.lib import clock
from senacs.lib.french import long_date
from senacs.publication.enums import AgreementState, EditionState
from senacs.publication.models import Agreement
from senacs.review.enums import FlagOrigin, FlagState, QueryState
from senacs.review.models import Flag, Query


def _structures(seat: WaitingSeat) -> list[int | None]:
    return [mandate.structure_id for mandate in seat.held(*STRUCTURE_ROLES)]


def own_responses(seat: WaitingSeat) -> QuerySet[Response]:
    own = Response.objects.filter(structure__in=_structures(seat), campaign=seat.campaign)
    return own.select_related("structure", "campaign").defer("values").order_by("structure__search_name", "pk")


def unsent(responses: QuerySet[Response], seat: WaitingSeat) -> QuerySet[Response]:
    """Drafts that can still be sent, of structures that take part."""
    campaign, today = seat.campaign, clock.today()
    if campaign is None or not campaign.accepts_entry:
        return responses.none()
    drafts = responses.filter(state=ResponseState.DRAFT, absence__isnull=True)
    if allows(campaign.phase, PhaseAct.ENTER) and today <= campaign.closes_on:
        return drafts
    return drafts.filter(extended_until__gte=today)


def _returned(seat: WaitingSeat) -> Waited:
    returned = own_responses(seat).filter(state=ResponseState.RETURNED)
    return first_rows(returned, lambda r: WaitingRow(r.structure.name, reverse("saisie_review", args=[r.pk])))


def _to_answer(seat: WaitingSeat) -> Waited:
    def row(response: Response) -> WaitingRow:
        until = f"avant le {long_date(response.closes_on)}, au soir"
        return WaitingRow(response.structure.name, reverse("saisie_dashboard", args=[response.pk]), until)

    return first_rows(unsent(own_responses(seat), seat), row)


def _queries(seat: WaitingSeat, *states: QueryState) -> Waited:
    found = Query.objects.filter(response__structure__in=_structures(seat), response__campaign=seat.campaign)
    found = found.filter(state__in=states).select_related("response__structure", "opened_by")
    found = found.defer("response__values").order_by("opened_at", "pk")

    def row(query: Query) -> WaitingRow:
        note = f"{query.opened_by}, le {long_date(query.opened_at)}"
        return WaitingRow(query.response.structure.name, reverse("saisie_queries", args=[query.response_id]), note)

    return first_rows(found, row)


def _to_confirm(seat: WaitingSeat) -> Waited:
    found = Flag.objects.filter(response__structure__in=_structures(seat), response__campaign=seat.campaign)
    found = found.filter(state=FlagState.OPEN, origin=FlagOrigin.ATYPICAL).select_related("response__structure")
    found = found.defer("response__values").order_by("pk")
    return first_rows(
        found,
        lambda f: WaitingRow(f.response.structure.name, reverse("saisie_queries", args=[f.response_id]), f.message),
    )


def _entered_for(seat: WaitingSeat) -> Waited:
    told = ResponseEvent.objects.filter(response=OuterRef("pk"), transition=EVENT)
    counts = entries_to_examine(own_responses(seat).defer(None).filter(Exists(told)))
    rows = [
        WaitingRow(response.structure.name, reverse("saisie_on_behalf", args=[response.pk]))
        for response, count in counts
        for _ in range(count)
    ]
    return of_list(rows)


def _proposed(seat: WaitingSeat) -> Waited:
    found = Proposal.objects.filter(response__structure__in=_structures(seat), response__campaign=seat.campaign)
    found = found.filter(state=ProposalState.PENDING).select_related("response__structure").defer("response__values")
    return first_rows(
        found.order_by("pk"),
        lambda p: WaitingRow(p.response.structure.name, reverse("saisie_proposals", args=[p.response_id])),
    )


def _agreements(seat: WaitingSeat) -> Waited:
    own = [mandate.structure_id for mandate in seat.held(Role.RESPONSABLE)]
    asked = Agreement.objects.filter(structure__in=own, state=AgreementState.ASKED)
    asked = asked.exclude(group__edition__state=EditionState.PUBLISHED).select_related("group", "structure")
    return first_rows(
        asked.order_by("group__asked_at", "pk"),
        lambda a: WaitingRow(a.group.name, reverse("saisie_agreements"), a.structure.name),
    )


def _asked_beside(seat: WaitingSeat) -> Waited:
    """Local questions and flash enquiries without any answer yet, structure by structure."""
    found = silent_pairs(_structures(seat))
    return of_list(
        [
            WaitingRow(
                enquiry.title,
                reverse("enquiry_answer", args=[enquiry.pk, structure.pk]),
                f"{structure.name}, jusqu’au {long_date(enquiry.closes_on)}",
            )
            for enquiry, structure in found
        ]
    )


def _sent(seat: WaitingSeat) -> Waited:
    sent = own_responses(seat).filter(state=ResponseState.SUBMITTED)
    return first_rows(
        sent,
        lambda r: WaitingRow(
            r.structure.name,
            reverse("saisie_dashboard", args=[r.pk]),
            f"envoyée le {long_date(r.submitted_at)}" if r.submitted_at else "",
        ),
    )


def _delays(seat: WaitingSeat) -> Waited:
    asked = ExtensionRequest.objects.filter(response__structure__in=_structures(seat), state=RequestState.PENDING)
    asked = asked.filter(response__campaign=seat.campaign).select_related("response__structure")
    return first_rows(
        asked.defer("response__values").order_by("at", "pk"),
        lambda a: WaitingRow(
            a.response.structure.name,
            reverse("saisie_participation", args=[a.response_id]),
            f"jusqu’au {long_date(a.until)}",
        ),
    )


def _questions(seat: WaitingSeat) -> Waited:
    asked = ComprehensionQuestion.objects.filter(structure__in=_structures(seat), campaign=seat.campaign)
    asked = asked.filter(Q(answered_at__isnull=True)).order_by("asked_at", "pk")
    return first_rows(asked, lambda q: WaitingRow(q.text[:80], reverse("saisie"), f"posée le {long_date(q.asked_at)}"))


def _saisie(seat: WaitingSeat) -> str:
    return reverse("saisie")


_HEAD = frozenset({Role.RESPONSABLE})
M, O = Whose.MINE, Whose.OTHER  # noqa: E741 - the columns of the table
KINDS = (
    WaitingKind(
        "returned",
        M,
        STRUCTURE_ROLES,
        ("réponse retournée, à corriger", "réponses retournées, à corriger"),
        _returned,
        _saisie,
    ),
    WaitingKind(
        "enquiries",
        M,
        STRUCTURE_ROLES,
        ("série de questions locales sans réponse", "séries de questions locales sans réponse"),
        _asked_beside,
        lambda seat: reverse("waiting"),
    ),
    WaitingKind(
        "queries",
        M,
        STRUCTURE_ROLES,
        ("demande de vos correspondants", "demandes de vos correspondants"),
        lambda seat: _queries(seat, QueryState.OPEN),
        _saisie,
    ),
    WaitingKind("to_confirm", M, STRUCTURE_ROLES, ("valeur à confirmer", "valeurs à confirmer"), _to_confirm, _saisie),
    WaitingKind(
        "entered_for",
        M,
        STRUCTURE_ROLES,
        ("valeur saisie pour vous, à examiner", "valeurs saisies pour vous, à examiner"),
        _entered_for,
        _saisie,
    ),
    WaitingKind(
        "proposed",
        M,
        STRUCTURE_ROLES,
        ("valeur proposée par votre logiciel", "valeurs proposées par votre logiciel"),
        _proposed,
        _saisie,
    ),
    WaitingKind(
        "agreements",
        M,
        _HEAD,
        ("accord demandé pour une plaquette locale", "accords demandés pour des plaquettes"),
        _agreements,
        lambda seat: reverse("saisie_agreements"),
    ),
    WaitingKind(
        "to_answer",
        M,
        STRUCTURE_ROLES,
        ("réponse à remplir et à envoyer", "réponses à remplir et à envoyer"),
        _to_answer,
        _saisie,
    ),
    WaitingKind(
        "sent", O, STRUCTURE_ROLES, ("réponse envoyée, à contrôler", "réponses envoyées, à contrôler"), _sent, _saisie
    ),
    WaitingKind(
        "answered_queries",
        O,
        STRUCTURE_ROLES,
        ("demande à laquelle vous avez répondu", "demandes auxquelles vous avez répondu"),
        lambda seat: _queries(seat, QueryState.ANSWERED),
        _saisie,
    ),
    WaitingKind("delays", O, STRUCTURE_ROLES, ("délai demandé", "délais demandés"), _delays, _saisie),
    WaitingKind(
        "questions",
        O,
        STRUCTURE_ROLES,
        ("question sur le questionnaire", "questions sur le questionnaire"),
        _questions,
        _saisie,
    ),
)
