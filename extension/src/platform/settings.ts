/** Every kept key, for the extension's own pages and its background. A script in a site's page takes `openSettings`. */

import { readSecret, writeSecret } from "./secrets";
import { type Credentials, type Erasure, type Item, openSettings, type Settings } from "./storage";

/** One value that only the extension's own pages and its background can read. */
function secret<T>(key: string, fallback: T): Item<T> {
  return {
    key,
    get: async () => ((await readSecret(key)) as T | undefined) ?? fallback,
    set: (value) => writeSecret(key, value),
  };
}

export const settings: Settings = {
  ...openSettings,
  erasure: secret<Erasure | null>("erasure", null),
  credentials: secret<Credentials | null>("credentials", null),
};
