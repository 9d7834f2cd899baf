import { describe, expect, test } from "vitest";
import * as fields from "../../../../extension/src/core/page/fields";
import type { Field } from "../../../../extension/src/generated/contract";
import { documentOf } from "./fixture";

const NOTHING: Field = {
  at: null,
  attribute: null,
  json: null,
  or_json: null,
  island: null,
  query: null,
  segment: null,
  leaf: null,
  word: null,
  after: null,
  before: null,
  parse: "text",
  currency_json: null,
  decimal: null,
  marked: false,
  each: null,
  alternatives: [],
  in_order: false,
  legend: null,
  bound: null,
  may_be_empty: false,
};
const field = (given: Partial<Field>): Field => ({ ...NOTHING, ...given });

function place(html: string, record: unknown = undefined): fields.Place {
  const root = documentOf(`<main>${html}</main>`).querySelector("main") as Element;
  const url = new URL("https://site.example/a/b-7?id=x%20y");
  return { root, url, record, islands: new Map([["top", { n: [10, 20] }]]), currency: "USD" };
}

test.each([
  ["4 min", 240],
  ["12 mins", 720],
  ["1 hour 5 mins", 3900],
  ["1 hour, 5 minutes", 3900],
  ["1h 30m 10s", 5410],
  ["1.5 hours", 5400],
  ["30 sec", 30],
  ["2 days", 172_800],
])("a duration of %j is %d seconds", (words, seconds) => {
  expect(fields.secondsAt(field({ parse: "duration_text" }), place(words))).toBe(seconds);
});

test.each([
  "",
  "soon",
  "4",
  "4 min left",
  "5 min 1 hour",
  "3 min 3 min",
  "10 minutos",
  "1 hour 5",
  "90 days",
])("a duration of %j is not read", (words) => {
  expect(fields.secondsAt(field({ parse: "duration_text" }), place(words))).toBeNull();
});

test("seconds and minutes are plain numbers, never below nothing", () => {
  expect(fields.secondsAt(field({ json: "t", parse: "minutes" }), place("", { t: 12 }))).toBe(720);
  expect(fields.secondsAt(field({ json: "t", parse: "seconds" }), place("", { t: 0 }))).toBe(0);
  expect(fields.secondsAt(field({ json: "t", parse: "seconds" }), place("", { t: -3 }))).toBeNull();
  expect(fields.secondsAt(field({ json: "t", parse: "seconds" }), place("", { t: 1e9 }))).toBeNull();
  expect(fields.secondsAt(field({ json: "t", parse: "seconds" }), place("", { t: "soon" }))).toBeNull();
});

test("words that must stand around a value are cut, and missed when they do not stand there", () => {
  expect(fields.textAt(field({ after: "By " }), place("By  Ann\n Lee"))).toBe("Ann Lee");
  expect(fields.textAt(field({ after: "By " }), place("From Ann"))).toBeNull();
  expect(fields.textAt(field({ before: " / HIT" }), place("0,05 $ / HIT"))).toBe("0,05 $");
  expect(fields.textAt(field({ after: "aa", before: "aa" }), place("aaa"))).toBeNull();
});

describe("places", () => {
  test("an address gives a query value or a segment, the page's own where nothing else is named", () => {
    expect(fields.textAt(field({ query: "id" }), place(""))).toBe("x y");
    expect(fields.textAt(field({ segment: 1, after: "b-" }), place(""))).toBe("7");
    expect(fields.textAt(field({ segment: 5 }), place(""))).toBeNull();
    const link = place('<a href="/who/r-1?k=2">x</a>');
    expect(fields.textAt(field({ at: "a", attribute: "href", segment: 1 }), link)).toBe("r-1");
    expect(fields.textAt(field({ at: "a", attribute: "href", query: "k" }), link)).toBe("2");
  });

  test("JSON is followed by keys and indices, and only to values", () => {
    expect(fields.textAt(field({ island: "top", json: "n.1" }), place(""))).toBe("20");
    expect(fields.textAt(field({ json: "a.b" }), place("", { a: { b: "c" } }))).toBe("c");
    expect(fields.textAt(field({ json: "a" }), place("", { a: { b: "c" } }))).toBeNull();
    expect(fields.textAt(field({ json: "toString" }), place("", {}))).toBeNull();
    expect(fields.textAt(field({ json: "a" }), place("", { a: true }))).toBeNull();
  });

  test("the currency beside an amount is needed where the pack names it", () => {
    const amount = field({ json: "v", parse: "money_major", currency_json: "c" });
    expect(fields.moneyAt(amount, place("", { v: 0.5, c: "EUR" }))).toEqual({
      micros: 500_000,
      currency: "EUR",
    });
    expect(fields.moneyAt(amount, place("", { v: 0.5 }))).toBeNull();
  });
});

test("a title that is too long is cut between signs, an id that is too long is none", () => {
  const title = fields.titleAt(field({}), place("😀".repeat(400)));
  expect(Array.from(title ?? "")).toHaveLength(300);
  expect(fields.idAt(field({}), place("i".repeat(81)))).toBeNull();
  expect(fields.idAt(field({}), place("i".repeat(80)))).toHaveLength(80);
});

test("a count is whole and at least one", () => {
  const count = field({ parse: "int" });
  expect(fields.countAt(count, place("12"))).toBe(12);
  for (const words of ["0", "1.5", "many", "1000000"]) expect(fields.countAt(count, place(words))).toBeNull();
});

describe("a value that may stand in one of two places", () => {
  const amount = field({ json: "3", or_json: "4", parse: "money_text", decimal: ".", marked: true });
  const read = (record: unknown[]) => fields.moneyAt(amount, place("", record))?.micros ?? null;

  test.each([
    ["in the first", [0, 0, 0, "$0.12", 10], 120_000],
    ["in the second, beside a count", [0, 0, 0, 10, "$0.12"], 120_000],
    ["with cents and no sign", [0, 0, 0, "0.05", 20], 50_000],
    ["in both, the same", [0, 0, 0, "$0.12", "0.12"], 120_000],
    ["in both, another", [0, 0, 0, "$0.12", "$0.20"], null],
    ["in neither: two counts", [0, 0, 0, 10, 20], null],
    ["in neither: a mark of 4.2", [0, 0, 0, 4.2, 20], null],
  ])("stands %s", (_what, record, micros) => {
    expect(read(record)).toBe(micros);
  });
});

test("the currency may stand beside the amount, wherever that is", () => {
  const amount = field({ json: "a.v", or_json: "b.v", parse: "money_minor", currency_json: "c" });
  expect(fields.moneyAt(amount, place("", { b: { v: 150, c: "GBP" } }))).toEqual({
    micros: 1_500_000,
    currency: "GBP",
  });
  const sign = field({ json: "v", parse: "money_major", currency_json: "c" });
  expect(fields.moneyAt(sign, place("", { v: "7.5000", c: "€" }))).toEqual({
    micros: 7_500_000,
    currency: "EUR",
  });
  expect(fields.moneyAt(sign, place("", { v: "300", c: "pts" }))).toBeNull();
});

describe("the texts inside an element", () => {
  const card = "<div><h3>Match pages</h3></div><p>0,05 $ / HIT</p><p>~1442.6k HITs</p><p>1 min / HIT</p>";

  test("the first is the title; the only one that reads is the pay, or the time", () => {
    expect(fields.titleAt(field({ leaf: "first" }), place(card))).toBe("Match pages");
    const pay = field({ leaf: "only", before: "/ HIT", parse: "money_text" });
    expect(fields.moneyAt(pay, place(card))).toEqual({ micros: 50_000, currency: "USD" });
    expect(
      fields.secondsAt(field({ leaf: "only", before: "/ HIT", parse: "duration_text" }), place(card)),
    ).toBe(60);
  });

  test("two that say different things say nothing; a copy for another screen says the same", () => {
    const pay = field({ leaf: "only", before: "/ HIT", parse: "money_text" });
    expect(fields.moneyAt(pay, place(`${card}<p>0,07 $ / HIT</p>`))).toBeNull();
    expect(fields.moneyAt(pay, place(`${card}<p>0,05 $ / HIT</p>`))?.micros).toBe(50_000);
  });
});

test("of the words of a class the one with the start is taken, if it is the only one", () => {
  const id = field({ at: "p", attribute: "class", word: "card-" });
  expect(fields.idAt(id, place('<p class="card card-A1 css-9"></p>'))).toBe("A1");
  expect(fields.idAt(id, place('<p class="card-A1 card-B2"></p>'))).toBeNull();
  expect(fields.idAt(id, place('<p class="card card-"></p>'))).toBeNull();
});

test("elements are counted; none is no count", () => {
  const units = field({ at: ".unit", parse: "count" });
  expect(fields.countAt(units, place('<i class="unit"></i><i class="unit"></i>'))).toBe(2);
  expect(fields.countAt(units, place(""))).toBeNull();
});

test.each([
  ["2026-11-23T09:00:00.000Z", Date.parse("2026-11-23T09:00:00Z")],
  ["2026-11-23T10:00:00+01:00", Date.parse("2026-11-23T09:00:00Z")],
  ["2026-11-23T09:00:00", null],
  ["23 Nov 2026", null],
  ["true", null],
])("the instant %j is read with its zone or not at all", (words, instant) => {
  expect(fields.instantAt(field({ parse: "instant" }), place(words))).toBe(instant);
});

describe("alternatives", () => {
  const both = { at: "b", alternatives: [field({ at: "i" })] };

  test("of which one reads give it, and of two that differ none", () => {
    expect(fields.textAt(field(both), place("<i>two</i>"))).toBe("two");
    expect(fields.textAt(field(both), place("<b>one</b><i>one</i>"))).toBe("one");
    expect(fields.textAt(field(both), place("<b>one</b><i>two</i>"))).toBeNull();
  });

  test("in order give the first that reads", () => {
    expect(fields.textAt(field({ ...both, in_order: true }), place("<b>one</b><i>two</i>"))).toBe("one");
    expect(fields.textAt(field({ ...both, in_order: true }), place("<i>two</i>"))).toBe("two");
  });
});

describe("an amount", () => {
  const range = (bound: "low" | "high") => field({ at: "b", parse: "money_text", bound });
  test.each([
    ["$20.00 - $40.00", 20, 40],
    ["$20 to $40.50", 20, 40.5],
    ["20–40 USD", 20, 40],
    ["$25", 25, 25],
  ])("written as the range %j has two ends", (words, low, high) => {
    const at = (bound: "low" | "high") => fields.moneyAt(range(bound), place(`<b>${words}</b>`));
    expect(at("low")).toEqual({ micros: low * 1_000_000, currency: "USD" });
    expect(at("high")).toEqual({ micros: high * 1_000_000, currency: "USD" });
  });

  test.each(["$40 - $20", "$20 - €40", "$20 - $40 - $60", "-$20", "$20 - points", ""])(
    "written as %j is none",
    (words) => {
      expect(fields.moneyAt(range("low"), place(`<b>${words}</b>`))).toBeNull();
    },
  );

  test("that is an empty text is nothing where the pack says so, and unknown elsewhere", () => {
    const pay = { json: "pay", parse: "money_text", before: "/hr" } as const;
    const unpaid = { micros: 0, currency: "USD" };
    expect(fields.moneyAt(field({ ...pay, may_be_empty: true }), place("", { pay: "" }))).toEqual(unpaid);
    expect(fields.moneyAt(field({ ...pay, may_be_empty: true }), place("", {}))).toBeNull();
    expect(fields.moneyAt(field(pay), place("", { pay: "" }))).toBeNull();
  });

  test.each([
    ["a list of objects", [{ amount: 50, currency: "GBP" }], 500_000],
    ["a list of numbers", [50], null],
    ["an empty list", [], null],
    ["text", "50", null],
    ["nothing", null, null],
  ])("told as %s", (_what, bonuses, micros) => {
    const at = field({ json: "bonuses", each: "amount", parse: "money_minor", currency_json: "currency" });
    expect(fields.moneyAt(at, place("", { bonuses }))?.micros ?? null).toBe(micros);
  });
});

test("a sign is what the page's legend says of it", () => {
  const legend = '<p><i data-icon="check"></i> Satisfied &amp; paid</p><p><i data-icon="times"></i> Not-Satisfied</p>';
  const status = field({ at: "u i", attribute: "data-icon", legend: "p" });
  expect(fields.textAt(status, place(`${legend}<u><i data-icon="times"></i></u>`))).toBe("Not-Satisfied");
  expect(fields.textAt(status, place(`${legend}<u><i data-icon="clock"></i></u>`))).toBeNull();
});
