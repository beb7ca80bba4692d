"""What is written on the console: JSON lines, or the plain words of a developer's machine."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def logging_of(*, level: str, plain: bool) -> dict[str, object]:
    """One handler for all; what Django and its server say of each request is said once, by our own line."""
    formatter = (
        {"format": "{levelname} {name}: {message}", "style": "{"} if plain else {"()": "senacs.lib.log_lines.JsonLines"}
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},
        },
    }
