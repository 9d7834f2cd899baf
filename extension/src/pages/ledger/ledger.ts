/** The ledger page: reads the book once, shows it as it is asked for, and reads it again after every change. */

import { closeAccount, reopenAccount } from "../../core/ledger/account";
import { openDatabase } from "../../core/open_database";
import { dayOf } from "../../core/timer/hour";
import { language, send, text } from "../../platform/browser";
import type { Database } from "../../platform/database";
import { settings } from "../../platform/settings";
import { h } from "../panel/element";
import { openTasks } from "../panel/open_tasks";
import { begin, masthead, statusLine } from "../panel/page";
import type { Closing } from "./accounts";
import type { Acting } from "./actions";
import { data } from "./data";
import { figures } from "./figures";
import { history } from "./history";
import { mending } from "./mending";
import { onboarding } from "./onboarding";
import { PERIODS, type Period } from "./period";
import { platformsIn, type Reading, read, termsOf } from "./reading";
import type { RecordDesk } from "./record_row";
import { type RecordList, recordList } from "./records";
import { type Look, toolbar } from "./toolbar";
import { useOwnNames } from "./words";

const OPEN_AGAIN_MS = 5_000;
const FIRST_PERIOD: Period = "month";
const writing = { text, locale: language() };

/** What is shown, where, and how it is looked at. */
interface Desk {
  database: Database;
  reading: Reading;
  /** The currency is null until the worker chooses one. */
  look: { period: Period; currency: string | null };
  figures: HTMLElement;
  records: HTMLElement;
  list: RecordList | null;
  say: (words: string) => void;
}

async function main(root: HTMLElement): Promise<void> {
  begin(`${text("page_ledger")} – ${text("extension_name")}`);
  useOwnNames(await settings.own_names.get());
  const { line, say } = statusLine();
  const lead = h("p", { class: "soft" }, text("ledger_lead"));
  root.append(masthead("ledger"), h("h1", {}, text("ledger_title")), lead, ...(await offNote()), line);
  const database = await openDatabase();
  const desk: Desk = {
    database,
    reading: await read(database, settings, Date.now()),
    look: { period: periodIn(location.hash), currency: null },
    figures: h("div", { class: "parts" }),
    records: h("div", {}),
    list: null,
    say,
  };
  const wipe = async (): Promise<void> => void (await send({ kind: "wipe" }));
  const today = (): string => dayOf(Date.now());
  const own = data({ writing, database, say, wipe, today, again: () => afterFile(desk) });
  const again = (): Promise<void> => afterFile(desk);
  const taken = history({ writing, database, say, today, again, now: () => Date.now() });
  draw(desk);
  const wrong = h("div", {});
  const drawWrong = async (): Promise<void> => {
    const found = await mending({ writing, database, again: () => afterFile(desk).then(drawWrong) });
    wrong.replaceChildren(...(found === null ? [] : [found]));
  };
  await drawWrong();
  root.append(await openNow(), wrong, desk.figures, desk.records, taken, own);
  await drawRecords(desk);
  root.dataset.ready = "";
}

/** The tasks that are being timed, with how each ended for the worker to say. */
async function openNow(): Promise<HTMLElement> {
  const place = h("section", { class: "card", id: "running", hidden: "" }, h("h2", {}, text("popup_open")));
  const tasks = openTasks(writing, ({ platform, attempt }, outcome) => {
    void send({ kind: "task_end", platform, attempt, outcome }).then(() => location.reload());
  });
  const again = async (): Promise<void> => {
    const { open } = await send({ kind: "today" });
    place.hidden = open.length === 0;
    tasks.show(open);
  };
  place.append(tasks.list);
  await again();
  setInterval(() => void again().catch(() => undefined), OPEN_AGAIN_MS); // the background may be asleep
  return place;
}

/** Show what a file brought; the background drops what it holds of the records. */
async function afterFile(desk: Desk): Promise<void> {
  await send({ kind: "records_changed" });
  await readAll(desk);
}

/** Everything changed: all of it is read and shown again. */
async function readAll(desk: Desk): Promise<void> {
  await readAgain(desk);
  await drawRecords(desk);
}

async function readAgain(desk: Desk): Promise<void> {
  desk.reading = await read(desk.database, settings, Date.now());
  draw(desk);
}

function draw(desk: Desk): void {
  const { reading, look } = desk;
  if (reading.book.sums.length === 0) {
    const terms = termsOf(reading, look.currency ?? reading.currencies[0] ?? "USD");
    const before = onboarding({ book: reading.book, terms, writing });
    const note = h("p", { class: "card", id: "empty" }, text("ledger_empty"));
    desk.figures.replaceChildren(note, ...(before === null ? [] : [before]));
    return;
  }
  const currency = look.currency ?? reading.currencies[0] ?? "USD";
  const shown = h("div", { class: "parts" });
  const show = (now: Look): void => {
    const terms = termsOf(reading, now.currency);
    const showing = { book: reading.book, terms, period: now.period, writing };
    shown.replaceChildren(
      ...figures(showing, reading.since, closingBy(desk), reading.statements, actingBy(desk)),
    );
  };
  const changed = (change: Partial<Look>): void => {
    Object.assign(look, change);
    location.replace(`#${look.period}`);
    show({ period: look.period, currency: look.currency ?? currency });
  };
  const chosen = { period: look.period, currency };
  show(chosen);
  desk.figures.replaceChildren(toolbar(chosen, reading.currencies, writing, changed), shown);
}

async function drawRecords(desk: Desk): Promise<void> {
  const { database, reading } = desk;
  desk.list = recordList(database, platformsIn(reading.book), recordDesk(desk));
  desk.records.replaceChildren(desk.list.element);
  await desk.list.again();
}

/** One record changes: its row shows that by itself, the figures follow. */
function recordDesk(desk: Desk): RecordDesk {
  const after = async (words: string): Promise<void> => {
    desk.list?.forget();
    await readAgain(desk);
    desk.say(words);
  };
  return {
    writing,
    correct: async (id, correction) => {
      const record = await send({ kind: "correct", id, correction });
      await after(text(record === null ? "record_gone" : "record_saved"));
      return record;
    },
    remove: async (id) => {
      await send({ kind: "remove", id });
      await after(text("record_deleted"));
    },
  };
}

function closingBy(desk: Desk): Closing {
  const after = async (): Promise<void> => {
    await readAgain(desk);
    document.querySelector<HTMLElement>("#closed button, #owed .accounts summary")?.focus();
  };
  return {
    close: (account) => void closeAccount(desk.database, account).then(after),
    reopen: (platform) => void reopenAccount(desk.database, platform).then(after),
  };
}

/** What a platform did is kept by the background, which sends it where the worker shares. */
function actingBy(desk: Desk): Acting {
  const after = async (words: string): Promise<void> => {
    await readAgain(desk);
    desk.say(words);
    document.querySelector<HTMLElement>("#actions-list button, #actions-open")?.focus();
  };
  return {
    act: (said) => void send({ kind: "account_action", said }).then(() => after(text("action_saved"))),
    takeBack: (id) => void send({ kind: "remove_action", id }).then(() => after("")),
  };
}

/** Who switched the record off is told so, and how to switch it on. */
async function offNote(): Promise<HTMLElement[]> {
  if ((await settings.consent.get()).ledger) return [];
  const link = h("a", { href: "consent.html" }, text("ledger_switch_on"));
  return [h("p", { class: "card warn", id: "off" }, text("ledger_off"), " ", link)];
}

function periodIn(hash: string): Period {
  return PERIODS.find((period) => hash === `#${period}`) ?? FIRST_PERIOD;
}

const root = document.getElementById("ledger");
if (root) {
  main(root).catch((failure: unknown) => {
    root.append(h("p", { class: "warn", role: "alert" }, text("ledger_failed")));
    throw failure;
  });
}
