"""What happens to a questionnaire version: loaded while it is a draft, its changes decided, then frozen for ever."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from senacs.accounts.models import User
from senacs.accounts.permissions import can_load_questionnaire, can_manage_questionnaire
from senacs.lib import clock
from senacs.lib.french import plural
from senacs.lib.refusals import NotAllowed, Refused
from senacs.questionnaire import states
from senacs.questionnaire.engine.loader import load_directory, to_document
from senacs.questionnaire.engine.schema import Kind, Questionnaire
from senacs.questionnaire.enums import Effect
from senacs.questionnaire.models import QuestionnaireVersion, VersionDecision, VersionIndicators
from senacs.questionnaire.queries import changes_of


def load_questionnaire(*, directory: Path | str, by: User | None = None) -> QuestionnaireVersion:
    """Loads the YAML of `directory` as the version of its code; the same content again changes nothing.

    Raises DefinitionErrors (every error, with file and line), and Refused when that code is frozen with another
    content: what has been asked never changes. `by` None is the installation itself.
    """
    if by is not None and not can_load_questionnaire(by):
        raise NotAllowed("L’équipe nationale enregistre la version livrée, le comité technique la prépare.")
    return save_questionnaire(questionnaire=load_directory(directory))


@transaction.atomic
def save_questionnaire(
    *, questionnaire: Questionnaire, indicators: Sequence[Mapping[str, Any]] | None = None
) -> QuestionnaireVersion:
    """Stores a questionnaire as the version of its code, wherever its definition came from. Raises Refused.

    `indicators` are raw entries that were checked; None keeps those that the version has.
    """
    version = QuestionnaireVersion.objects.select_for_update().filter(code=questionnaire.code).first()
    if version is not None and version.checksum == questionnaire.checksum:
        _keep_indicators(version, indicators)
        return version
    if version is not None and version.is_frozen:
        raise Refused(
            f"La version « {version.code} » est figée depuis son ouverture : son contenu ne change plus. "
            "Donnez un nouveau code au questionnaire modifié."
        )
    _require_hours_in_quarters(questionnaire)
    version = version or QuestionnaireVersion(code=questionnaire.code)
    version.year = questionnaire.year
    version.data_year = questionnaire.data_year
    version.title = questionnaire.title
    version.document = to_document(questionnaire)
    version.checksum = questionnaire.checksum
    version.loaded_at = clock.now()
    try:
        version.full_clean(exclude=["frozen_at"])
    except ValidationError as error:
        fields = QuestionnaireVersion._meta
        named = {name: getattr(fields.get_field(name), "verbose_name", name) for name in error.message_dict}
        told = " ".join(f"{named[name]} : {' '.join(said)}" for name, said in error.message_dict.items())
        raise Refused(f"Ce questionnaire ne peut pas être enregistré. {told}") from error
    version.save()
    _keep_indicators(version, indicators)
    return version


def _require_hours_in_quarters(questionnaire: Questionnaire) -> None:
    """Hours are decimals wherever they are asked, so that « 7h30 » can be kept; versions already stored stay as is."""
    whole = [f.code for f in questionnaire.fields.values() if f.is_hours and (f.kind is Kind.INTEGER or f.decimals < 2)]
    if whole:
        raise Refused(
            f"Une durée en heures est de type « decimal », à deux décimales (le quart d’heure) : {', '.join(whole)}."
        )


def _keep_indicators(version: QuestionnaireVersion, indicators: Sequence[Mapping[str, Any]] | None) -> None:
    if indicators:
        entries = [dict(entry) for entry in indicators]
        VersionIndicators.objects.update_or_create(version=version, defaults={"entries": entries})
    elif indicators is not None:
        VersionIndicators.objects.filter(version=version).delete()


@transaction.atomic
def freeze_version(*, version: QuestionnaireVersion) -> QuestionnaireVersion:
    """Freezes a version; already frozen, it keeps its date.

    Raises Refused while a change of the core awaits the decision of the comité technique, with the list in `details`.
    """
    stored = QuestionnaireVersion.objects.select_for_update().defer("document").get(pk=version.pk)
    if not stored.is_frozen:
        require_decided(stored)
        states.apply(stored, "freeze")
    version.frozen_at = stored.frozen_at
    return version


def require_decided(version: QuestionnaireVersion) -> None:
    """Refused while a change of the core awaits the decision of the comité technique, with the list in `details`."""
    changes = changes_of(version)
    if changes and changes.awaited:
        awaited = plural(len(changes.awaited), "question du socle change", "questions du socle changent")
        raise Refused(
            f"{awaited} sans que le comité technique ait dit l’effet sur les séries.",
            [change.question.label for change in changes.awaited],
        )


@transaction.atomic
def decide_change(
    *, version: QuestionnaireVersion, question: str, effect: Effect, text: str, by: User
) -> VersionDecision:
    """Records what the comité technique decides of one changed question of the core; a new decision replaces the old.

    Raises NotAllowed outside the comité technique, Refused for a frozen version or a question that does not change.
    """
    if not can_manage_questionnaire(by):
        raise NotAllowed("Seul le comité technique national décide des changements du questionnaire.")
    stored = QuestionnaireVersion.objects.select_for_update().get(pk=version.pk)
    if stored.is_frozen:
        raise Refused("Cette version est figée : ses décisions ne changent plus.")
    changes = changes_of(stored)
    found = next((c.question for c in changes.questions if c.question.code == question), None) if changes else None
    if found is None or not found.is_core:
        raise Refused("Cette question du socle ne change pas : il n’y a rien à décider.")
    if not text.strip():
        raise Refused("Écrivez la décision et sa raison.")
    values = {"change": found.change.value, "effect": effect, "text": text.strip(), "by": by, "at": clock.now()}
    decision, _ = VersionDecision.objects.update_or_create(version=stored, question=question, defaults=values)
    return decision
