import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { dayAgo, dayIn } from "../../../../extension/src/core/page/day";
import { outcomesOf, tells } from "../../../../extension/src/core/page/outcome";
import type { Field, Status } from "../../../../extension/src/generated/contract";

const NONE = {
  attribute: null,
  json: null,
  query: null,
  segment: null,
  island: null,
  after: null,
  before: null,
};
const field = (changes: Partial<Field>): Field =>
  ({
    at: null,
    ...NONE,
    parse: "text",
    currency_json: null,
    decimal: null,
    marked: false,
    leaf: null,
    word: null,
    or_json: null,
    each: null,
    alternatives: [],
  in_order: false,
  legend: null,
    bound: null,
    may_be_empty: false,
    ...changes,
  }) as Field;

function status(changes: Partial<Status> = {}): Status {
  return {
    attempt: field({ at: ".id" }),
    outcome: field({ at: ".word" }),
    outcomes: [
      { outcome: "approved", words: ["Approved"] },
      { outcome: "rejected", words: ["Paid back", "Rejected"] },
    ],
    title: null,
    day: null,
    rows: "li",
    records: null,
    paid: field({ at: ".paid", parse: "money_text", decimal: "." }),
    bonus: null,
    screen_out_fee: null,
    adjustment: null,
    paid_seconds: null,
    decided_on: null,
    ...changes,
  } as Status;
}

const amounts = (json: string) =>
  field({ json, each: "amount", parse: "money_minor", currency_json: "currency" });
const KINDS = {
  attempt: field({ json: "id" }),
  outcome: field({ json: "status" }),
  outcomes: [
    { outcome: "approved", words: ["APPROVED"] },
    { outcome: "returned", words: ["RETURNED"] },
    { outcome: "expired", words: ["TIMED OUT"] },
    { outcome: "screened_out", words: ["SCREENED OUT"] },
  ],
  rows: null,
  paid: field({ json: "reward.amount", parse: "money_minor", currency_json: "currency" }),
  bonus: amounts("bonuses"),
  screen_out_fee: amounts("fees"),
  adjustment: amounts("adjustments"),
} as Partial<Status>;
const pence = (amount: number, currency = "GBP") => ({ amount, currency });
const gbp = (pounds: number) => ({ micros: Math.round(pounds * 1_000_000), currency: "GBP" });

/** What a record of the site's own data comes to; the reward is £1.50 where nothing else is said. */
function paidFor(record: Record<string, unknown>): unknown {
  const full = { id: "a-1", status: "APPROVED", reward: pence(150), bonuses: [], fees: [], adjustments: [] };
  const [told] = outcomesOf(status(KINDS), place("", { ...full, ...record }));
  return told && { outcome: told.outcome, paid: told.paid, bonus: told.bonus, others: told.other_paid };
}

describe("kinds of money that a site tells apart", () => {
  test("bonuses are added up by currency, and never lost", () => {
    expect(paidFor({ bonuses: [pence(50)] })).toMatchObject({ paid: gbp(1.5), bonus: gbp(0.5) });
    expect(paidFor({ bonuses: [pence(50), pence(25)] })).toMatchObject({ bonus: gbp(0.75) });
  });

  test.each([
    ["0", pence(0)],
    ["as listed", pence(150)],
  ])("screened-out work pays its fee alone, the reward being %s", (_what, reward) => {
    const record = { status: "SCREENED-OUT", reward, fees: [pence(10)] };
    expect(paidFor(record)).toMatchObject({ outcome: "screened_out", paid: gbp(0.1), bonus: null });
    expect(paidFor({ ...record, fees: [] })).toMatchObject({ outcome: "screened_out", paid: null });
  });

  test("an adjustment below the reward replaces it, any other is added", () => {
    expect(paidFor({ reward: pence(75), adjustments: [pence(26)] })).toMatchObject({ paid: gbp(0.26) });
    expect(paidFor({ reward: pence(115), adjustments: [pence(156)] })).toMatchObject({ paid: gbp(2.71) });
    expect(paidFor({ adjustments: [pence(200)] })).toMatchObject({ paid: gbp(3.5) });
  });

  test.each(["TIMED OUT", "TIMED-OUT", "TIMED_OUT", "TimedOut", "timed out"])("%j is expired", (word) => {
    expect(paidFor({ status: word })).toMatchObject({ outcome: "expired", paid: null });
  });

  test("what was given for returned work is a bonus, and the reward is not paid", () => {
    expect(paidFor({ status: "RETURNED", adjustments: [pence(40)] })).toMatchObject({
      paid: null,
      bonus: gbp(0.4),
    });
  });

  test("several currencies are kept apart", () => {
    const record = { bonuses: [pence(50, "USD"), pence(20), pence(25, "USD")] };
    expect(paidFor(record)).toEqual({
      outcome: "approved",
      paid: gbp(1.5),
      bonus: gbp(0.2),
      others: [usd(0.75)],
    });
  });

  test.each([
    ["an item without an amount", [{ currency: "GBP" }]],
    ["an amount in words", [{ amount: "about 50", currency: "GBP" }]],
    ["an unknown currency", [pence(50, "coins")]],
    ["an amount below nothing", [pence(-50)]],
  ])("%s leaves the whole pay unknown, never a part of it", (_what, adjustments) => {
    expect(paidFor({ adjustments })).toMatchObject({ paid: null });
  });
});

const HEARD = {
  at: null,
  attribute: null,
  reply: "submissions",
  path: null,
  more: [],
  tie: "index",
  key: null,
  row_key: null,
  confirm: null,
};

function place(html: string, record: unknown = undefined) {
  const { document } = parseHTML(`<html><body><li>${html}</li></body></html>`);
  const root = document.querySelector("li") as unknown as Element;
  return { root, url: new URL("https://a.example/"), record, islands: new Map(), currency: "USD" };
}

const LINE =
  "<b class=id>a-1</b><i class=word>approved</i><u class=paid>$1.00</u><s class=bonus>$0.50</s><q class=on>May 2, 2026</q>";
const usd = (dollars: number) => ({ micros: dollars * 1_000_000, currency: "USD" });

describe("a line of a status page", () => {
  test("tells bonus and day beside the pay", () => {
    const more = {
      bonus: field({ at: ".bonus", parse: "money_text", decimal: "." }),
      decided_on: field({ at: ".on", parse: "day" }),
    };
    expect(outcomesOf(status(more), place(LINE))).toEqual([
      { attempt: "a-1", outcome: "approved", paid: usd(1), bonus: usd(0.5), decided_on: "2026-05-02" },
    ]);
  });

  test("may name its attempt by title and day alone", () => {
    const by = status({
      attempt: null,
      title: field({ at: ".id" }),
      day: field({ at: ".on", parse: "day" }),
    });
    expect(outcomesOf(by, place(LINE))).toMatchObject([{ attempt: null, title: "a-1", day: "2026-05-02" }]);
    expect(outcomesOf(by, place("<b class=id>a-1</b><i class=word>approved</i>"))).toEqual([]);
    expect(tells(by, place("<b class=id>a-1</b><i class=word>who knows</i>"))).toBe(true);
  });

  test("whose pay was taken back has none", () => {
    expect(outcomesOf(status(), place(LINE.replace("approved", "paid-back")))).toEqual([
      { attempt: "a-1", outcome: "rejected", paid: null },
    ]);
  });

  test("has one bonus of several in one currency", () => {
    const bonus = field({ json: "bonuses", parse: "money_minor" });
    const of = (bonuses: unknown) => outcomesOf(status({ bonus }), place(LINE, { bonuses }))[0]?.bonus;
    expect(of([50, 25])).toEqual(usd(0.75));
    expect([of([]), of([0]), of([50, "x"]), of("no")]).toEqual([null, null, null, null]);
  });
});

describe("what stands in the site's network answers alone", () => {
  const record = { id: "a-1", status: "APPROVED", reward: 100 };
  const heard = { records: HEARD } as unknown as Partial<Status>;

  test("is told as unseen", () => {
    const all = {
      attempt: field({ json: "id" }),
      outcome: field({ json: "status" }),
      paid: field({ json: "reward", parse: "money_minor" }),
    };
    expect(outcomesOf(status({ ...heard, ...all }), place("", record))).toEqual([
      { attempt: "a-1", outcome: "approved", paid: usd(1), is_unseen: true },
    ]);
  });

  test("is told apart from what the page shows", () => {
    const paid = { paid: field({ json: "reward", parse: "money_minor" }) };
    expect(outcomesOf(status({ ...heard, ...paid }), place(LINE, record))).toEqual([
      { attempt: "a-1", outcome: "approved", paid: null },
      { attempt: "a-1", outcome: "approved", paid: usd(1), is_unseen: true },
    ]);
  });
});

test.each([
  ["2026-05-02", "2026-05-02"],
  ["2026-05-02 15:00", "2026-05-02"],
  ["2026-05-02T23:00:00Z", "2026-05-02"],
  ["May 2, 2026", "2026-05-02"],
  ["Sept. 12th, 2026 at noon", "2026-09-12"],
  ["2 May 2026", "2026-05-02"],
  ["02/05/2026", null],
  ["2026-02-30", null],
  ["Mai 2, 2026", null],
  ["yesterday", null],
  ["", null],
])("the day %j is %j", (text, day) => {
  expect(dayIn(text)).toBe(day);
});

test.each([
  ["3 days ago", "2026-05-02"],
  ["a week ago", "2026-04-28"],
  ["an hour ago", "2026-05-05"],
  ["30 hours ago", "2026-05-04"],
  ["2 months ago", null],
  ["soon", null],
  ["", null],
])("%j was %j", (text, day) => {
  expect(dayAgo(text, new Date(2026, 4, 5, 12).getTime())).toBe(day);
});
