"""How a release's work is cut: sixteen partitions by client, numbered as PostgreSQL's own hash partitions are.

The number is computed by PostgreSQL, though no hash partition exists there: what
`PARTITION BY HASH (client_key)` does with a bigint is its own extended hash with a seed of its own, an offset, and the
rest of a division. A test holds the expression to `satisfies_hash_partition`.
"""

from __future__ import annotations

PARTITIONS = 16  # a power of two, and more than one machine's cores
_SEED = 8816678312871386365  # HASH_PARTITION_SEED of PostgreSQL 11 and later
_OFFSET = 0x49A0F4DD15E5A8E3 % PARTITIONS  # of its hash_combine64, whose high bits a power of two cuts off
PARTITION_OF_CLIENT = f"((hashint8extended(client_key, {_SEED}) & {PARTITIONS - 1}) + {_OFFSET} & {PARTITIONS - 1})"
