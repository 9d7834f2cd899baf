/** The versions of the device's database: each upgrade adds what the version before it lacks. */

import { type Changing, CURRENT, type Database, openVersioned, type Upgrade } from "../platform/database";
import { addTallies } from "./history/tallies";
import { faultsOf, upToDate } from "./ledger/faults";
import { followAll } from "./ledger/sums";
import { clientName } from "./snapshot/keys";
import { dayOf } from "./timer/hour";
import { EMPTY } from "./timer/session";

const NAME = "taskwage";
const UPGRADES: readonly Upgrade[] = [begin, addSums, addHistory, recount, addFaults, addActions];

/** Open the device's database. `gone` is called once the browser has closed it, and it must be opened again. */
export function openDatabase(name = NAME, gone: () => void = () => undefined): Promise<Database> {
  return openVersioned(name, UPGRADES, gone);
}

function begin(database: Database): void {
  database.createObjectStore("sessions");
  const records = database.createObjectStore("records", { keyPath: "id" });
  records.createIndex("by_attempt", ["platform", "attempt"]);
  records.createIndex("by_ended", "ended_at");
  database.createObjectStore("outbox", { keyPath: "id" });
  const overheads = database.createObjectStore("overheads", { keyPath: ["platform", "day"] });
  overheads.createIndex("by_day", "day");
  database.createObjectStore("snapshots", { keyPath: "platform" });
}

/** Version 2: records know their day and client, days and months have sums, accounts may be closed. */
async function addSums(database: Database, changing: Changing): Promise<void> {
  const records = changing.objectStore("records");
  records.createIndex("by_standing", ["client_key", "outcome", "ended_at"]);
  const sums = database.createObjectStore("sums", {
    keyPath: ["platform", "client_key", "grain", "stretch"],
  });
  sums.createIndex("by_stretch", ["grain", "stretch"]);
  database.createObjectStore("accounts", { keyPath: "platform" });
  const kept = (await records.getAll()).map((record) => ({
    ...record,
    client_key: clientName(record.task),
    works: "here" as const,
    day: dayOf(record.ended_at),
    corrected_seconds: null,
    overruled: null,
  }));
  for (const record of kept) await records.put(record);
  await followAll(changing.objectStore("sums"), kept);
  const session = await changing.objectStore("sessions").get(CURRENT);
  if (session !== undefined) {
    await changing.objectStore("sessions").put({ ...EMPTY, ...session, focus: null }, CURRENT);
  }
}

/** Version 3: what was done at each task and client is summed, so that a look-up reads no records. */
async function addHistory(database: Database, changing: Changing): Promise<void> {
  const tallies = database.createObjectStore("tallies", { keyPath: "name" });
  await addTallies(tallies, await changing.objectStore("records").getAll());
}

/** Version 4: sums also hold what is owed for work whose time is not known. */
async function recount(_database: Database, changing: Changing): Promise<void> {
  const sums = changing.objectStore("sums");
  await sums.clear();
  await followAll(sums, await changing.objectStore("records").getAll());
}

/** Version 6: pay by the hour ends at its cap in every sum; account actions are kept. */
async function addActions(database: Database, changing: Changing): Promise<void> {
  database.createObjectStore("actions", { keyPath: "id" });
  const records = await changing.objectStore("records").getAll();
  for (const name of ["sums", "tallies"] as const) await changing.objectStore(name).clear();
  await followAll(changing.objectStore("sums"), records);
  await addTallies(changing.objectStore("tallies"), records);
}

/** Version 5: ends that nobody saw are not known, nor counted; records with a fault that is known now are listed. */
async function addFaults(database: Database, changing: Changing): Promise<void> {
  database.createObjectStore("faults", { keyPath: "id" });
  const store = changing.objectStore("records");
  const before = await store.getAll();
  const records = before.map(upToDate);
  const changed = records.filter((record, place) => record !== before[place]);
  for (const record of changed) await store.put(record);
  if (changed.length > 0) {
    for (const name of ["sums", "tallies"] as const) await changing.objectStore(name).clear();
    await followAll(changing.objectStore("sums"), records);
    await addTallies(changing.objectStore("tallies"), records);
  }
  for (const fault of faultsOf(records)) await changing.objectStore("faults").put(fault);
}
