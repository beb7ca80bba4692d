"""Reads on questionnaire versions: the compiled questionnaire, kept in memory by checksum."""

from collections import OrderedDict
from threading import Lock

from senacs.questionnaire.engine.evaluation import Compiled, compile_questionnaire
from senacs.questionnaire.engine.loader import from_document
from senacs.questionnaire.models import QuestionnaireVersion

# A demonstration holds five years, each with its own version.
KEPT = 16
_compiled: OrderedDict[str, Compiled] = OrderedDict()
_lock = Lock()


def get_compiled(version: QuestionnaireVersion) -> Compiled:
    """The closures of a version. A cached version reads no document: callers may defer it."""
    with _lock:
        known = _compiled.get(version.checksum)
        if known is not None:
            _compiled.move_to_end(version.checksum)
            return known
        compiled = compile_questionnaire(from_document(version.document))
        _compiled[version.checksum] = compiled
        if len(_compiled) > KEPT:
            _compiled.popitem(last=False)
        return compiled
