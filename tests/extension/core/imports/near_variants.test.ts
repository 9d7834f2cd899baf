/**
 * Histories as platforms and tools really write them. The layouts are public: Outlier's earnings as workers' tools read
 * them (2025), MTurk Suite's backup of its HIT tracker, Prolific's list of submissions (2026), tables that workers keep by
 * hand. All rows are invented.
 */

import { expect, test } from "vitest";
import { textOf } from "../../../../extension/src/core/imports/decode";
import { chosenFormat, formatOf, withWords } from "../../../../extension/src/core/imports/format";
import type { Answers } from "../../../../extension/src/core/imports/manner";
import { addTaken, type TakenIn, takeIn } from "../../../../extension/src/core/imports/merge";
import { ownParts } from "../../../../extension/src/core/imports/own_export";
import { previewOf } from "../../../../extension/src/core/imports/preview";
import { type Sheet, sheetOf } from "../../../../extension/src/core/imports/sheet";
import { readBook } from "../../../../extension/src/core/ledger/book";
import { CSV_HEAD, csvLines } from "../../../../extension/src/core/ledger/csv";
import { putRecord } from "../../../../extension/src/core/ledger/keep";
import { owedBy, owedInAll } from "../../../../extension/src/core/ledger/owed";
import { totals } from "../../../../extension/src/core/ledger/totals";
import { known } from "../../../../extension/src/core/packs/packs";
import type { Told } from "../../../../extension/src/generated/contract";
import { strictly } from "../../../../extension/src/platform/database";
import { NOON, record, task, type World, world } from "../../world";
import { terms } from "../ledger/terms";

const EXCHANGE = { currency: "USD", usdPer: { GBP: 1.25, EUR: 1.1 } };

function readable(text: string): Sheet {
  const sheet = sheetOf(text);
  if ("unreadable" in sheet) throw new Error(sheet.unreadable);
  return sheet;
}

async function take(edge: World, text: string, answers: Answers = {}): Promise<TakenIn> {
  const sheet = readable(text);
  const format = formatOf(known, sheet);
  if (format === null) throw new Error("no format");
  return takeIn({ ...edge, now: NOON }, sheet, format, answers);
}

async function figures(edge: World) {
  const { sums } = await readBook(edge.database, NOON);
  return totals(sums, 0, terms({ exchange: EXCHANGE }));
}

async function owed(edge: World) {
  const { sums } = await readBook(edge.database, NOON);
  return owedInAll(owedBy(sums, terms({ exchange: EXCHANGE })));
}

async function records(edge: World) {
  return edge.database.getAll("records");
}

const EARNINGS = `"workDate","itemID","duration","rateApplied","payout","payType","projectName","status"
"Jun 3, 2026","i1","30m 0s","$20.00/hr","$10.00","prepay","Grapes","processed"
"Jun 3, 2026","i1","15m 0s","$6.00/hr","$1.50","overtimePay","Grapes","processed"
"Jun 4, 2026","i2","1h 0m 0s","$20.00/hr","$20.00","prepay","Plums","pending"
"Jun 4, 2026","i3","-","-","$5.00","missionReward","Plums","pending"
`;

test("what is pending is owed and not paid; a dash is an empty cell; days may be words", async () => {
  const edge = await world();
  expect(await take(edge, EARNINGS)).toMatchObject({ rows: 4, added: 3, untimed: 1, left_out: {} });
  const found = (await records(edge)).map((one) => [
    one.day,
    one.outcome,
    one.active_seconds,
    one.paid?.micros ?? 0,
  ]);
  expect(found.toSorted()).toEqual([
    ["2026-06-03", "paid", 2700, 11_500_000],
    ["2026-06-04", "submitted", 0, 0],
    ["2026-06-04", "submitted", 3600, 0],
  ]);
  const { earned, pending, pending_tasks } = await figures(edge);
  expect([earned, pending, pending_tasks]).toEqual([11_500_000, 25_000_000, 2]);
  const all = await owed(edge);
  expect(all.pending.micros + all.overdue.micros).toBe(25_000_000);
});

test("an item of which one part is pending is owed whole, and paid whole once it is processed", async () => {
  const edge = await world();
  await take(
    edge,
    EARNINGS.replace('"overtimePay","Grapes","processed"', '"overtimePay","Grapes","pending"'),
  );
  expect((await figures(edge)).earned).toBe(0);
  expect((await figures(edge)).pending).toBe(36_500_000);
  expect(await take(edge, EARNINGS.replaceAll("pending", "processed"))).toMatchObject({
    added: 0,
    settled: 3,
  });
  expect((await figures(edge)).earned).toBe(36_500_000);
  expect(await take(edge, EARNINGS.replaceAll("pending", "processed"))).toMatchObject({
    added: 0,
    settled: 0,
    known: 3,
  });
});

test("a status that is not known is left out, shown and named, and is never pay", async () => {
  const edge = await world();
  const taken = await take(edge, EARNINGS.replaceAll("pending", "clawed back"));
  expect(taken.left_out).toEqual({
    unknown_outcome: {
      rows: 2,
      example: { reason: "unknown_outcome", line: 4, column: "status", cell: "clawed back" },
      words: ["clawed back"],
    },
  });
  expect((await figures(edge)).earned).toBe(11_500_000);
});

function hit(id: string | null, state: string, date: string, dollars: number) {
  const reward = { currency_code: "USD", amount_in_dollars: dollars };
  return {
    hit_id: `h-${state}`,
    assignment_id: id,
    requester_id: "R1",
    requester_name: "Lab",
    title: `Task ${state}`,
    reward,
    state,
    date,
  };
}

test("a tool's backup is read with its plain days, all its states and ids that are null", async () => {
  const edge = await world();
  const hits = [
    hit("a1", "Paid", "20260601", 0.5),
    hit("a2", "Rejected", "20260601", 0.5),
    hit(null, "Returned", "20260602", 1.25),
    hit("a4", "Approved", "20260602", 1.25),
    hit(null, "Abandoned", "20260602", 1.25),
    hit("a6", "Submitted", "20260603", 2),
    hit("a7", "Assigned", "20260603", 2),
  ];
  const days = Array.from({ length: 20 }, (_, day) => ({
    date: `202606${10 + day}`,
    paid: 1,
    earnings: "0.50",
  }));
  const backup = JSON.stringify({ hits, days });
  const taken = await take(edge, backup);
  expect([taken.added, taken.left_out.unfinished?.rows]).toEqual([6, 1]);
  const found = (await records(edge)).map(({ day, outcome, paid }) => [day, outcome, paid?.micros ?? 0]);
  expect(found.toSorted()).toEqual([
    ["2026-06-01", "paid", 500_000],
    ["2026-06-01", "rejected", 0],
    ["2026-06-02", "approved", 1_250_000],
    ["2026-06-02", "expired", 0],
    ["2026-06-02", "returned", 0],
    ["2026-06-03", "submitted", 0],
  ]);
  expect((await owed(edge)).rejected.micros).toBe(500_000);
  expect(await take(edge, backup)).toMatchObject({ added: 0, settled: 0, known: 6 });
});

const SUBMISSIONS = `Study,Reward,Bonus,Started At,Completed At,Completion Code,Status
One,$7.50,$0.00,2026-06-01 10:00:00.160000,2026-06-01 10:05:00.160000,AA11,APPROVED
Two,£2.00,$1.00,2026-06-02 10:00:00.000000,2026-06-02 10:10:00.000000,BB11,APPROVED
Three,$6.00,$0.00,2026-06-03 10:00:00.000000,,,RETURNED
Four,£1.80,£0.00,,,,RETURNED
Five,€3.00,,2026-06-04 10:00:00.000000,2026-06-04 10:20:00.000000,CC11,AWAITING REVIEW
Seven,£0.00,£0.10,2026-06-06 10:00:00.000000,2026-06-06 10:01:00.000000,EE11,SCREENED OUT
Eight,£4.00,£0.00,2026-06-07 10:00:00.000000,2026-06-07 10:20:00.000000,FF11,PARTIALLY APPROVED
Nine,"£1,200.50",£0.00,2026-06-08 10:00:00.000000,2026-06-08 12:00:00.000000,GG11,REJECTED
Ten,£4.00,£0.00,2026-06-09 10:00:00.000000,,,ACTIVE
Eleven,£4.00,£0.00,2026-06-09 11:00:00.000000,,,RESERVED
`;

test("a list of submissions is read whole: bonus in another currency, rows without times, every status", async () => {
  const edge = await world();
  const taken = await take(edge, SUBMISSIONS);
  expect([taken.added, taken.left_out.unfinished?.rows]).toEqual([8, 2]);
  const by = Object.fromEntries((await records(edge)).map((one) => [one.task.task.title, one]));
  expect(by.Two).toMatchObject({
    paid: { micros: 2_000_000, currency: "GBP" },
    other_paid: [{ micros: 1_000_000, currency: "USD" }],
  });
  expect(by.Four).toMatchObject({ outcome: "returned", day: "2026-06-03", is_untimed: true, paid: null });
  expect(by.Seven).toMatchObject({ outcome: "screened_out", paid: { micros: 100_000 } });
  expect(by.Eight).toMatchObject({ outcome: "screened_out", paid: null });
  expect(by.Nine).toMatchObject({ outcome: "rejected", task: { reward: { micros: 1_200_500_000 } } });
  expect((await figures(edge)).earned).toBeCloseTo(7_500_000 + 2_500_000 + 1_000_000 + 125_000);
  expect(JSON.stringify([await records(edge), readable(SUBMISSIONS)])).not.toContain("AA11");
  expect(await take(edge, SUBMISSIONS)).toMatchObject({ added: 0, settled: 0, known: 8 });
});

const WEEK = (first: string, second: string) =>
  `Study;Reward;Bonus;Started At;Completed At;Status\nOne;£2,00;£0,50;${first} 10:00;${first} 10:30;Approved\nTwo;£3,00;£0,00;${second} 10:00;${second} 10:30;Approved\n`;

test.each([
  ["day first", "03/06/2026", "13/06/2026"],
  ["month first", "6/3/2026", "6/13/2026"],
  ["points", "03.06.2026", "13.06.2026"],
])("dates as a spreadsheet left them are read by what the whole file shows: %s", async (_, first, second) => {
  const edge = await world();
  expect(await take(edge, WEEK(first, second))).toMatchObject({ added: 2, left_out: {} });
  expect((await records(edge)).map(({ day, paid }) => [day, paid?.micros])).toEqual([
    ["2026-06-03", 2_500_000],
    ["2026-06-13", 3_000_000],
  ]);
});

test("where no date of the file shows its order, the worker is asked", async () => {
  const edge = await world();
  const sheet = readable(WEEK("03/06/2026", "04/06/2026"));
  const format = formatOf(known, sheet);
  if (format === null) throw new Error("no format");
  expect([...previewOf(sheet, format).open]).toEqual(["day"]);
  expect((await take(edge, WEEK("03/06/2026", "04/06/2026"))).left_out.ambiguous_day).toMatchObject({
    rows: 2,
    example: { line: 2, column: "Started At", cell: "03/06/2026 10:00" },
  });
  expect(await take(edge, WEEK("03/06/2026", "04/06/2026"), { day: "day_first" })).toMatchObject({
    added: 2,
  });
  expect((await records(edge)).map(({ day }) => day)).toEqual(["2026-06-03", "2026-06-04"]);
});

test.each(["utf-8", "utf-16le", "windows-1252"])("pounds are read in %s", async (encoding) => {
  const text =
    "Study,Reward,Bonus,Started At,Completed At,Status\nOne,£2.00,£0.50,2026-06-01 10:00:00,2026-06-01 10:30:00,APPROVED\n";
  const bytes =
    encoding === "utf-8"
      ? new TextEncoder().encode(text)
      : encoding === "utf-16le"
        ? new Uint8Array(Uint16Array.from(`\ufeff${text}`, (letter) => letter.charCodeAt(0)).buffer)
        : Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const edge = await world();
  await take(edge, textOf(bytes) ?? "");
  expect((await records(edge))[0]?.paid).toEqual({ micros: 2_500_000, currency: "GBP" });
  expect(textOf(Uint8Array.from([0x7f, 0x45, 0, 0, 1, 0, 0, 0, 0]))).toBeNull();
});

test("a separator line, quotes escaped by a backslash and the line of each row", () => {
  const { names, rows } = readable('sep=;\nStudy;Status\n"say \\"one\\"; two";Approved\n\n"a\nb";Lost\n');
  expect(names).toEqual(["Study", "Status"]);
  expect(rows.map(({ line, cells }) => [line, cells.get("study")])).toEqual([
    [3, 'say "one"; two'],
    [5, "a\nb"],
  ]);
});

const HITS = `hitId,date,requesterName,title,reward,bonus,status
h1,2026-06-01,Lab,A,$0.50,$0.00,Paid
h2,2026-06-01,Lab,A,$0.50,$0.00,Rejected
h3,2026-06-02,Shop,B,$1.25,$0.00,Returned
h4,2026-06-02,Shop,B,$1.25,$0.00,Pending
`;
const WORDS: [string, Told][] = [
  ["Paid", "paid"],
  ["Rejected", "rejected"],
  ["Returned", "returned"],
  ["Pending", "submitted"],
];

test("any table: each word is set to an outcome, and only what was paid counts as paid", async () => {
  const [pack] = known;
  if (pack === undefined) throw new Error("no pack");
  const edge = await world();
  const sheet = readable(HITS);
  const columns = {
    title: "title",
    paid: "reward",
    bonus: "bonus",
    day: "date",
    client_name: "requesterName",
    outcome: "status",
  };
  const format = chosenFormat(pack, { columns, words: new Map(WORDS), outcome: "submitted" });
  expect(await takeIn({ ...edge, now: NOON }, sheet, format)).toMatchObject({ added: 4, left_out: {} });
  const { earned, pending } = await figures(edge);
  expect([earned, pending]).toEqual([500_000, 1_250_000]);
  const half = chosenFormat(pack, { columns, words: new Map(WORDS.slice(0, 1)), outcome: "submitted" });
  const taken = await takeIn({ ...(await world()), now: NOON }, sheet, half);
  expect([taken.added, taken.left_out.unknown_outcome?.words]).toEqual([
    1,
    ["Rejected", "Returned", "Pending"],
  ]);
});

test("any table: without a column of outcomes nothing counts as paid unless the worker says so", async () => {
  const [pack] = known;
  if (pack === undefined) throw new Error("no pack");
  const sheet = readable(
    'Date,Project,Hours,Amount\n2026-06-01,A,1.5,$37.50\n2026-06-02,B,0:45,"$1,200.00"\n2026-06-03,C,2,$50.00\n',
  );
  const columns = { title: "Project", paid: "Amount", day: "Date", seconds: "Hours" };
  const chosen = chosenFormat(pack, { columns, words: new Map(), outcome: "submitted" });
  const edge = await world();
  await takeIn({ ...edge, now: NOON }, sheet, chosen);
  expect((await figures(edge)).earned).toBe(0);

  const view = previewOf(sheet, chosenFormat(pack, { columns, words: new Map(), outcome: "paid" }));
  expect([view.seconds, view.pay, view.warning]).toEqual([
    4.25 * 3600,
    [{ currency: "USD", micros: 1_287_500_000 }],
    null,
  ]);
  expect(view.per_hour[0]?.micros).toBeCloseTo(302_941_176, -1);
  expect(view.rows.map(({ seconds }) => seconds)).toEqual([5400, 2700, 7200]);
  expect(previewOf(sheet, chosen, { time: "minutes" }).warning).toBe("too_much");
  expect(previewOf(sheet, chosen, { is_minor: true }).pay[0]?.micros).toBe(12_875_000);
});

test("any table: a number whose unit nothing shows is asked for", () => {
  const [pack] = known;
  if (pack === undefined) throw new Error("no pack");
  const columns = { title: "What", paid: "Got", day: "When", seconds: "Took" };
  const chosen = chosenFormat(pack, { columns, words: new Map(), outcome: "paid" });
  const open = (text: string) => [...previewOf(readable(text), chosen).open];
  expect(open("What;Got;When;Took\nA;1;2026-06-01;90\n")).toEqual(["time"]);
  expect(open("What;Got;When;Took\nA;1;2026-06-01;1h 30m\n")).toEqual([]);
  expect(open("What;Got;When;Took\nA;1,200;2026-06-01;1h\n")).toEqual(["mark"]);
  expect(open("What;Got;When;Took\nA;1,200;2026-06-01;1h\nB;0,50;2026-06-01;1h\n")).toEqual([]);
});

test("each record is settled once: by the nearest start, whatever name either has, and two rows never fall on one", async () => {
  const edge = await world();
  const started = Date.parse("2026-06-02T10:00:00Z");
  const study = task({
    platform: "prolific",
    client: null,
    task: { id: "study-1", title: "Two" },
    reward: { micros: 2_000_000, currency: "GBP" },
  });
  const timed = record({
    platform: "prolific",
    attempt: "study-1",
    task: study,
    outcome: "submitted",
    claimed_at: started + 4_000,
    ended_at: started + 500_000,
    active_seconds: 400,
    day: "2026-06-02",
  });
  await strictly(edge.database, (writing) => putRecord(writing, timed));
  const line = "Two,£2.00,£0.00,2026-06-02 10:0{}:00,2026-06-02 10:10:00,X,APPROVED\n";
  const twice = `Study,Reward,Bonus,Started At,Completed At,Completion Code,Status\n${line.replace("{}", "0")}${line.replace("{}", "5")}`;
  expect(await take(edge, twice)).toMatchObject({ added: 1, settled: 1 });
  expect(await edge.database.get("records", timed.id)).toMatchObject({
    outcome: "approved",
    active_seconds: 400,
  });
  expect(await take(edge, twice)).toMatchObject({ added: 0, settled: 0, known: 2 });
  expect(await records(edge)).toHaveLength(2);
});

test("a later file with more rows of one kind adds only what is new", async () => {
  const edge = await world();
  const row = "Sort mail,£1.00,£0.00,2026-06-02 10:00:00,2026-06-02 10:10:00,X,APPROVED\n";
  const head = "Study,Reward,Bonus,Started At,Completed At,Completion Code,Status\n";
  expect(await take(edge, head + row + row)).toMatchObject({ added: 2 });
  expect(await take(edge, head + row + row + row)).toMatchObject({ added: 1, known: 2 });
  expect(await take(edge, head + row)).toMatchObject({ added: 0, known: 1 });
});

test("codes that claim pay and columns that say who the worker is are never read", () => {
  const head = "Study;Status;Completion Code;HAI Email;Worker ID;Participant id;Survey_Code";
  expect(readable(`${head}\nOne;Approved;C0DE;x@example.org;W1;P1;S1\n`).names).toEqual(["Study", "Status"]);
});

test("a tool's list of tasks is read once the worker says what its words mean", async () => {
  const sheet = readable(
    "My Tasks,Status,Last worked on,Total time,Project Name,Project Pay Per Hour,HAI Email\nt1,Done,06/03/2026,45:30,Kites,$40,x@example.org\nt2,Odd,06/04/2026,1:00:00,Kites,$40,x@example.org\n",
  );
  const format = formatOf(known, sheet);
  if (format === null) throw new Error("no format");
  expect(previewOf(sheet, format).left_out.unknown_outcome?.words).toEqual(["Done", "Odd"]);
  const edge = await world();
  const taken = await takeIn(
    { ...edge, now: NOON },
    sheet,
    withWords(format, new Map([["Done", "submitted"]])),
  );
  expect([taken.added, taken.left_out.unknown_outcome?.rows]).toEqual([1, 1]);
  const [first] = await records(edge);
  expect([first?.day, first?.active_seconds, first?.task.reward_per]).toEqual(["2026-06-03", 2730, "hour"]);
  expect((await figures(edge)).pending).toBe(Math.round((40_000_000 * 2730) / 3600));
});

test("what the ledger exports as a table comes back whole, and into the same ledger changes nothing", async () => {
  const edge = await world();
  await take(edge, SUBMISSIONS);
  await take(edge, EARNINGS);
  const table = CSV_HEAD + csvLines(await records(edge));
  const takeOwn = async (to: World) => {
    const parts = ownParts(readable(table), known) ?? [];
    const taken: TakenIn[] = [];
    for (const { sheet, format } of parts) taken.push(await takeIn({ ...to, now: NOON }, sheet, format));
    const [first, ...more] = taken;
    if (first === undefined) throw new Error("no parts");
    return more.reduce(addTaken, first);
  };
  expect(await takeOwn(edge)).toMatchObject({ added: 0, left_out: {} });
  const other = await world();
  expect(await takeOwn(other)).toMatchObject({ added: 11, left_out: {} });
  const [before, after] = [await figures(edge), await figures(other)];
  expect(after.earned).toBeCloseTo(before.earned);
  expect([after.pending, after.tasks, after.outcomes]).toEqual([
    before.pending,
    before.tasks,
    before.outcomes,
  ]);
  expect(after.active_seconds).toBe(before.active_seconds);
  expect(await takeOwn(other)).toMatchObject({ added: 0, settled: 0, known: 11 });
});
