"""An edition on its way to the public: submitted, signed by both institutions, published for good, or returned."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.urls import reverse

from senacs.accounts.enums import Role, Side
from senacs.accounts.models import User
from senacs.accounts.notices import News, tell_plainly
from senacs.accounts.permissions import holders_of
from senacs.lib import clock
from senacs.lib.kept_files import kept
from senacs.lib.pdf import rendering
from senacs.lib.refusals import NotAllowed, Refused
from senacs.observatory.enums import ReleaseState
from senacs.publication.decks import files as deck_files
from senacs.publication.documents.plaquettes import TEMPLATE, edition_title
from senacs.publication.documents.typesetting import write_whole
from senacs.publication.editions import states
from senacs.publication.editions.agreements import refuse_unready
from senacs.publication.editions.composing import compose_edition, refuse_missing_images
from senacs.publication.editions.plausible import refuse_implausible
from senacs.publication.editions.shelf import name_of
from senacs.publication.enums import EditionState
from senacs.publication.models import Edition, EditionEvent, EditionSignature
from senacs.publication.permissions import can_compose, can_sign, sides_of

FOLDER = Path("editions") / "published"
SIGNABLE = frozenset({EditionState.SUBMITTED, EditionState.SIGNED})


@transaction.atomic
def submit_edition(*, edition: Edition, by: User) -> Edition:
    """Ends the writing: the content no longer changes. Raises NotAllowed, Refused."""
    if not can_compose(by, *edition.home):
        raise NotAllowed("Vous ne composez pas les publications de ce territoire.")
    refuse_unready(edition)
    refuse_missing_images(edition)
    states.apply(edition, "submit", by=by)
    for side in Side:
        told = "Elle ne change plus : elle attend une signature de chaque institution."
        news = _news(edition, "soumise à la signature", told, by, "La lire, la signer ou la renvoyer")
        tell_plainly(signatories(edition, side), news)
    return edition


def signatories(edition: Edition, side: Side) -> QuerySet[User]:
    """Who may sign the edition for one institution."""
    level, code = edition.home
    role = {"departement": Role.COPIL, "region": Role.REGIONAL}.get(level, Role.NATIONAL)
    place = {"departement": {"departement": code}, "region": {"region": code}}.get(level, {})
    return holders_of(role, side=side, **place)


def _everyone(edition: Edition) -> list[User]:
    """Who works on the edition: its author, those who prepare for its territory, those who sign."""
    level, code = edition.home
    preparing = holders_of(Role.PREPARATION, departement=code) if level == "departement" else User.objects.none()
    return [edition.created_by, *preparing, *(person for side in Side for person in signatories(edition, side))]


def _news(edition: Edition, done: str, told: str, by: User, to_do: str = "La publication", reason: str = "") -> News:
    name = name_of(edition)
    return News(
        subject=f"SENACS, « {name} » : {done}",
        told=f"La publication « {name} » est {done} par {by}. {told}".strip(),
        quoted=reason,
        to_do=to_do,
        page=reverse("copil_edition", args=[edition.pk]),
        by=by,
    )


def seal_of(edition: Edition) -> str:
    """What is signed: every word, image and figure of the document as it composes now."""
    return _seal(compose_edition(edition))


def _seal(document: dict[str, object]) -> str:
    return hashlib.sha256(_json({key: part for key, part in document.items() if key != "draft"})).hexdigest()


@transaction.atomic
def sign_edition(*, edition: Edition, side: Side, by: User, seal: str) -> Edition:
    """One member's signature; the edition is signed once both institutions have. Raises NotAllowed, Refused.

    `seal` is that of the document as the signatory saw it: one that changed since is read again before it is signed.
    """
    if not can_sign(by, edition, side):
        raise NotAllowed(f"Vous ne siégez pas au titre de « {side.label} » pour ce territoire.")
    stored = Edition.objects.select_for_update().get(pk=edition.pk)
    if stored.state not in SIGNABLE:
        raise Refused("Seule une publication soumise se signe.")
    others = stored.signatures.filter(by=by)
    if others.exists():
        raise Refused("Vous avez déjà signé : l’autre institution signe par quelqu’un d’autre.")
    refuse_implausible(stored)
    if seal != seal_of(stored):
        raise Refused("Le document a changé depuis que vous avez ouvert la page : relisez-le avant de signer.")
    EditionSignature.objects.create(edition=stored, side=side, by=by, at=clock.now(), seal=seal)
    EditionEvent.objects.create(edition=stored, transition=f"sign-{side}", at=clock.now(), by=by)
    left = missing_sides(stored)
    if stored.state == EditionState.SUBMITTED and not left:
        states.apply(stored, "sign", by=by)
    told = "Il ne manque plus que votre signature." if left else "Elle peut être publiée."
    people = [person for missing in left or Side for person in signatories(stored, missing)]
    tell_plainly(people, _news(stored, f"signée pour « {side.label} »", told, by))
    edition.refresh_from_db()
    return edition


def missing_sides(edition: Edition) -> list[Side]:
    """The institutions that nobody has signed for yet."""
    signed = set(edition.signatures.values_list("side", flat=True))
    return [side for side in Side if side.value not in signed]


@transaction.atomic
def return_edition(*, edition: Edition, reason: str, by: User) -> Edition:
    """Back to writing, signatures taken back. Raises NotAllowed, Refused without a reason."""
    if not sides_of(by, edition):
        raise NotAllowed("Seul un membre du comité de pilotage renvoie une publication.")
    states.apply(edition, "return", by=by, reason=reason)
    edition.signatures.all().delete()
    told = "Les signatures données sont reprises."
    tell_plainly(_everyone(edition), _news(edition, "renvoyée à la rédaction", told, by, "La reprendre", reason))
    return edition


@transaction.atomic
def publish_edition(*, edition: Edition, by: User) -> Edition:
    """Writes the files of the edition (document, PDF, slides, pictures, figures), gives it its version and its address.

    Raises NotAllowed, Refused.

    The document beside the PDF is what the web page shows for ever, whatever becomes of trames and templates.
    """
    if not sides_of(by, edition):
        raise NotAllowed("Seul un membre du comité de pilotage publie.")
    stored = Edition.objects.select_for_update().select_related("release__campaign__version").get(pk=edition.pk)
    if stored.release.state != ReleaseState.PUBLISHED:
        raise Refused("La publication nationale dont viennent les chiffres n’est pas encore ouverte.")
    if missing_sides(stored):
        raise Refused("Il manque une signature.")
    refuse_unready(stored)
    refuse_missing_images(stored)
    refuse_implausible(stored)
    composed = compose_edition(stored)
    if stored.signatures.exclude(seal__in=["", _seal(composed)]).exists():
        raise Refused("Le document n’est plus celui qui a été signé : renvoyez-le, puis faites-le signer de nouveau.")
    now = clock.now()
    same = Edition.objects.filter(level=stored.level, code=stored.code, trame=stored.trame)
    version = (same.aggregate(last=Max("version"))["last"] or 0) + 1
    slug = f"{stored.trame.replace('_', '-')}-{stored.level}-{stored.code}-v{version}".lower()
    document = {**composed, "draft": False, "version": version, "signatures": signed_by(stored)}
    content = rendering.render(TEMPLATE, document, title=edition_title(document), keywords=["SENACS"], at=now)
    for path, written in ((pdf_path(slug), content), (document_path(slug), _json(document))):
        write_whole(path, written)
        path.chmod(0o444)
    deck_files.write_files(read_document(slug), deck_folder(slug), at=now)
    states.apply(
        edition,
        "publish",
        by=by,
        slug=slug,
        version=version,
        checksum=hashlib.sha256(content).hexdigest(),
        pages=rendering.page_count(content),
        published_at=now,
    )
    tell_plainly(_everyone(edition), _news(edition, "publiée", "Tout le monde peut la lire.", by))
    return edition


def signed_by(edition: Edition) -> list[dict[str, str]]:
    """Who signed for which institution, as printed."""
    signatures = edition.signatures.select_related("by")
    return [{"side": Side(s.side).label, "name": s.by.get_full_name()} for s in signatures]


def pdf_path(slug: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / f"{slug}.pdf"


def document_path(slug: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / f"{slug}.json"


def deck_folder(slug: str) -> Path:
    """Where the slides, pictures and figures of a published edition lie."""
    return Path(settings.MEDIA_ROOT) / FOLDER / slug


def read_document(slug: str) -> dict[str, Any]:
    """The published document. Raises KeptFileError when its file is gone."""
    with kept(f"la publication {slug}"):
        document: dict[str, object] = json.loads(document_path(slug).read_text(encoding="utf-8"))
    return document


def is_intact(edition: Edition) -> bool:
    """Whether the PDF is there and is what was signed."""
    path = pdf_path(edition.slug or "")
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == edition.checksum


def _json(document: dict[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
