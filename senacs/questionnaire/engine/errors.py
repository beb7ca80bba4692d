"""What is wrong in a definition (formula, question, rule), told in French with file, line and a suggestion."""

from collections.abc import Iterable
from difflib import get_close_matches

from senacs.lib.french import plural


class DefinitionError(Exception):
    """One mistake. `line` is 1-based, 0 when unknown; `suggestion` is a French sentence or empty."""

    def __init__(self, message: str, *, suggestion: str = "", file: str = "", line: int = 0) -> None:
        super().__init__(message, suggestion, file, line)
        self.message = message
        self.suggestion = suggestion
        self.file = file
        self.line = line

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.message, self.suggestion, self.file, self.line)

    def located(self, file: str, line: int, prefix: str = "") -> "DefinitionError":
        """The same mistake, with the place where the formula stands."""
        return DefinitionError(prefix + self.message, suggestion=self.suggestion, file=file, line=line)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line} : " if self.line else (f"{self.file} : " if self.file else "")
        return place + self.message + (f" {self.suggestion}" if self.suggestion else "")


def _rebuild(message: str, suggestion: str, file: str, line: int) -> DefinitionError:
    return DefinitionError(message, suggestion=suggestion, file=file, line=line)


class DefinitionErrors(Exception):
    """All the mistakes of a questionnaire at once, in the order of files and lines."""

    def __init__(self, errors: Iterable[DefinitionError]) -> None:
        self.errors = sorted(errors, key=lambda e: (e.file, e.line))
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join([f"{plural(len(self.errors), 'erreur')} :", *(f"  {error}" for error in self.errors)])


def close_match(word: str, known: Iterable[str]) -> str:
    """« Vouliez-vous dire « x » ? », or nothing when no known word is near."""
    candidates = {k.casefold(): k for k in known}
    found = get_close_matches(word.casefold(), candidates, n=1, cutoff=0.6)
    return f"Vouliez-vous dire « {candidates[found[0]]} » ?" if found else ""
