import { expect, test } from "vitest";
import { strictly } from "../../../../extension/src/platform/database";
import { putRecord } from "../../../../extension/src/core/ledger/keep";
import { oldestPending } from "../../../../extension/src/core/ledger/oldest";
import { NOON, record, task, world } from "../../world";

const DAY_MS = 86_400_000;

test("the oldest pending task of each client is found, and no decided one", async () => {
  const { database } = await world();
  const other = record({ id: "o", outcome: "paid", task: task({ client: { id: "c-2", name: null } }) });
  await strictly(database, async (writing) => {
    await putRecord(writing, other);
    for (const days of [1, 3, 2]) {
      await putRecord(writing, record({ id: `p-${days}`, ended_at: NOON - days * DAY_MS }));
    }
    await putRecord(writing, record({ id: "d", outcome: "rejected", ended_at: NOON - 9 * DAY_MS }));
  });
  const oldest = await oldestPending(database, [record(), other]);
  expect([...oldest.values()]).toEqual(["2026-11-20", null]);
});
