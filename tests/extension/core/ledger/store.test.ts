import { expect, test } from "vitest";
import { strictly } from "../../../../extension/src/platform/database";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import { forget, recordsSince } from "../../../../extension/src/core/ledger/store";
import { enqueue } from "../../../../extension/src/core/outbox/outbox";
import { NOON, record, world } from "../../world";

const DAY = 86_400_000;
const KEPT: LedgerRecord[] = [
  record({ id: "own", outcome: "paid" }),
  record({ id: "pending", is_own: false }),
  record({ id: "settled", is_own: false, outcome: "paid" }),
  record({ id: "waiting", is_own: false, outcome: "paid" }),
  record({ id: "old", is_own: false, ended_at: NOON - 61 * DAY }),
];

test("without an own record only what still follows its outcome or waits to be sent is kept", async () => {
  const { database, now } = await world();
  await strictly(database, async (writing) => {
    for (const one of KEPT) await writing.objectStore("records").put(one);
    await enqueue(writing, record({ id: "waiting", is_own: false, outcome: "paid" }));
  });
  await forget(database, now());
  expect(await database.getAllKeys("records")).toEqual(["own", "pending", "waiting"]);
  expect((await recordsSince(database, 0)).map(({ id }) => id)).toEqual(["own"]);
});
