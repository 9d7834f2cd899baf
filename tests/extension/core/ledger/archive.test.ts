import { expect, test } from "vitest";
import { archived, restore } from "../../../../extension/src/core/ledger/archive";
import { CSV_HEAD, csvLines } from "../../../../extension/src/core/ledger/csv";
import { putRecord, wipe } from "../../../../extension/src/core/ledger/keep";
import { keepOutcomes } from "../../../../extension/src/core/timer/outcomes";
import { strictly } from "../../../../extension/src/platform/database";
import { NOON, record, task, type World, world } from "../../world";
import { usd } from "./terms";

const id = (number: number) => `019ab000-0000-7000-8000-${String(number).padStart(12, "0")}`;

async function filled(count: number): Promise<World> {
  const edge = await world();
  await strictly(edge.database, async (writing) => {
    for (let number = 0; number < count; number++) {
      const ended_at = NOON + Math.floor(number / 3) * 1000;
      await putRecord(writing, record({ id: id(number), attempt: `a-${number}`, ended_at }));
    }
  });
  const seconds = { search: 61.5, payment: 3 };
  const row = { platform: "practice", day: "2026-11-22", id: id(1), revision: 2, told_revision: 1 };
  await edge.database.put("overheads", { ...row, is_shared: true, seconds });
  await edge.database.put("accounts", { platform: "practice", closed_on: "2026-11-20", balance: usd(150) });
  const action = { id: id(7), platform: "practice", kind: "pause" as const, day: "2026-11-20", pending: usd(12) };
  await edge.database.put("actions", action);
  return edge;
}

async function everything({ database }: World) {
  const stores = ["records", "sums", "overheads", "accounts", "actions"] as const;
  return Promise.all(stores.map((store) => database.getAll(store)));
}

test("what was exported and deleted is restored as it was", async () => {
  const edge = await filled(2100);
  const before = await everything(edge);
  const text = (await archived(edge.database, "2026-11-23", "0190-c")).join("");
  await wipe(edge);
  expect(await restore(edge.database, text, "0190-c")).toEqual({ added: 2100, updated: 0, kept: 0, unread: 0 });
  expect(await everything(edge)).toEqual(before);
});

test("a file restored twice, or onto itself, doubles nothing", async () => {
  const edge = await filled(20);
  const before = await everything(edge);
  const text = (await archived(edge.database, "2026-11-23", "0190-c")).join("");
  expect(await restore(edge.database, text, "0190-c")).toMatchObject({ added: 0, kept: 20 });
  expect(await everything(edge)).toEqual(before);
});

test("of two revisions the newer one stays, wherever it comes from", async () => {
  const edge = await filled(2);
  const newer = record({ id: id(0), revision: 5, outcome: "paid", paid: usd(1) });
  const older = record({ id: id(1), revision: 0, outcome: "paid" });
  const file = { taskwage_ledger: 1, records: [newer, { ...newer, revision: 4 }, older] };
  expect(await restore(edge.database, JSON.stringify(file), "0190-c")).toEqual({
    added: 0,
    updated: 1,
    kept: 1,
    unread: 1,
  });
  expect(await edge.database.get("records", id(0))).toMatchObject({ revision: 5, outcome: "paid" });
  expect((await edge.database.getAll("sums"))[0]?.amounts).toMatchObject({ tasks: 2, "is paid": 1 });
});

test.each([
  ["no JSON", "not JSON"],
  ["another file", '{"clients": []}'],
  ["a file of another version", '{"taskwage_ledger": 9, "records": []}'],
  ["a list", "[]"],
  ["nothing", "null"],
])("%s is refused", async (_name, text) => {
  expect(await restore((await world()).database, text, null)).toBeNull();
});

test.each([
  ["no object", 7],
  ["an id that is none", { ...record(), id: "x" }],
  ["time before time", { ...record(), active_seconds: -1 }],
  ["an outcome nobody knows", { ...record(), outcome: "lucky" }],
  ["a task of another platform", { ...record(), platform: "other" }],
  ["a title that is no text", { ...record(), task: task({ task: { id: null, title: 3 as never } }) }],
])("a record with %s is left out", async (_name, given) => {
  const { database } = await world();
  const text = JSON.stringify({ taskwage_ledger: 1, records: [given, record({ id: id(9) })] });
  expect(await restore(database, text, null)).toMatchObject({ added: 1, unread: 1 });
});

test("a spreadsheet gets one line a record, and nothing that it would run", () => {
  const titles = ["=HYPERLINK(1)", "+1", "-2", "@SUM", " =1+1", "\t=1", "|cmd", "%0A=1"];
  const lines = titles.map((title) => csvLines([record({ task: task({ task: { id: null, title } }) })]));
  for (const line of lines) expect(line).toMatch(/,"?'/);
  const comma = csvLines([record({ task: task({ task: { id: null, title: 'Say "hi", please' } }) })]);
  expect(comma).toContain('"Say ""hi"", please"');
  expect(comma.match(/\r\n/g)).toHaveLength(1);
  expect(csvLines([record({ outcome: "paid", paid: usd(0.3) })])).toContain(",0.35,USD,0.3,USD,");
  expect(CSV_HEAD.split(",")).toHaveLength(23);
});

test("on a device that shares under another name the records are kept and nothing of them is sent", async () => {
  const text = (await archived((await filled(3)).database, "2026-11-23", "0190-c")).join("");
  const other = await world();
  await restore(other.database, text, "0190-d");
  const [kept] = await other.database.getAll("records");
  expect(kept).toMatchObject({ attempt: "a-0", is_shared: false });
  const [day] = await other.database.getAll("overheads");
  expect(day?.is_shared).toBe(false);
  await keepOutcomes(other, "practice", [{ attempt: "a-0", outcome: "approved", paid: usd(1) }]);
  expect((await other.database.getAll("records"))[0]?.outcome).toBe("approved");
  expect(await other.database.count("outbox")).toBe(0);
});
