"""Files that the site keeps beside its database: what is said when one is gone or damaged."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl


class KeptFileError(Exception):
    """A file that the site keeps is missing or damaged; the message is French and names what it was for."""


@contextmanager
def kept(what: str) -> Iterator[None]:
    """Around the reading of a file that the site wrote: « les chiffres de la publication 2025-1 ».

    Raises KeptFileError for what is not there, cannot be read, or is no longer what was written.
    """
    try:
        yield
    except (OSError, ValueError, LookupError, pl.exceptions.PolarsError) as error:
        raise KeptFileError(f"Un fichier manque ou est abîmé : {what}.") from error
