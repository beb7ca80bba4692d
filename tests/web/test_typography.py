"""The spaces of pages: put where somebody reads, nowhere else."""

import inspect
import re
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import Client
from django.utils.module_loading import import_string

from config.settings import MIDDLEWARE
from senacs.lib.french import NBSP as N
from senacs.lib.french import THIN as T
from senacs.lib.french import spaced
from senacs.web.typography import TypographyMiddleware, typeset
from tests import real_year
from tests.reading import Words


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("<p>Quoi ? « Rien » : fin !</p>", f"<p>Quoi{T}? «{N}Rien{N}»{N}: fin{T}!</p>"),
        ("<p>Nom\n      : <b>26</b> ans</p>", f"<p>Nom{N}: <b>26</b>{N}ans</p>"),
        ("<p>«\n  <em>oui</em>\n  » ;</p>", f"<p>«{N}<em>oui</em>{N}»{T};</p>"),
        ("<p>3 anciens ; 4 jours</p>", f"<p>3 anciens{T}; 4{N}jours</p>"),
        ('<a href="/x ? y" title="a : b">z</a> ?', f'<a href="/x ? y" title="a : b">z</a>{T}?'),
        ('<b title="10 000">10 000</b> en 2025 100 fois', f'<b title="10 000">10{T}000</b> en 2025 100 fois'),
        ('<path d="M 3 h 4"/> 3 h', f'<path d="M 3 h 4"/> 3{N}h'),
    ],
)
def test_words_are_spaced_and_markup_is_not(page: str, sent: str) -> None:
    assert typeset(page) == sent
    assert typeset(sent) == sent


@pytest.mark.parametrize(
    "page",
    [
        "<script>a ? b : c</script>",
        '<style media="all">p : hover { }</style>',
        "<textarea>Quoi ?</textarea>",
        "<option>26 ans : tous</option>",
        "<code>nature : etat</code>",
        "<pre>SI(a ; b)</pre>",
        "<!-- a : b -->",
    ],
)
def test_what_is_typed_or_quoted_stays(page: str) -> None:
    assert typeset(page) == page
    assert typeset(f"<p>a : b</p>{page}<p>c ; d</p>") == f"<p>a{N}: b</p>{page}<p>c{T}; d</p>"


@pytest.mark.parametrize(
    ("reply", "is_spaced"),
    [
        (HttpResponse("a : b"), True),
        (HttpResponse("a : b", headers={"Content-Disposition": "attachment"}), False),
        (HttpResponse("a : b", content_type="text/csv"), False),
        (JsonResponse({"a : b": "c ; d"}), False),
    ],
)
def test_files_and_data_leave_as_they_are(reply: HttpResponse, is_spaced: bool) -> None:
    before = reply.content
    after = TypographyMiddleware(lambda _: reply)(HttpRequest()).content
    assert (after != before) == is_spaced


def test_what_is_streamed_is_not_gathered() -> None:
    reply = StreamingHttpResponse(iter([b"a : b"]))
    assert TypographyMiddleware(lambda _: reply)(HttpRequest()) is reply


@pytest.mark.django_db
def test_a_section_of_the_real_questionnaire_leaves_spaced(client: Client, settings: Any) -> None:
    """As the site serves it: nothing loose is left in what is read, and no tag has changed."""
    year = real_year.make_real_year()
    response = year.response
    client.force_login(year.cast.responsable)
    address = f"/saisie/{response.pk}/rubrique/participation/"
    written = Words(client.get(address).content.decode())
    settings.MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
    visitor = Client()  # its middleware is made at its first request
    visitor.cookies = client.cookies
    served = Words(visitor.get("/").content.decode()), Words(visitor.get(address).content.decode())
    assert [text for page in served for text in page.texts if spaced(text) != text] == []
    unlike = {"nonce", "content", "value"}
    assert [(tag, [a for a in attrs if a[0] not in unlike]) for tag, attrs in served[1].tags] == [
        (tag, [a for a in attrs if a[0] not in unlike]) for tag, attrs in written.tags
    ]
    assert any(T in text for text in served[1].texts)


WAYS_TO_END = [
    ("get", "/compte/login/", {}, 200),
    ("get", "/nulle-part/", {}, 404),
    ("get", "/compte/login/?next=%00", {}, 400),
    ("post", "/compte/login/", {}, 403),  # without the token of a form
    ("post", "/compte/login/", {"login": "x" * 11_000_000}, 413),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "address", "data", "status"), WAYS_TO_END)
def test_every_way_to_end_leaves_spaced(settings: Any, method: str, address: str, data: Any, status: int) -> None:
    """Pages of refusals too, which middleware answer before any view."""
    settings.MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
    visitor = Client(enforce_csrf_checks=True, raise_request_exception=False)
    reply = getattr(visitor, method)(address, data)
    assert reply.status_code == status
    assert reply["Content-Type"].startswith("text/html")
    page = Words(reply.content.decode())
    assert [text for text in page.texts if spaced(text) != text] == []
    assert any(N in text or T in text for text in page.texts)


def test_nothing_outside_the_spaces_makes_a_page() -> None:
    """What stands around that middleware only passes replies on: none of it renders a template or writes HTML."""
    outside = MIDDLEWARE[: MIDDLEWARE.index("senacs.web.typography.TypographyMiddleware")]
    for name in outside:
        if name.startswith("senacs."):
            source = inspect.getsource(import_string(name))
            assert not re.search(r"render\(|HttpResponse\((?!status)|_ask\(|refusal", source), name
