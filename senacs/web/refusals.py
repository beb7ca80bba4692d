"""What services refuse, as pages say it: one translation for all views."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from senacs.lib.refusals import NotAllowed, Refused


@contextmanager
def refusals(request: HttpRequest, form: forms.BaseForm | None = None, field: str | None = None) -> Iterator[None]:
    """`with refusals(request): …`; what follows in the block is left out, the view goes on after it.

    What the person may never do is a 403. What may not happen now is said on the page that follows, or at the field of
    the form that asked for it (`field` None: above the form).
    """
    try:
        yield
    except NotAllowed as refusal:
        raise PermissionDenied(refusal.message) from refusal
    except Refused as refusal:
        words = " ".join([refusal.message, *refusal.details])
        if form is None:
            messages.error(request, words)
        else:
            form.add_error(field, words)
