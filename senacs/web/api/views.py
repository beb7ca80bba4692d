"""The documentation of the API as a page of the site, written from its OpenAPI description."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from senacs.web.api.operations import CALLS_A_MINUTE, api

_METHODS = ("get", "post")


@login_not_required
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Each operation with its address, what it takes and what it gives."""
    described = api.get_openapi_schema()
    models = described["components"]["schemas"]
    operations = [
        _operation(path, method, item[method], models)
        for path, item in described["paths"].items()
        for method in _METHODS
        if method in item
    ]
    context = {"operations": operations, "description": described["info"]["description"], "calls": CALLS_A_MINUTE}
    return render(request, "api/documentation.html", context)


def _operation(path: str, method: str, item: dict[str, Any], models: dict[str, Any]) -> dict[str, Any]:
    body = item.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    given = item["responses"].get(200, {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": item.get("summary", ""),
        "description": item.get("description", ""),
        "takes": _properties(body, models),
        "gives": _properties(given.get("items", given), models),
        "is_open": not item.get("security"),
    }


def _properties(schema: dict[str, Any], models: dict[str, Any]) -> list[tuple[str, str]]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found = models.get(name, {}).get("properties", {})
    return [(key, described.get("description", "")) for key, described in found.items()]
