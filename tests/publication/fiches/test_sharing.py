"""Links by which a structure shows its fiche: hashed, revocable, its own."""

import pytest

from senacs.lib.refusals import NotAllowed, Refused
from senacs.publication.fiches import sharing
from senacs.publication.models import ShareLink
from tests.factories import Cast


def test_token_is_never_kept(cast: Cast) -> None:
    link, token = sharing.create_share_link(structure=cast.structure, purpose=" La  Caf ", by=cast.suppleant)
    assert token not in str(ShareLink.objects.values())
    assert link.purpose == "La Caf"
    found = sharing.open_link(token)
    assert found is not None and found.pk == link.pk
    assert sharing.open_link(token + "x") is None


def test_revoked_link_opens_nothing(cast: Cast) -> None:
    link, token = sharing.create_share_link(structure=cast.structure, purpose="La Caf", by=cast.responsable)
    sharing.revoke_share_link(link=link, by=cast.suppleant)
    assert sharing.open_link(token) is None
    first = ShareLink.objects.get().revoked_at
    sharing.revoke_share_link(link=link, by=cast.responsable)
    assert ShareLink.objects.get().revoked_at == first


@pytest.mark.parametrize(
    "name", ["correspondant_caf", "correspondant_federal", "copil", "national", "stranger", "nobody"]
)
def test_only_the_structure_shares(cast: Cast, name: str) -> None:
    user = cast.users()[name]
    with pytest.raises(NotAllowed):
        sharing.create_share_link(structure=cast.structure, purpose="moi", by=user)
    with pytest.raises(NotAllowed):
        sharing.write_fiche_text(structure=cast.structure, text="moi", by=user)
    link, _ = sharing.create_share_link(structure=cast.structure, purpose="La Caf", by=cast.responsable)
    with pytest.raises(NotAllowed):
        sharing.revoke_share_link(link=link, by=user)


def test_a_link_says_for_whom_and_a_text_has_an_end(cast: Cast) -> None:
    with pytest.raises(Refused, match="à qui"):
        sharing.create_share_link(structure=cast.structure, purpose="  ", by=cast.responsable)
    with pytest.raises(Refused, match="1501 caractères"):
        sharing.write_fiche_text(structure=cast.structure, text="x" * 1501, by=cast.responsable)
