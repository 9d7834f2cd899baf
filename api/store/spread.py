"""The sixteen partitions of a release's work, cut by client and numbered as PostgreSQL's own hash partitions are.

PostgreSQL computes the number, though the table has no hash partitions. `PARTITION BY HASH (client_key)` uses an
extended hash of the bigint with a fixed seed, adds an offset, and takes the remainder. A test compares the expression
with `satisfies_hash_partition`.
"""

from __future__ import annotations

PARTITIONS = 16  # a power of two, and more than one machine's cores
_SEED = 8816678312871386365  # HASH_PARTITION_SEED of PostgreSQL 11 and later
_OFFSET = 0x49A0F4DD15E5A8E3 % PARTITIONS  # of its hash_combine64, whose high bits a power of two cuts off
PARTITION_OF_CLIENT = f"((hashint8extended(client_key, {_SEED}) & {PARTITIONS - 1}) + {_OFFSET} & {PARTITIONS - 1})"
