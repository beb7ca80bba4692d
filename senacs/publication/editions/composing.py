"""Editions: composed by a Copil on a trame, previewed, moved to a newer release. Figures come from releases alone."""

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from senacs.accounts import words
from senacs.accounts.models import User
from senacs.lib import clock
from senacs.lib.french import joined
from senacs.lib.pdf import rendering
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.models import Release
from senacs.observatory.releases.reader import published_releases, reader_for
from senacs.publication import richtext
from senacs.publication.documents.plaquettes import TEMPLATE, TRAMES, compose, edition_title
from senacs.publication.documents.typesetting import write_whole
from senacs.publication.editions import drafts
from senacs.publication.editions.images import as_svg, clean_image, missing_svg
from senacs.publication.editions.local_sources import source_of
from senacs.publication.enums import ImageKind, LocalLevel
from senacs.publication.models import Edition, EditionComment, EditionImage
from senacs.publication.permissions import can_compose
from senacs.publication.trames import Trame, load_trame
from senacs.territories.queries import get_territory

MOST_IMAGES = 20
LONGEST_COMMENT = 2000
# What differs from one composition to the next without any figure having moved.
_DRAWN = frozenset({"svg"})


@lru_cache(maxsize=4)
def _trames(directory: Path) -> dict[str, Trame]:
    return {path.stem: load_trame(path) for path in sorted(directory.glob("*.yaml"))}


def trames() -> dict[str, Trame]:
    """Every trame that we ship, by code."""
    return _trames(Path(settings.DATA_DIR) / "trames")


def trames_of(level: str) -> list[Trame]:
    """The trames of a level, its plaquette first, then the notes by title."""
    found = [trame for trame in trames().values() if level in trame.levels]
    return sorted(found, key=lambda trame: (trame.code != TRAMES.get(level), trame.title))


def trame_of(edition: Edition) -> Trame:
    return trames()[edition.trame]


@transaction.atomic
def create_edition(*, release: Release, level: str, code: str, trame: str, by: User) -> Edition:
    """A draft with the obligatory blocks of a trame. Raises NotAllowed, Refused."""
    if not can_compose(by, level, code):
        raise NotAllowed("Vous ne composez pas les publications de ce territoire.")
    if level in LocalLevel.values:
        raise Refused("Une plaquette locale commence par l’accord des structures.")
    if trame not in {found.code for found in trames_of(level)} or get_territory(level, code) is None:
        raise Refused("Cette trame ne convient pas à ce territoire.")
    if not trames()[trame].indicators & reader_for(release).indicators.keys():
        raise Refused(f"La publication {release.name} n’a pas de chiffres sur ce thème : l’enquête ne l’abordait pas.")
    now = clock.now()
    return Edition.objects.create(
        release=release,
        level=level,
        code=code,
        trame=trame,
        content=drafts.initial(trames()[trame]),
        created_at=now,
        created_by=by,
        updated_at=now,
    )


@transaction.atomic
def change_content(*, edition: Edition, content: drafts.Content, revision: int, by: User) -> Edition:
    """Keeps a new content. Raises NotAllowed, Refused: not editable, changed meanwhile, a figure typed, too long."""
    stored = _editable(edition, by)
    if stored.revision != revision:
        raise Refused("Quelqu’un d’autre vient de modifier cette publication : relisez-la, puis recommencez.")
    _check(trame_of(stored), content, stored)
    _check_words(trame_of(stored), content, stored.content)
    stored.content = content
    stored.revision += 1
    stored.updated_at = clock.now()
    stored.save(update_fields=["content", "revision", "updated_at"])
    edition.refresh_from_db()
    return edition


def _editable(edition: Edition, by: User) -> Edition:
    stored = Edition.objects.select_for_update().get(pk=edition.pk)
    if not can_compose(by, *stored.home):
        raise NotAllowed("Vous ne composez pas les publications de ce territoire.")
    if not stored.is_editable:
        raise Refused(f"Cette publication n’est plus en rédaction : {stored.get_state_display().lower()}.")
    return stored


def _check(trame: Trame, content: drafts.Content, edition: Edition) -> None:
    details = []
    for block, _, source in drafts.texts_of(trame, content):
        if len(source) > richtext.LONGEST:
            details.append(
                f"« {block.title} » : texte trop long ({len(source)} caractères, {richtext.LONGEST} au plus)."
            )
            continue
        typed = richtext.typed_figures(source)
        if typed:
            found = joined([f"« {figure} »" for figure in typed])
            details.append(
                f"« {block.title} » : {found}. Les chiffres viennent de la publication, ils ne s’écrivent pas."
            )
        undrawn = [c for c in dict.fromkeys(source) if rendering.drawable(c) == rendering.UNDRAWABLE != c]
        if undrawn:
            shown = joined([f"« {character} »" for character in undrawn[:6]])
            details.append(f"« {block.title} » : {shown} ne s’imprime pas, la police du document ne l’a pas.")
    known = reader_for(edition.release).indicators
    for own in content["blocks"]:
        unknown = [code for code in own.get("figures", ()) if code not in known]
        if unknown:
            details.append(f"Indicateurs absents de la publication : {joined(unknown)}.")
    if details:
        raise Refused("Ce contenu ne peut pas être enregistré.", details)


def _check_words(trame: Trame, content: drafts.Content, kept: drafts.Content) -> None:
    """What the territory writes designates nobody, unless its author says why; what stood is not asked again."""
    standing = {source for _, _, source in drafts.texts_of(trame, kept)}
    for _, _, source in drafts.texts_of(trame, content):
        words.check(source, "publication.Edition.content", partial(standing.__contains__, source))


@transaction.atomic
def add_image(*, edition: Edition, content: bytes, kind: ImageKind, alt: str, credit: str, by: User) -> EditionImage:
    """A logo or a photo, cleaned. Raises NotAllowed, Refused."""
    stored = _editable(edition, by)
    named, credited = " ".join(alt.split())[:300], " ".join(credit.split())[:120]
    if not named:
        raise Refused("Décrivez l’image : ce texte la remplace pour qui ne la voit pas.")
    if kind == ImageKind.PHOTO and not credited:
        raise Refused("Dites de qui est la photo.")
    if stored.images.count() >= MOST_IMAGES:
        raise Refused(f"Une publication porte au plus {MOST_IMAGES} images.")
    image = clean_image(content, kind)
    path = Path("editions") / "images" / str(stored.pk) / f"{image.sha256[:32]}.{image.extension}"
    write_whole(Path(settings.MEDIA_ROOT) / path, image.content)
    return EditionImage.objects.create(
        edition=stored,
        kind=kind,
        path=str(path),
        mime=image.mime,
        width=image.width,
        height=image.height,
        alt=named,
        credit=credited,
        added_at=clock.now(),
        added_by=by,
    )


@transaction.atomic
def comment(*, edition: Edition, block: str, text: str, by: User) -> EditionComment:
    """A remark of a member, on a block or on the whole. Raises NotAllowed, Refused."""
    if not can_compose(by, *edition.home):
        raise NotAllowed("Vous ne composez pas les publications de ce territoire.")
    if block and trame_of(edition).block(block) is None:
        raise Refused("Ce bloc n’est pas de cette trame.")
    cleaned = richtext.clean(text, longest=LONGEST_COMMENT)
    if not cleaned:
        raise Refused("Le commentaire est vide.")
    return EditionComment.objects.create(edition=edition, block=block, text=cleaned, at=clock.now(), by=by)


@transaction.atomic
def settle_comment(*, comment: EditionComment, by: User) -> EditionComment:
    """Says that a remark is dealt with; said twice, it keeps its first date. Raises NotAllowed."""
    stored = EditionComment.objects.select_for_update().get(pk=comment.pk)
    if not can_compose(by, *stored.edition.home):
        raise NotAllowed("Vous ne composez pas les publications de ce territoire.")
    if stored.settled_at is None:
        stored.settled_at = clock.now()
        stored.settled_by = by
        stored.save(update_fields=["settled_at", "settled_by"])
    return stored


def compose_edition(edition: Edition, *, release: Release | None = None) -> dict[str, Any]:
    """The edition as plain data, on its release or on another one."""
    images = _images(edition)
    trame = drafts.apply(trame_of(edition), edition.content, images)
    logos = [images[pk] for pk in edition.content.get("logos", ()) if pk in images]
    document = compose(source_of(edition, release or edition.release), trame=trame, logos=logos)
    return {**document, "draft": not edition.published_at}


def _images(edition: Edition) -> dict[int, Mapping[str, str]]:
    """A frame that says so stands for an image whose file is gone: nothing is published with one."""
    return {
        image.pk: {"svg": _drawn(image), "alt": image.alt, "credit": image.credit} for image in edition.images.all()
    }


def _drawn(image: EditionImage) -> str:
    path = Path(settings.MEDIA_ROOT) / image.path
    if not path.is_file():
        return missing_svg(image.width, image.height)
    return as_svg(path.read_bytes(), image.mime, image.width, image.height)


def refuse_missing_images(edition: Edition) -> None:
    """Raises Refused when the file of an image that the edition prints is gone."""
    blocks = edition.content["blocks"]
    printed = {block["image"] for block in blocks if block.get("image")} | set(edition.content.get("logos", ()))
    gone = [i for i in edition.images.filter(pk__in=printed) if not (Path(settings.MEDIA_ROOT) / i.path).is_file()]
    if gone:
        raise Refused(
            "Le fichier d’une image manque : ajoutez-la de nouveau, ou retirez-la.", [f"« {i.alt} »" for i in gone]
        )


def preview(edition: Edition, *, ppi: float = 60.0) -> list[Path]:
    """The pages as PNG files, as they will print; made once a revision and release."""
    folder = Path(settings.MEDIA_ROOT) / "editions" / "previews" / str(edition.pk)
    current = folder / f"{edition.revision}-{edition.release_id}-{edition.images.count()}"
    pages = sorted(current.glob("*.png"))
    done = current / "done"
    if not done.is_file() or not pages or done.read_bytes() != str(len(pages)).encode():
        document = compose_edition(edition)
        rendered = list(rendering.render_pages(TEMPLATE, document, title=edition_title(document), ppi=ppi))
        for number, page in enumerate(rendered, 1):
            write_whole(current / f"{number:03}.png", page)
        write_whole(done, str(len(rendered)).encode())
    return sorted(current.glob("*.png"))


def newer_release(edition: Edition) -> Release | None:
    """A release published after that of the edition, the newest one."""
    newest = next(iter(published_releases()), None)
    if newest is None or newest.pk == edition.release_id:
        return None
    mine = (edition.release.campaign.year, edition.release.number)
    return newest if (newest.campaign.year, newest.number) > mine else None


def moved_blocks(edition: Edition, release: Release) -> list[str]:
    """The titles of the blocks that another release would print differently, drawings by their figures.

    The figures of a local plaquette are not worked out before it moves: every block that shows some is told.
    """
    here, there = compose_edition(edition), compose_edition(edition, release=release)
    before = {block["code"]: _figures(block) for block in here["blocks"]}
    after = {block["code"]: _figures(block) for block in there["blocks"]}
    titles = {block["code"]: block["title"] or "Couverture" for block in (*there["blocks"], *here["blocks"])}
    return [titles[code] for code in titles if before.get(code) != after.get(code)]


def _figures(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _figures(item) for key, item in value.items() if key not in _DRAWN}
    return [_figures(item) for item in value] if isinstance(value, list | tuple) else value


@transaction.atomic
def rebase_edition(*, edition: Edition, release: Release, by: User) -> Edition:
    """Puts a draft on another release. Raises NotAllowed, Refused."""
    stored = _editable(edition, by)
    stored.release = release
    stored.revision += 1
    stored.updated_at = clock.now()
    stored.save(update_fields=["release", "revision", "updated_at"])
    edition.refresh_from_db()
    return edition
