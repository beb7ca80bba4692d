"""Agreements of structures to a local plaquette: asked by a Copil, answered by each responsable, taken back at will."""

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse

from senacs.accounts.enums import Role
from senacs.accounts.models import Mandate, User
from senacs.accounts.notices import News, tell, tell_plainly
from senacs.accounts.permissions import can_agree, can_ask_agreement, current_mandates
from senacs.campaigns.models import InvitedStructure
from senacs.lib import clock, french
from senacs.lib.refusals import NotAllowed, Refused
from senacs.lib.states import Transition, find
from senacs.observatory.models import Release
from senacs.publication.editions import drafts, states
from senacs.publication.editions.composing import trames
from senacs.publication.enums import AgreementState, EditionState, LocalLevel
from senacs.publication.models import Agreement, AgreementEvent, Edition, LocalGroup
from senacs.structures.models import Structure
from senacs.territories.models import Departement
from senacs.territories.queries import get_territory

TRAME = "locale"
# Under five no figure could be shown (data/plan.yaml): nobody is asked for nothing.
FEWEST = 5
SHORTEST_PURPOSE = 20
LONGEST_PURPOSE = 1000
LONGEST_NAME = 80

TRANSITIONS = (
    Transition(
        "accept",
        frozenset({AgreementState.ASKED, AgreementState.ACCEPTED, AgreementState.DECLINED}),
        AgreementState.ACCEPTED,
        frozenset({Role.RESPONSABLE}),
        "Donner son accord",
    ),
    Transition(
        "decline",
        frozenset({AgreementState.ASKED, AgreementState.ACCEPTED}),
        AgreementState.DECLINED,
        frozenset({Role.RESPONSABLE}),
        "Refuser ou retirer son accord",
    ),
)


def structures_to_ask(release: Release, departement: Departement, level: str, code: str) -> list[InvitedStructure]:
    """Who was asked in the campaign of a release, in a commune (its arrondissements too), an EPCI or a département."""
    invited = InvitedStructure.objects.filter(campaign=release.campaign_id, departement_code=departement.pk)
    if level == LocalLevel.COMMUNE:
        within = Structure.objects.filter(commune=code) | Structure.objects.filter(commune__parent=code)
        invited = invited.filter(structure__in=within)
    elif level == LocalLevel.EPCI:
        invited = invited.filter(epci_code=code)
    return list(invited.select_related("structure__commune").order_by("name", "pk"))


@transaction.atomic
def request_agreements(
    *,
    release: Release,
    departement: Departement,
    level: LocalLevel,
    code: str,
    name: str,
    purpose: str,
    structures: Iterable[Structure],
    by: User,
) -> Edition:
    """A local plaquette begun: its draft, and a letter to each structure. Raises NotAllowed, Refused."""
    if not can_ask_agreement(by, departement):
        raise NotAllowed("Seul un membre du comité de pilotage du département demande ces accords.")
    called, why = " ".join(name.split()), " ".join(purpose.split())
    place = get_territory(level, code) if level != LocalLevel.GROUPE else None
    if level != LocalLevel.GROUPE and place is None:
        raise Refused("Ce territoire n’existe pas.")
    if not 3 <= len(called) <= LONGEST_NAME:
        raise Refused(f"Donnez à la plaquette un nom de 3 à {LONGEST_NAME} caractères.")
    if not SHORTEST_PURPOSE <= len(why) <= LONGEST_PURPOSE:
        raise Refused("Dites en une phrase à quoi la plaquette servira : les structures la liront avant de répondre.")
    known = {i.structure_id for i in structures_to_ask(release, departement, level, code)}
    asked = sorted({s.pk: s for s in structures if s.pk in known}.values(), key=lambda s: s.pk)
    if len(asked) < FEWEST:
        raise Refused(f"Il faut au moins {FEWEST} structures : en dessous, aucun chiffre ne pourrait être montré.")
    now = clock.now()
    group = LocalGroup.objects.create(
        campaign=release.campaign,
        departement=departement,
        level=level,
        code=code if place else "",
        name=called,
        purpose=why,
        asked_at=now,
        asked_by=by,
    )
    Agreement.objects.bulk_create(Agreement(group=group, structure=structure) for structure in asked)
    edition = Edition.objects.create(
        release=release,
        level=level,
        code=group.territory_code,
        trame=TRAME,
        group=group,
        content=drafts.initial(trames()[TRAME]),
        created_at=now,
        created_by=by,
        updated_at=now,
    )
    _write_to(group, asked)
    return edition


def _write_to(group: LocalGroup, structures: Iterable[Structure]) -> None:
    mandates = Mandate.objects.current().filter(role=Role.RESPONSABLE, structure__in=list(structures))
    for mandate in mandates.select_related("user", "structure").order_by("pk"):
        context = {"group": group, "structure": mandate.structure}
        tell([mandate.user], "publication/mail/accord.txt", context, page=reverse("saisie_agreements"))


@transaction.atomic
def answer_agreement(*, agreement: Agreement, name: str, is_named: bool = False, by: User) -> Agreement:
    """« accept » or « decline », which also takes an agreement back; the one door of its state.

    What leaves figures that were worked out with it sends the plaquette back to writing, signatures taken back.
    Raises NotAllowed, Refused once it is published.
    """
    edition = (
        Edition.objects.select_for_update(of=("self",)).select_related("figures", "group").get(group=agreement.group_id)
    )
    stored = Agreement.objects.select_for_update(of=("self",)).select_related("structure").get(pk=agreement.pk)
    if not can_agree(by, stored.structure):
        raise NotAllowed("Seul le responsable de la structure donne ou retire son accord.")
    if edition.state == EditionState.PUBLISHED:
        raise Refused("Cette plaquette est publiée : l’accord ne peut plus changer.")
    transition = find(TRANSITIONS, name, current=stored.state, current_label=stored.get_state_display(), reason="")
    stored.state = transition.target
    stored.is_named = is_named and stored.state == AgreementState.ACCEPTED
    stored.save(update_fields=["state", "is_named"])
    AgreementEvent.objects.create(agreement=stored, transition=name, is_named=stored.is_named, at=clock.now(), by=by)
    if left_out(edition) and edition.state in {EditionState.SUBMITTED, EditionState.SIGNED}:
        reason = f"{stored.structure.name} a retiré son accord : les chiffres sont à recalculer."
        states.apply(edition, "return", by=by, reason=reason)
        edition.signatures.all().delete()
    _tell_copil(stored, edition, by)
    agreement.refresh_from_db()
    return agreement


def _tell_copil(agreement: Agreement, edition: Edition, by: User) -> None:
    """The person who asked reads each answer; a withdrawal that undoes signatures cannot wait."""
    group = agreement.group
    answer = "donne son accord" if agreement.state == AgreementState.ACCEPTED else "refuse ou retire son accord"
    tell_plainly(
        [group.asked_by],
        News(
            subject=f"SENACS, « {group.name} » : {agreement.structure.name} {answer}",
            told=f"« {agreement.structure.name} » {answer} pour la plaquette locale « {group.name} » : {told(group)}.",
            to_do="La plaquette",
            page=reverse("copil_edition", args=[edition.pk]),
            by=by,
            can_wait=edition.state != EditionState.RETURNED,
        ),
    )


def agreed(group: LocalGroup) -> tuple[list[str], list[str]]:
    """Codes of the structures that agree to appear together, and of those that agree to by name, sorted."""
    rows = group.agreements.filter(state=AgreementState.ACCEPTED).order_by("structure__code")
    answers = list(rows.values_list("structure__code", "is_named"))
    return [code for code, _ in answers], [code for code, is_named in answers if is_named]


def left_out(edition: Edition) -> bool:
    """Whether the figures of the edition count or name somebody who no longer agrees."""
    if edition.figures is None or edition.group is None:
        return False
    members, named = agreed(edition.group)
    return bool(set(edition.figures.members) - set(members) or set(edition.figures.named_members) - set(named))


def too_few(edition: Edition) -> str:
    """What stands in the way of counting a local plaquette, in French; "" for nothing."""
    members = len(agreed(edition.group)[0]) if edition.group else 0
    if edition.group is None or members >= FEWEST:
        return ""
    return f"Il faut l’accord d’au moins {FEWEST} structures ; vous en avez {members}."


def unready(edition: Edition) -> str:
    """What `refuse_unready` would say, "" for nothing."""
    try:
        refuse_unready(edition)
    except Refused as refusal:
        return refusal.message
    return ""


def refuse_unready(edition: Edition) -> None:
    """Raises Refused for a local plaquette whose figures are not those of the structures that agree."""
    if edition.group is None:
        return
    if edition.figures is None or edition.figures.release_id != edition.release_id:
        raise Refused("Les chiffres ne sont pas encore calculés d’après cette publication.")
    if left_out(edition):
        raise Refused("Une structure comptée a retiré son accord : recalculez les chiffres.")


def agreements_asked_of(user: User) -> list[Agreement]:
    """What the structures that the user enters for are asked, newest first."""
    mine = {m.structure_id for m in current_mandates(user) if m.structure_id}
    found = Agreement.objects.filter(structure__in=mine).select_related(
        "structure", "group__departement", "group__campaign", "group__asked_by", "group__edition"
    )
    return list(found.order_by("-group__asked_at", "-pk"))


def told(group: LocalGroup) -> str:
    """« 7 accords sur 12 structures »."""
    members, _ = agreed(group)
    return f"{french.plural(len(members), 'accord')} sur {french.plural(group.agreements.count(), 'structure')}"
