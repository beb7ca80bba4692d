"""What happens to a questionnaire version: loaded while it is a draft, then frozen for ever."""

from pathlib import Path

from django.db import transaction

from senacs.lib import clock
from senacs.lib.refusals import Refused
from senacs.questionnaire.engine.loader import load_directory, to_document
from senacs.questionnaire.engine.schema import Questionnaire
from senacs.questionnaire.models import QuestionnaireVersion


def load_questionnaire(*, directory: Path | str) -> QuestionnaireVersion:
    """Loads the YAML of `directory` as the version of its code; the same content again changes nothing.

    Raises DefinitionErrors (every error, with file and line), and Refused when that code is frozen with another
    content: what has been asked never changes (style §2).
    """
    return save_questionnaire(questionnaire=load_directory(directory))


@transaction.atomic
def save_questionnaire(*, questionnaire: Questionnaire) -> QuestionnaireVersion:
    """Stores a questionnaire as the version of its code, wherever its definition came from. Raises Refused."""
    version = QuestionnaireVersion.objects.select_for_update().filter(code=questionnaire.code).first()
    if version is not None and version.checksum == questionnaire.checksum:
        return version
    if version is not None and version.is_frozen:
        raise Refused(
            f"La version « {version.code} » est figée depuis son ouverture : son contenu ne change plus. "
            "Donnez un nouveau code au questionnaire modifié."
        )
    version = version or QuestionnaireVersion(code=questionnaire.code)
    version.year = questionnaire.year
    version.data_year = questionnaire.data_year
    version.title = questionnaire.title
    version.document = to_document(questionnaire)
    version.checksum = questionnaire.checksum
    version.loaded_at = clock.now()
    version.full_clean(exclude=["frozen_at"])
    version.save()
    return version


@transaction.atomic
def freeze_version(*, version: QuestionnaireVersion) -> QuestionnaireVersion:
    """Freezes a version; already frozen, it keeps its date."""
    stored = QuestionnaireVersion.objects.select_for_update().defer("document").get(pk=version.pk)
    if not stored.is_frozen:
        stored.frozen_at = clock.now()
        stored.save(update_fields=["frozen_at"])
    version.frozen_at = stored.frozen_at
    return version
