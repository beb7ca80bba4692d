"""What the domain refuses, said to the user in French."""


class Refused(Exception):
    """Something that may not happen now; the message is shown as it is.

    `details` lists what stands in the way, one French line each (fields, flags), when there are several.
    """

    def __init__(self, message: str, details: list[str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details or []


class NotAllowed(Refused):
    """Something that this person may never do; the web answers 403."""
