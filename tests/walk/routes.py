"""Every route of the site, as Django resolves it."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern
        else:
            yield from walk(pattern, prefix + str(pattern.pattern))


ROUTES = list(walk(get_resolver()))
PATTERNS = {str(pattern.name): (route, pattern) for route, pattern in ROUTES}


def is_open(pattern: URLPattern) -> bool:
    """Whether it is reached without an account."""
    return not getattr(pattern.callback, "login_required", True)
