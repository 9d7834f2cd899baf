import { beforeEach, describe, expect, test } from "vitest";
import { strictly } from "../../../../extension/src/platform/database";
import { agreement } from "../../../../extension/src/core/outbox/agreement";
import { empty, outboxPage, PAGE_ITEMS, withdraw, withhold } from "../../../../extension/src/core/outbox/controls";
import { flush } from "../../../../extension/src/core/outbox/flush";
import { timeOrderedId } from "../../../../extension/src/core/outbox/id";
import { enqueue } from "../../../../extension/src/core/outbox/outbox";
import { addSpent } from "../../../../extension/src/core/outbox/overheads";
import { dayOf } from "../../../../extension/src/core/timer/hour";
import { keepOutcomes } from "../../../../extension/src/core/timer/outcomes";
import { NOON, record, task, type World, world } from "../../world";

const DAY = 86_400;
let edge: World;

beforeEach(async () => {
  edge = await world();
});

const idOf = (number: number): string =>
  timeOrderedId(NOON, Uint8Array.of(...new Array(9).fill(0), number % 256).with(8, number >> 8));

async function waiting(...records: ReturnType<typeof record>[]): Promise<void> {
  await strictly(edge.database, async (writing) => {
    for (const one of records) {
      await writing.objectStore("records").put(one);
      await enqueue(writing, one);
    }
  });
}

const elsewhere = (changes = {}) =>
  record({ platform: "elsewhere", task: task({ platform: "elsewhere" }), ...changes });

describe("the outbox page", () => {
  test("shows each item as the very value that is sent", async () => {
    await waiting(record());
    const page = await outboxPage(edge, null);
    await flush(edge);
    expect(edge.server.batches[0]?.observations).toEqual(page.items.map(({ item }) => item));
    expect(page).toMatchObject({ waiting: 1, next: null, is_held: false, is_sharing: true });
  });

  test("comes in pieces that leave nothing out and show nothing twice", async () => {
    const many = Array.from({ length: PAGE_ITEMS + 7 }, (_, number) =>
      record({ id: idOf(number), attempt: `a-${number}` }),
    );
    await waiting(...many);
    const first = await outboxPage(edge, null);
    const second = await outboxPage(edge, first.next);
    expect([first.items.length, second.items.length, second.next]).toEqual([PAGE_ITEMS, 7, null]);
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(many.length);
  });
});

describe("an item that was taken out", () => {
  test("is not sent, nor is what becomes of it later", async () => {
    await waiting(record());
    expect(await withdraw(edge.database, [record().id])).toBe(1);
    const outcomes = [{ attempt: "a-1", outcome: "approved" as const, paid: null }];
    expect(await keepOutcomes(edge, "practice", outcomes)).toBe(1);
    await flush(edge);
    expect(edge.server.batches).toEqual([]);
    expect(await edge.database.get("records", record().id)).toMatchObject({ outcome: "approved" });
  });

  test("that was sent meanwhile is said to be gone", async () => {
    await waiting(record());
    await flush(edge);
    expect(await withdraw(edge.database, [record().id])).toBe(0);
  });

  test("may be a day of unpaid time, and more time on that day is not told either", async () => {
    const spent = { platform: "practice", overhead: "search" as const, seconds: 60 };
    const add = () =>
      strictly(edge.database, (writing) => addSpent(writing, spent, dayOf(NOON), true, edge.random(10)));
    await add();
    edge.server.trouble = [{ kind: "unreachable" }];
    edge.pass(DAY);
    await flush(edge);
    const [item] = (await outboxPage(edge, null)).items;
    expect(item?.kind).toBe("overhead");
    await withdraw(edge.database, [item?.id ?? ""]);
    await add();
    edge.pass(DAY);
    await flush(edge);
    expect(edge.server.batches).toEqual([]);
  });
});

describe("sending that is held", () => {
  test("sends nothing, keeps everything, and goes on when let go", async () => {
    await waiting(record());
    await edge.settings.held.set(true);
    expect(await flush(edge)).toBeNull();
    expect([edge.server.batches.length, await edge.database.count("outbox")]).toEqual([0, 1]);
    await edge.settings.held.set(false);
    await flush(edge);
    expect([edge.server.batches.length, await edge.database.count("outbox")]).toEqual([1, 0]);
  });
});

describe("a platform kept to oneself", () => {
  test("loses what waits of it, and nothing of the others", async () => {
    await waiting(record(), elsewhere({ id: idOf(1) }));
    await withhold(edge, "elsewhere", true);
    await flush(edge);
    expect(edge.server.batches[0]?.observations.map(({ platform }) => platform)).toEqual(["practice"]);
  });

  test("is recorded as not shared, until it is shared again", async () => {
    await withhold(edge, "prolific", true);
    const agreed = await agreement(edge.settings);
    expect([agreed("prolific").sharing, agreed("practice").sharing]).toEqual([false, true]);
    expect(agreed("prolific").ledger).toBe(true);
    await withhold(edge, "prolific", false);
    expect((await agreement(edge.settings))("prolific").sharing).toBe(true);
  });
});

test("a day of unpaid time that was not told when sharing stopped never is", async () => {
  const spent = { platform: "practice", overhead: "search" as const, seconds: 60 };
  await strictly(edge.database, (writing) => addSpent(writing, spent, dayOf(NOON), true, edge.random(10)));
  await empty(edge.database);
  edge.pass(DAY);
  await flush(edge);
  expect(edge.server.batches).toEqual([]);
});
