/** The background's wiring, and nothing else: every listener stands here at top level, so that any of them can wake the worker. */

import { openDatabase } from "../core/open_database";
import { reopening } from "../core/reopening";
import { resumeTeaching } from "../core/teach/keep";
import { server } from "../platform/api";
import {
  onAlarm,
  onFrontChange,
  onMessage,
  onOnline,
  onPermissionChange,
  onStart,
  onStoredChange,
  onTabClosed,
  onTabOpened,
  stayAwake,
  version,
} from "../platform/browser";
import { onNotificationClick, showTab } from "../platform/notifications";
import { settings } from "../platform/settings";
import { plans } from "../tap/plan";
import { readReplies } from "./replies";
import { answer, backOnline, register, ring, syncNow, tabs, type Worker, wake, welcome } from "./router";
import { frontChanged, tabClosed, tabOpened } from "./tabs";

/** What lasts as long as the worker, whatever becomes of its database. */
const shelf: Worker["shelf"] = new Map();
const clicks: Worker["clicks"] = new Map();

/** The worker with an open database. */
const worker = reopening(async (gone): Promise<Worker> => {
  const database = await openDatabase(undefined, gone);
  return { edge: { ...world, database }, shelf, clicks };
});

const world = {
  server: server(__API_ORIGIN__, (input, init) => fetch(input, init)),
  settings,
  key: __SNAPSHOT_KEY__,
  version: version(),
  now: () => Date.now(),
  random: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  chance: () => Math.random(),
  breathe: async () => {
    await stayAwake();
    await new Promise((resume) => setTimeout(resume));
  },
};

/** What else decides where which script runs. */
const SCRIPTED = [settings.taps.key, settings.is_quiet.key, settings.pack_updates.key];

onMessage(async (message, sender) => answer(await worker(), message, sender));
onAlarm((name) => worker().then((one) => ring(one, name)));
onNotificationClick((name) => showTab(Number(name.slice("tab-".length))).catch(() => undefined)); // it may be closed
onOnline(() => worker().then(backOnline));
readReplies(plans, settings);
onPermissionChange(() => {
  readReplies(plans, settings);
  worker().then(register);
  resumeTeaching(settings);
});
onStoredChange((keys) => {
  const asked = [settings.platforms.key, settings.fetches_rates.key, settings.takes_updates.key];
  const isAsked = keys.some((key) => asked.includes(key));
  if (!isAsked && !keys.some((key) => SCRIPTED.includes(key))) return;
  worker().then(async (one) => {
    await register(one);
    if (isAsked) await syncNow(one);
  });
});
onTabOpened((tab) => worker().then((one) => tabs(one, (edge) => tabOpened(edge, tab, one.clicks))));
onTabClosed((tab) => worker().then((one) => tabs(one, (edge) => tabClosed(edge, tab))));
onFrontChange(() => worker().then((one) => tabs(one, frontChanged)));
onStart((reason) => {
  if (reason === "install") welcome();
  worker().then(wake);
});
worker().then(wake);
