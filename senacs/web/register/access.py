"""Who follows the life of which entries of the register, and which entry, act or proposal a page is about."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from senacs.accounts.enums import CORRESPONDENT_ROLES, STRUCTURE_ROLES, Role
from senacs.accounts.models import User
from senacs.accounts.permissions import has_role
from senacs.register.enums import ActKind
from senacs.register.models import RegisterProposal
from senacs.register.proposals import can_decide, can_propose, proposals_seen_by
from senacs.register.queries import entries_of
from senacs.structures.models import Site, Structure
from senacs.web.requests import signed_in


def registrar(request: HttpRequest) -> User:
    """Somebody who has an entry of their own, a territory or the whole register."""
    user = signed_in(request)
    if not has_role(user, *STRUCTURE_ROLES, *CORRESPONDENT_ROLES, Role.NATIONAL):
        raise PermissionDenied
    return user


def creator(request: HttpRequest) -> User:
    user = registrar(request)
    if not (can_decide(user, ActKind.CREATE, None) or can_propose(user, ActKind.CREATE, None)):
        raise PermissionDenied
    return user


def entry_of(request: HttpRequest, pk: int) -> Structure:
    """404 for an entry whose life one does not follow: what everyone may read of it is in the public register."""
    known = entries_of(registrar(request)).select_related("commune", "departement", "caf", "federation", "gestionnaire")
    return get_object_or_404(known.order_by("pk"), pk=pk)


def act_of(request: HttpRequest, word: str, structure: Structure) -> ActKind:
    """The act that an address names: 404 for none, 403 for one that the person may neither do nor propose."""
    if word not in ActKind or word in {ActKind.CREATE, ActKind.LIST}:
        raise Http404
    kind, user = ActKind(word), registrar(request)
    if not (can_decide(user, kind, structure) or can_propose(user, kind, structure)):
        raise PermissionDenied
    return kind


def site_of(request: HttpRequest, pk: int) -> Site:
    site = get_object_or_404(Site.objects.select_related("structure"), pk=pk)
    structure = entry_of(request, site.structure_id)
    if not can_decide(registrar(request), ActKind.SITES, structure):
        raise PermissionDenied
    return site


def proposal_of(request: HttpRequest, pk: int) -> RegisterProposal:
    return get_object_or_404(proposals_seen_by(registrar(request)), pk=pk)


def decided_by(request: HttpRequest, pk: int) -> RegisterProposal:
    """For an answer: 403 for whoever sees the proposal without deciding of it."""
    proposal = proposal_of(request, pk)
    if not can_decide(registrar(request), ActKind(proposal.kind), proposal.structure):
        raise PermissionDenied
    return proposal
