import { expect, test } from "vitest";
import { shared } from "../../../../extension/src/core/imports/apportion";
import { chosenFormat, formatOf } from "../../../../extension/src/core/imports/format";
import { type TakenIn, takeIn } from "../../../../extension/src/core/imports/merge";
import { type Sheet, sheetOf } from "../../../../extension/src/core/imports/sheet";
import { amountsOf } from "../../../../extension/src/core/ledger/amounts";
import { readBook } from "../../../../extension/src/core/ledger/book";
import { putRecord } from "../../../../extension/src/core/ledger/keep";
import { recordIn } from "../../../../extension/src/core/ledger/parse_backup";
import { totals } from "../../../../extension/src/core/ledger/totals";
import { known } from "../../../../extension/src/core/packs/packs";
import { strictly } from "../../../../extension/src/platform/database";
import { NOON, record, task, type World, world } from "../../world";
import { terms } from "../ledger/terms";

const STUDIES = `Study,Reward,Bonus,Started At,Completed At,Completion Code,Status
"Photos, and words",£1.50,£0.20,2026-11-02 10:00:00,2026-11-02 10:10:00,ABC,Approved
Opinions,$2.00,,2026-11-03 10:00:00.250000,2026-11-03 10:30:00,,REJECTED
Opinions,$2.00,,2026-11-04 10:00:00,,,Timed-Out
Games,$0.80,,2026-11-05 10:00:00,2026-11-05 10:05:00,,Awaiting Review
`;
const EARNINGS = `workDate,itemID,duration,rateApplied,payout,payType,projectName,status
2026-11-02,i-1,1h 2m 3s,$25/hr,$25.85,prepay,Grapes,paid
2026-11-02,i-1,,,$5.00,missionReward,Grapes,paid
2026-11-03,i-2,0h 30m 0s,$20/hr,$10.00,prepay,Plums,paid
`;
const ROWS = {
  results: [
    {
      assignment_id: "3A",
      title: "Label photos",
      state: "Paid",
      requester_id: "A1",
      requester_name: "Lab",
      reward: { amount_in_dollars: 0.35, currency_code: "USD" },
      date: "2026-09-01",
    },
    {
      assignment_id: "3B",
      title: "Label photos",
      state: "Rejected",
      requester_id: "A1",
      requester_name: "Lab",
      reward: { amount_in_dollars: 0.35, currency_code: "USD" },
    },
  ],
};

function readable(text: string): Sheet {
  const sheet = sheetOf(text);
  if ("unreadable" in sheet) throw new Error(sheet.unreadable);
  return sheet;
}

/** How many rows were left out, by reason. */
function counts({ left_out }: TakenIn): Record<string, number> {
  return Object.fromEntries(Object.entries(left_out).map(([reason, { rows }]) => [reason, rows]));
}

function take(edge: World, text: string): Promise<TakenIn> {
  const sheet = readable(text);
  const format = formatOf(known, sheet);
  if (format === null) throw new Error("no format");
  return takeIn({ ...edge, now: NOON }, sheet, format);
}

async function figures(edge: World) {
  const { sums } = await readBook(edge.database, NOON);
  return totals(sums, 0, terms({ exchange: { currency: "USD", usdPer: { GBP: 1.25 } } }));
}

test("a history comes in with its outcomes, its pay and its time, and a second time changes nothing", async () => {
  const edge = await world();
  expect(await take(edge, STUDIES)).toEqual({
    rows: 4,
    added: 4,
    untimed: 1,
    settled: 0,
    known: 0,
    left_out: {},
  });
  const records = await edge.database.getAll("records");
  expect(
    records.map(({ outcome, active_seconds, paid }) => [outcome, active_seconds, paid?.micros ?? null]),
  ).toEqual([
    ["approved", 600, 1_700_000],
    ["rejected", 1800, null],
    ["expired", 0, null],
    ["submitted", 300, null],
  ]);
  expect(records.every(({ is_shared, is_own }) => is_own && !is_shared)).toBe(true);
  expect(await edge.database.getAll("outbox")).toEqual([]);
  expect(await take(edge, STUDIES)).toMatchObject({ added: 0, settled: 0, known: 4 });
  const later = STUDIES.replace("Awaiting Review", "Approved");
  expect(await take(edge, later)).toMatchObject({ added: 0, settled: 1, known: 3 });
  expect((await figures(edge)).earned).toBeCloseTo(1_700_000 * 1.25 + 800_000);
});

test("rows of one item are one attempt: their pay and time add up", async () => {
  const edge = await world();
  expect(await take(edge, EARNINGS)).toMatchObject({ rows: 3, added: 2, untimed: 0 });
  const [first] = await edge.database.getAll("records");
  expect([first?.attempt, first?.active_seconds, first?.paid?.micros]).toEqual(["i-1", 3723, 30_850_000]);
  expect([first?.task.reward?.micros, first?.task.reward_per]).toEqual([25_000_000, "hour"]);
  expect((await figures(edge)).effective_per_hour).toBeCloseTo((40.85 / (3723 + 1800)) * 3600);
});

test("what tells no time is earned and is in no rate; what tells no day settles only what is here", async () => {
  const edge = await world();
  const mine = record({ outcome: "submitted", platform: "mturk", attempt: "3B" });
  await strictly(edge.database, (writing) => putRecord(writing, mine));
  expect(await take(edge, JSON.stringify(ROWS))).toMatchObject({ rows: 2, added: 1, untimed: 1, settled: 1 });
  expect(await edge.database.get("records", mine.id)).toMatchObject({
    outcome: "rejected",
    revision: mine.revision + 1,
  });
  const found = await figures(edge);
  expect([found.untimed_tasks, found.earned, found.effective_per_hour]).toEqual([1, 350_000, 0]);
  const lost = { results: [{ ...ROWS.results[1], assignment_id: "3C" }] };
  const taken = await take(edge, JSON.stringify(lost));
  expect([taken.added, counts(taken)]).toEqual([0, { no_day: 1 }]);
});

test("what was timed here and is not named by the file is found by title and start, or left when in doubt", async () => {
  const edge = await world();
  const started = Date.parse("2026-11-02T10:00:00Z");
  const study = task({ platform: "prolific", task: { id: null, title: "photos, and WORDS" } });
  const timed = (attempt: string, id: string, claimed_at: number) =>
    record({
      id,
      attempt,
      platform: "prolific",
      task: study,
      outcome: "submitted",
      claimed_at,
      ended_at: claimed_at + 500_000,
      day: "2026-11-02",
    });
  const one = timed("s-1", "018f0000-0000-7000-8000-000000000001", started + 20_000);
  await strictly(edge.database, (writing) => putRecord(writing, one));
  expect(await take(edge, STUDIES)).toMatchObject({ added: 3, settled: 1 });
  expect(await edge.database.get("records", one.id)).toMatchObject({
    outcome: "approved",
    active_seconds: one.active_seconds,
  });
  const other = await world();
  await strictly(other.database, async (writing) => {
    await putRecord(writing, one);
    await putRecord(writing, timed("s-2", "018f0000-0000-7000-8000-000000000002", started - 60_000));
  });
  // The nearest start is meant; the other keeps its own.
  expect(await take(other, STUDIES)).toMatchObject({ added: 3, settled: 1, left_out: {} });
  expect(await other.database.get("records", one.id)).toMatchObject({ outcome: "approved" });
});

test("an imported record survives export and restore with what it does not know", () => {
  const given = record({ is_untimed: true });
  expect(recordIn(JSON.parse(JSON.stringify(given)))).toMatchObject({ is_untimed: true });
  expect(amountsOf({ ...given, corrected_seconds: 60 })).not.toHaveProperty("USD untimed");
});

test("a file of no known kind is taken in as the worker explains it", async () => {
  const edge = await world();
  const sheet = readable("When;What;Got\n05/02/2026;Sort mail;$1.25\n05/02/2026;Sort mail;$1.25\n");
  expect(formatOf(known, sheet)).toBeNull();
  const [pack] = known;
  if (pack === undefined) throw new Error("no pack");
  const columns = { title: "What", paid: "Got", day: "When" };
  const format = chosenFormat(pack, { columns, words: new Map(), outcome: "paid" });
  const asked = await takeIn({ ...edge, now: NOON }, sheet, format);
  expect([asked.added, counts(asked)]).toEqual([0, { ambiguous_day: 2 }]); // 5 February or 2 May
  const answers = { day: "month_first" } as const;
  expect(await takeIn({ ...edge, now: NOON }, sheet, format, answers)).toMatchObject({
    added: 2,
    untimed: 2,
  });
  expect(await takeIn({ ...edge, now: NOON }, sheet, format, answers)).toMatchObject({ added: 0, known: 2 });
});

test.each([
  ["", "no_table"],
  ["just words", "no_table"],
  ["[1,2,3]", "no_table"],
  ['{"a":', "no_table"],
  ['Study,Status\n"cut', "cut_short"],
])("%j is refused as %s", (text, unreadable) => {
  expect(sheetOf(text)).toEqual({ unreadable });
});

test.each([
  ["Reward", "much", "unreadable_money"],
  ["Started At", "yesterday", "unreadable_time"],
  ["Status", "Lost", "unknown_outcome"],
  ["Study", "", "no_title"],
])("a row whose %s is %j is left out, and its neighbours are not", async (column, value, reason) => {
  const cells: Record<string, string> = {
    Study: "Good",
    Reward: "$1",
    "Started At": "2026-11-02 10:00",
    "Completed At": "2026-11-02 10:05",
    Status: "Approved",
  };
  const line = (row: Record<string, string>) =>
    Object.keys(cells)
      .map((name) => row[name])
      .join("\t");
  const text = [Object.keys(cells).join("\t"), line(cells), line({ ...cells, [column]: value })].join("\r\n");
  const taken = await take(await world(), text);
  expect([taken.rows, taken.added]).toEqual([2, 1]);
  const example = { line: 3, column, cell: value === "" ? null : value };
  expect(taken.left_out).toMatchObject({ [reason]: { rows: 1, example } });
});

test("overlapping time is shared: the parts never come to more than the clock", () => {
  const hour = (from: number, to: number) => ({ started: from * 3_600_000, ended: to * 3_600_000 });
  expect(shared([hour(0, 2), hour(1, 3), hour(5, 6)])).toEqual([5400, 5400, 3600]);
  expect(shared([hour(0, 1), hour(0, 1)])).toEqual([1800, 1800]);
  expect(shared([])).toEqual([]);
});
