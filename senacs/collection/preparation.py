"""The documents that a section asks to have at hand, ticked by whoever of the structure has found them."""

from collections.abc import Iterable

from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_enter
from senacs.collection import states
from senacs.collection.models import Response
from senacs.collection.queries import compiled_of
from senacs.collection.receipt_models import ReadyDocument
from senacs.lib import clock
from senacs.lib.refusals import NotAllowed

# A document of the list: its section's code and its own words, as the questionnaire writes them.
Document = tuple[str, str]


def ready_documents(response: Response) -> dict[Document, ReadyDocument]:
    """What the people of the structure have at hand, with who said so and when. One query."""
    found = ReadyDocument.objects.filter(response=response).select_related("by")
    return {(ready.section, ready.document): ready for ready in found}


@transaction.atomic
def note_documents(
    *, response: Response, found: Iterable[Document], missing: Iterable[Document], by: User
) -> None:  # fmt: skip
    """Ticks some documents and takes the tick off others; what a colleague ticked and is in neither stays."""
    response = states.lock(response)
    if not can_enter(by, response.structure):
        raise NotAllowed("Seules les personnes de la structure tiennent sa liste de préparation.")
    known = {
        (section.code, document)
        for section in compiled_of(response).questionnaire.sections
        for document in section.preparation
    }
    now = clock.now()
    for section, document in sorted(known.intersection(found)):
        ReadyDocument.objects.get_or_create(
            response=response, section=section, document=document, defaults={"at": now, "by": by}
        )
    for section, document in sorted(known.intersection(missing)):
        ReadyDocument.objects.filter(response=response, section=section, document=document).delete()
