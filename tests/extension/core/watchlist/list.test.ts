/** The list: noted, let go, written, read with care, merged. */

import { describe, expect, test } from "vitest";
import {
  type Entry,
  keyOf,
  MAX_NOTE_LENGTH,
  markOf,
  type WatchList,
} from "../../../../extension/src/core/watchlist/entry";
import { read, written } from "../../../../extension/src/core/watchlist/file";
import { merged, noted } from "../../../../extension/src/core/watchlist/list";
import { task } from "../../world";

const TODAY = "2026-11-23";
const CLIENT = { id: "c-1", name: "Bluebird Research" };
const KEY = keyOf("practice", CLIENT) ?? "";

function entry(changes: Partial<Entry> = {}): Entry {
  return {
    platform: "practice",
    client: CLIENT,
    stance: "avoid",
    note: "pays late",
    noted_on: "2026-11-03",
    revision: 1,
    ...changes,
  };
}

const listOf = (...entries: Entry[]): WatchList =>
  Object.fromEntries(entries.map((one) => [keyOf(one.platform, one.client), one]));

describe("a client", () => {
  test("is noted once, and found on its rows by id or by name", () => {
    const list = noted(
      noted({}, { platform: "practice", client: CLIENT, stance: "favour" }, TODAY),
      {
        platform: "practice",
        client: CLIENT,
        note: "fair",
      },
      TODAY,
    );
    expect(Object.keys(list)).toEqual([KEY]);
    expect(markOf(list, task())).toEqual({ stance: "favour", note: "fair", noted_on: TODAY });
    const byName = noted(
      {},
      { platform: "practice", client: { id: null, name: "bluebird  RESEARCH" }, stance: "avoid" },
      TODAY,
    );
    expect(markOf(byName, task())?.stance).toBe("avoid");
    expect(markOf(list, task({ platform: "other" }))).toBeNull();
    expect(markOf(list, task({ client: null }))).toBeNull();
  });

  test("that nothing is said of any more is gone; a hidden one is never noted", () => {
    const list = listOf(entry({ note: "" }));
    expect(noted(list, { platform: "practice", client: CLIENT, stance: null }, TODAY)).toEqual({});
    expect(
      noted(list, { platform: "practice", client: { id: null, name: null }, stance: "avoid" }, TODAY),
    ).toBe(list);
  });

  test("keeps its note when only its mark changes", () => {
    const list = noted(listOf(entry()), { platform: "practice", client: CLIENT, stance: "favour" }, TODAY);
    expect(list[KEY]).toMatchObject({ stance: "favour", note: "pays late", noted_on: TODAY, revision: 1 });
  });
});

describe("a group's list", () => {
  const theirs = (changes: Partial<Entry>) => merged(listOf(entry()), [entry(changes)]);

  test("puts nobody in twice, and the newer note wins", () => {
    expect(theirs({ note: "pays now", noted_on: "2026-11-04" })).toMatchObject({ added: 0, changed: 1 });
    expect(theirs({ note: "pays now", noted_on: "2026-11-04" }).list[KEY]?.note).toBe("pays now");
    expect(theirs({ note: "older", noted_on: "2026-11-02" }).list[KEY]?.note).toBe("pays late");
    expect(theirs({ note: "same day, later", revision: 2 }).list[KEY]?.note).toBe("same day, later");
    expect(theirs({ note: "same day" }).list[KEY]?.note).toBe("pays late");
  });

  test("never takes away what is ours", () => {
    const other = entry({ client: { id: "c-2", name: "Other" } });
    expect(Object.keys(merged(listOf(entry(), other), []).list)).toHaveLength(2);
    const emptier = theirs({ note: "", stance: "favour", noted_on: "2026-11-20" }).list[KEY];
    expect(emptier).toMatchObject({ note: "pays late", stance: "favour" });
    expect(theirs({ stance: null, note: "hm", noted_on: "2026-11-20" }).list[KEY]?.stance).toBe("avoid");
  });

  test("merged twice changes nothing more", () => {
    const given = [
      entry({ noted_on: "2026-11-20", note: "new" }),
      entry({ client: { id: "c-2", name: null } }),
    ];
    const once = merged(listOf(entry()), given);
    expect(once).toMatchObject({ added: 1, changed: 1 });
    expect(merged(once.list, given)).toMatchObject({ list: once.list, added: 0, changed: 0 });
  });
});

describe("the file", () => {
  test("reads back what was written", () => {
    const list = listOf(entry(), entry({ client: { id: null, name: "Ώmega ☂" }, stance: null }));
    expect(read(written(list), TODAY)).toEqual({
      entries: Object.keys(list)
        .sort()
        .map((key) => list[key]),
      unread: 0,
    });
  });

  test.each([
    "",
    "[]",
    "null",
    "{}",
    '{"taskwage_watch_list":2,"clients":[]}',
    '{"taskwage_watch_list":1}',
    "<html>",
  ])("%j is no watch list", (words) => expect(read(words, TODAY)).toBeNull());

  test("leaves out what is no entry, and cuts what is too long", () => {
    const broken = [
      { ...entry(), client: null },
      { ...entry(), client: { id: null, name: null } },
      { ...entry(), stance: "hate" },
      { ...entry(), platform: "../evil" },
      { ...entry(), noted_on: "yesterday" },
      { ...entry(), revision: 0.5 },
      { ...entry(), note: 5 },
      "text",
      { ...entry(), note: "n".repeat(9000) },
    ];
    const got = read(JSON.stringify({ taskwage_watch_list: 1, clients: broken }), TODAY);
    expect(got?.unread).toBe(8);
    expect(got?.entries[0]?.note).toHaveLength(MAX_NOTE_LENGTH);
  });

  test("from a clock that runs ahead wins no longer than today", () => {
    const words = written(listOf(entry({ noted_on: "2999-01-01" })));
    expect(read(words, TODAY)?.entries[0]?.noted_on).toBe(TODAY);
  });
});
