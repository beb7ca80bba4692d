"""The second template engine: everything is escaped, nothing is left undefined."""

import pytest
from django.template import engines
from jinja2 import UndefinedError

from senacs.web.jinja import shortened


def test_values_are_escaped() -> None:
    template = engines["jinja2"].from_string('<p title="{{ text }}">{{ text }}</p>')
    assert template.render({"text": "\"><script>'"}) == (
        '<p title="&#34;&gt;&lt;script&gt;&#39;">&#34;&gt;&lt;script&gt;&#39;</p>'
    )


def test_an_undefined_name_fails() -> None:
    with pytest.raises(UndefinedError):
        engines["jinja2"].from_string("{{ nothing }}").render({})


def test_long_texts_are_shortened_as_elsewhere() -> None:
    assert (shortened("douze", 5), shortened("treize mots", 6)) == ("douze", "treiz…")
