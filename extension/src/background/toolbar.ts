/** The figure on the toolbar: the task in front once it has run a while, else the day so far. */

import { type Hourly, openTasks } from "../core/ledger/figures";
import { currentSession } from "../core/ledger/store";
import type { Shelf } from "../core/snapshot/sync";
import { dayOf } from "../core/timer/hour";
import type { Session } from "../core/timer/session";
import { language, showOnToolbar, text } from "../platform/browser";
import type { Edge } from "../platform/context";
import type { Database } from "../platform/database";
import { type Day, dayNow } from "./today";

/** From here on a short form is shown: four letters fit. */
const LONG_FROM = 10_000;

/** The day as it was read last, and the letters that are shown. */
interface Toolbar {
  day: Day | null;
  letters: string | null;
}

const toolbars = new WeakMap<Database, Toolbar>();

/** Reads the day and shows its figure: after a change of records, of rates, of the floor. */
export async function showDay(edge: Edge, shelf: Shelf): Promise<void> {
  const toolbar = toolbarOf(edge.database);
  toolbar.day = await dayNow(edge, shelf);
  await show(toolbar, toolbar.day, await currentSession(edge.database));
}

/** Shows the task in front, from the session alone. Only the first call of a day reads the day. */
export async function showSession(edge: Edge, shelf: Shelf, session: Session): Promise<void> {
  const toolbar = toolbarOf(edge.database);
  if (toolbar.day?.day !== dayOf(edge.now())) return showDay(edge, shelf);
  await show(toolbar, toolbar.day, session);
}

async function show(toolbar: Toolbar, { figures, usdPer }: Day, session: Session): Promise<void> {
  const { currency, effective_per_hour: amount } = figures;
  const front = openTasks(session, usdPer, currency).find(({ is_in_front }) => is_in_front);
  const hourly = front?.per_hour ?? (amount === null ? null : { amount, currency });
  const letters = hourly === null ? "" : lettersOf(hourly);
  if (letters === toolbar.letters) return;
  toolbar.letters = letters;
  await showOnToolbar(letters, hourly === null ? text("extension_name") : titleOf(hourly));
}

function lettersOf({ amount }: Hourly): string {
  const digits = amount < 10 ? 1 : 0;
  const isLong = amount >= LONG_FROM;
  return new Intl.NumberFormat(language(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...(isLong ? { notation: "compact" as const } : {}),
  }).format(amount);
}

function titleOf({ amount, currency }: Hourly): string {
  const money = new Intl.NumberFormat(language(), { style: "currency", currency });
  return text("toolbar_title", money.format(amount));
}

function toolbarOf(database: Database): Toolbar {
  const toolbar = toolbars.get(database) ?? { day: null, letters: null };
  toolbars.set(database, toolbar);
  return toolbar;
}
