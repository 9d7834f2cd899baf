/** The background's wiring, and nothing else: every listener stands here at top level, so that any of them can wake the worker. */

import { answer, backOnline, register, ring, syncNow, type Worker, wake, welcome } from "./answers";
import { server } from "./api";
import {
  onAlarm,
  onMessage,
  onNotificationClick,
  onOnline,
  onPermissionChange,
  onStart,
  onStoredChange,
  showTab,
  stayAwake,
} from "./browser";
import { openDatabase } from "./database";
import { settings } from "./storage";

const worker: Promise<Worker> = openDatabase().then((database) => ({
  edge: {
    database,
    server: server(__API_ORIGIN__, (input, init) => fetch(input, init)),
    settings,
    key: __SNAPSHOT_KEY__,
    now: () => Date.now(),
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    chance: () => Math.random(),
    breathe: async () => {
      await stayAwake();
      await new Promise((resume) => setTimeout(resume));
    },
  },
  shelf: new Map(),
}));

onMessage(async (message, sender) => answer(await worker, message, sender));
onAlarm((name) => worker.then((one) => ring(one, name)));
onNotificationClick((name) => showTab(Number(name.slice("tab-".length))).catch(() => undefined)); // it may be closed
onOnline(() => worker.then(backOnline));
onPermissionChange(() => worker.then(register));
onStoredChange((keys) => {
  const told = [settings.platforms.key, settings.fetches_rates.key];
  if (!keys.some((key) => told.includes(key))) return;
  worker.then(async (one) => {
    await register(one);
    await syncNow(one);
  });
});
onStart((reason) => {
  if (reason === "install") welcome();
  worker.then(wake);
});
worker.then(wake);
