import { openDB } from "idb";
import { expect, test } from "vitest";
import { reopening } from "../../../extension/src/core/reopening";
import { openDatabase } from "../../../extension/src/core/open_database";
import { taskName } from "../../../extension/src/core/snapshot/keys";
import { attempt, freshName, record } from "../world";

test("a ledger of the first version is taken over with its sums", async () => {
  const name = freshName();
  const old = await openDB(name, 1, {
    upgrade(database) {
      database.createObjectStore("sessions");
      const records = database.createObjectStore("records", { keyPath: "id" });
      records.createIndex("by_attempt", ["platform", "attempt"]);
      records.createIndex("by_ended", "ended_at");
      database.createObjectStore("outbox", { keyPath: "id" });
      const overheads = database.createObjectStore("overheads", { keyPath: ["platform", "day"] });
      overheads.createIndex("by_day", "day");
      database.createObjectStore("snapshots", { keyPath: "platform" });
    },
  });
  const { client_key, works, day, corrected_seconds, overruled, ...before } = record();
  await old.put("records", before);
  const focus = { source: 1, subject: { kind: "task", attempt: "a-1" }, beat_at: 1 };
  await old.put("sessions", { at: 1, focus, attempts: [attempt()] }, "current");
  old.close();

  const database = await openDatabase(name);
  expect(await database.get("records", before.id)).toEqual(record());
  expect(await database.getAll("sums")).toMatchObject([
    { client_key, grain: "day", stretch: "2026-11-23", amounts: { tasks: 1 } },
    { client_key, grain: "month", stretch: "2026-11", amounts: { tasks: 1 } },
  ]);
  const names = (await database.getAll("tallies")).map(({ name }) => name);
  expect(names).toEqual([client_key, taskName(client_key, record().task.task.title)]);
  expect(await database.get("sessions", "current")).toMatchObject({
    focus: null,
    fronts: [],
    attempts: [{}],
  });
});

test("records of an earlier version whose end nobody saw count for nothing until the worker says more, and are listed", async () => {
  const name = freshName();
  const old = await openDB(name, 1, {
    upgrade(database) {
      database.createObjectStore("sessions");
      const records = database.createObjectStore("records", { keyPath: "id" });
      records.createIndex("by_attempt", ["platform", "attempt"]);
      records.createIndex("by_ended", "ended_at");
      for (const store of ["outbox"]) database.createObjectStore(store, { keyPath: "id" });
      const overheads = database.createObjectStore("overheads", { keyPath: ["platform", "day"] });
      overheads.createIndex("by_day", "day");
      database.createObjectStore("snapshots", { keyPath: "platform" });
    },
  });
  const lost = record({ outcome: "abandoned", end_imputed: true, active_seconds: 14_000 });
  await old.put("records", lost);
  old.close();

  const database = await openDatabase(name);
  expect(await database.get("records", lost.id)).toMatchObject({
    outcome: "end_unseen",
    active_seconds: 14_000,
  });
  expect([await database.getAll("sums"), await database.getAll("tallies")]).toEqual([[], []]);
  expect(await database.getAll("faults")).toEqual([{ id: lost.id, kind: "end_unseen" }]);
});

test("a ledger of the third version is counted again, so that pending work without a time is owed", async () => {
  const name = freshName();
  const pending = record({ outcome: "submitted", is_untimed: true, active_seconds: 0 });
  const old = await openDB(name, 3, {
    upgrade(database) {
      database.createObjectStore("sessions");
      const records = database.createObjectStore("records", { keyPath: "id" });
      records.createIndex("by_attempt", ["platform", "attempt"]);
      records.createIndex("by_ended", "ended_at");
      records.createIndex("by_standing", ["client_key", "outcome", "ended_at"]);
      database.createObjectStore("outbox", { keyPath: "id" });
      const overheads = database.createObjectStore("overheads", { keyPath: ["platform", "day"] });
      overheads.createIndex("by_day", "day");
      database.createObjectStore("snapshots", { keyPath: "platform" });
      const sums = database.createObjectStore("sums", {
        keyPath: ["platform", "client_key", "grain", "stretch"],
      });
      sums.createIndex("by_stretch", ["grain", "stretch"]);
      database.createObjectStore("accounts", { keyPath: "platform" });
      database.createObjectStore("tallies", { keyPath: "name" });
    },
  });
  const { platform, client_key } = pending;
  const stale = { platform, client_key, client: null, title: "", grain: "day", stretch: pending.day };
  await old.put("records", pending);
  await old.put("sums", { ...stale, amounts: { tasks: 7 } });
  old.close();

  const [day] = await (await openDatabase(name)).getAll("sums");
  expect(day?.amounts).toMatchObject({ tasks: 1, "is submitted": 1, "USD untimed_pending_tasks": 1 });
});

test("a database that could not be opened, or that the browser closed, is opened again at the next use", async () => {
  let opens = 0;
  let closed: () => void = () => undefined;
  const database = reopening(async (gone) => {
    opens += 1;
    closed = gone;
    if (opens === 1) throw new DOMException("busy", "UnknownError");
    return `open ${opens}`;
  });
  await expect(database()).rejects.toThrow("busy");
  expect([await database(), await database()]).toEqual(["open 2", "open 2"]);
  closed();
  expect(await database()).toBe("open 3");
});
