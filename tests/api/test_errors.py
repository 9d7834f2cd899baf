"""The tree of failures: drawn as it is, each with its own code, each a problem."""

from __future__ import annotations

import pytest

from api import errors
from api.errors import CannotStart, TaskwageError, TooMany


def tree(kind=TaskwageError):
    return [kind, *(child for sub in kind.__subclasses__() if sub.__module__ == errors.__name__ for child in tree(sub))]


@pytest.mark.parametrize("kind", tree())
def test_every_failure_stands_in_the_picture(kind):
    line = next(line for line in errors.__doc__.splitlines() if line.strip(" │├└─").startswith(kind.__name__))
    if not issubclass(kind, CannotStart):
        assert f"{kind.status} {kind.code}" in line
        assert kind.__doc__


def test_no_two_failures_share_a_code():
    on_the_wire = [kind.code for kind in tree() if not issubclass(kind, CannotStart)]
    assert len(set(on_the_wire)) == len(on_the_wire)


def test_a_failure_tells_a_program_and_a_person():
    problem = TooMany("Slowly.", 12.4).problem()
    assert (problem.status, problem.code, problem.detail) == (429, "too_many", "Slowly.")
    assert TooMany("Slowly.", 0.2).headers() == {"retry-after": "1"}
