"""What a database is among several servers: its steps may ask."""

from __future__ import annotations

from alembic import context

COORDINATOR, SHARD = "coordinator", "shard"


def role() -> str:
    """`coordinator` (also where there is one server) or `shard`: as whoever runs the steps says, or as
    `alembic -x role=shard` does.
    """
    given = context.config.attributes.get("role") or context.get_x_argument(as_dictionary=True).get("role")
    return SHARD if given == SHARD else COORDINATOR
