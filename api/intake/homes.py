"""Names of homes: whole servers that share one bucket of segments and one publisher.

A contributor belongs to one home for good. Their secret begins with its name, so that an ordinary proxy can route by it:
`manila.` and the 43 characters. A secret without a name belongs to the proxy's default home. Pure.
"""

from __future__ import annotations

import re

from api.errors import BadSettings, OtherHome

HEADER = "taskwage-home"  # of a request without a secret: the home that it is for
SEPARATOR = "."  # in no secret: those are base64url
MAX_NAME_LENGTH = 30
RESERVED = ("releases",)  # the publisher's own folder in the bucket
NAME = re.compile(rf"[a-z][a-z0-9-]{{0,{MAX_NAME_LENGTH - 1}}}")


def require_name(name: str) -> str:
    """Return `name` if a home may have it.

    Raises:
        BadSettings: It has other letters, is too long, or is reserved.
    """
    if NAME.fullmatch(name) is None or name in RESERVED:
        raise BadSettings(
            f"TASKWAGE_HOME: {name!r} cannot be a home's name; use up to {MAX_NAME_LENGTH} of a-z, 0-9 and -, a letter "
            f"first, and not {', '.join(RESERVED)}"
        )
    return name


def with_home(secret: str, home: str | None) -> str:
    """Return a secret that names its home; a single server's names none."""
    return secret if home is None else f"{home}{SEPARATOR}{secret}"


def home_of(secret: str) -> str | None:
    """Return the home that a secret names, or None."""
    name, separator, _ = secret.rpartition(SEPARATOR)
    return name if separator else None


def require_home(home: str | None, asked: str | None) -> None:
    """Require that a request for the home `asked` reached it; a single server, or a request for none, passes.

    Raises:
        OtherHome: The request is for another home, so a proxy sent it astray.
    """
    if home is not None and asked and asked != home:
        raise OtherHome(f"This is the home {home}, and the request is for another.")
