/** The background's wiring, and nothing else: every listener stands here at top level, so that any of them can wake the worker. */

import { openDatabase } from "../core/open_database";
import { resumeTeaching } from "../core/teach/keep";
import { server } from "../platform/api";
import {
  onAlarm,
  onMessage,
  onOnline,
  onPermissionChange,
  onStart,
  onStoredChange,
  stayAwake,
} from "../platform/browser";
import { onNotificationClick, showTab } from "../platform/notifications";
import { settings } from "../platform/storage";
import { answer, backOnline, register, ring, syncNow, type Worker, wake, welcome } from "./router";

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

/** What else decides where which script runs. */
const SCRIPTED = [settings.taps.key, settings.is_quiet.key, settings.pack_updates.key];

onMessage(async (message, sender) => answer(await worker, message, sender));
onAlarm((name) => worker.then((one) => ring(one, name)));
onNotificationClick((name) => showTab(Number(name.slice("tab-".length))).catch(() => undefined)); // it may be closed
onOnline(() => worker.then(backOnline));
onPermissionChange(() => {
  worker.then(register);
  resumeTeaching(settings);
});
onStoredChange((keys) => {
  const asked = [settings.platforms.key, settings.fetches_rates.key, settings.takes_updates.key];
  const isAsked = keys.some((key) => asked.includes(key));
  if (!isAsked && !keys.some((key) => SCRIPTED.includes(key))) return;
  worker.then(async (one) => {
    await register(one);
    if (isAsked) await syncNow(one);
  });
});
onStart((reason) => {
  if (reason === "install") welcome();
  worker.then(wake);
});
worker.then(wake);
