/** The background's wiring, and nothing else: every listener stands here at top level, so that any of them can wake the worker. */

import { answer, backOnline, register, ring, syncNow, type Worker, wake, welcome } from "./answers";
import { server } from "./api";
import {
  onAlarm,
  onMessage,
  onOnline,
  onPermissionChange,
  onStart,
  onStoredChange,
  stayAwake,
} from "./browser";
import { openDatabase } from "./database";
import { settings } from "./storage";

const worker: Promise<Worker> = openDatabase().then((database) => ({
  edge: {
    database,
    server: server(__API_ORIGIN__, (input, init) => fetch(input, init)),
    settings,
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
onOnline(() => worker.then(backOnline));
onPermissionChange(() => worker.then(register));
onStoredChange((keys) => {
  if (!keys.includes(settings.platforms.key)) return;
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
