"""The API and its documentation, under /api/."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, include, path

from senacs.web.api import views
from senacs.web.api.operations import api

_patterns, _application, _namespace = api.urls
# Sessions play no part here: each operation asks for its token itself.
_operations = [pattern for pattern in _patterns if isinstance(pattern, URLPattern)]
for _pattern in _operations:
    login_not_required(_pattern.callback)

urlpatterns = [
    path("", views.documentation, name="api_documentation"),
    path("", include((_operations, _application), namespace=_namespace)),
]
