"""Plaquettes of the demonstration's Copil: one signed and published, one that is being written."""

from senacs.accounts.enums import Side
from senacs.accounts.models import User
from senacs.demo.cast import DOMAIN
from senacs.observatory.models import Release
from senacs.publication.editions import composing, drafts, signing
from senacs.publication.models import Edition

DEPARTEMENT = "59"
CAF_WORDS = (
    "Nous avons relu ces chiffres ensemble, **Caf et fédération**, avec les structures qui ont répondu. Ils disent ce "
    "que nous voyons chaque semaine : des lieux ouverts, des équipes stables, des habitants qui prennent part.\n\n"
    "Ils nous serviront à préparer les prochains renouvellements d’agrément et à dire, commune par commune, où manque "
    "encore un lieu pour se retrouver."
)
FEDERATION_WORDS = (
    "Merci à chacune des structures qui a pris le temps de répondre. Derrière les totaux, il y a des conseils de "
    "maison, des cafés, des départs en vacances, et beaucoup de *bénévoles*.\n\n"
    "Emportez ce document à vos rendez-vous : il est fait pour être ouvert devant des élus et des partenaires."
)
STORY = (
    "Un jardin que les habitants ont voulu, dessiné puis planté. On y vient pour les légumes, on y reste pour les "
    "voisins :\n\n- un chantier chaque samedi ;\n- un goûter à chaque récolte ;\n- un conseil qui décide de la suite."
)
REMARK = "Peut-on y ajouter le portrait d’une initiative portée par des jeunes ?"


def write_editions(release: Release) -> list[Edition]:
    """The signed plaquette of the Nord, and a note on its youth still in writing, with a remark to settle."""
    caf, federation = (User.objects.get(email=f"copil-{side}-{DEPARTEMENT}@{DOMAIN}") for side in Side.values)
    plaquette = _begin(release, "departementale", caf)
    trame, content = composing.trame_of(plaquette), plaquette.content
    content = drafts.write_block(content, "avant_propos", {"texts": {"caf": CAF_WORDS, "federation": FEDERATION_WORDS}})
    content = drafts.add_block(trame, content, "portrait")
    content = drafts.write_block(content, "portrait", {"text": STORY})
    composing.change_content(edition=plaquette, content=content, revision=plaquette.revision, by=caf)
    signing.submit_edition(edition=plaquette, by=caf)
    seal = signing.seal_of(plaquette)
    signing.sign_edition(edition=plaquette, side=Side.CAF, by=caf, seal=seal)
    signing.sign_edition(edition=plaquette, side=Side.FEDERATION, by=federation, seal=seal)
    signing.publish_edition(edition=plaquette, by=federation)
    note = _begin(release, "jeunesse", federation)
    composing.comment(edition=note, block="", text=REMARK, by=caf)
    return [plaquette, note]


def _begin(release: Release, trame: str, by: User) -> Edition:
    return composing.create_edition(release=release, level="departement", code=DEPARTEMENT, trame=trame, by=by)
