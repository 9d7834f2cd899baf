/**
 * What no site's page may ever come near: kept in the extension's own IndexedDB, which content scripts cannot open and whose
 * changes nobody is told of. `storage.local` is open to every content script.
 */

import { openDB } from "idb";
import { forgetStored, readStored } from "./browser";

const NAME = "taskwage_secrets";
const STORE = "secrets";

/** The secret of that name; undefined where there is none. What an older version left in `storage.local` is moved here first. */
export async function readSecret(key: string): Promise<unknown> {
  const left = (await readStored(key)) as { value?: unknown } | undefined;
  if (left !== undefined) {
    if ((await within((store) => store.get(key))) === undefined) await writeSecret(key, left.value);
    await forgetStored(key);
  }
  return within((store) => store.get(key));
}

export async function writeSecret(key: string, value: unknown): Promise<void> {
  await within((store) => store.put(value, key));
}

interface Store {
  get: (key: string) => Promise<unknown>;
  put: (value: unknown, key: string) => Promise<unknown>;
}

/** Opened for each use: a connection that the browser closed harms nobody. */
async function within<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const database = await openDB(NAME, 1, { upgrade: (fresh) => void fresh.createObjectStore(STORE) });
  try {
    const writing = database.transaction(STORE, "readwrite", { durability: "strict" });
    const result = await use(writing.store);
    await writing.done;
    return result;
  } finally {
    database.close();
  }
}
