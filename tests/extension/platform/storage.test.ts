/** What is kept by key: brought up to this version, never dropped; and secrets, where no site's page can look. */

import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { settings } from "../../../extension/src/platform/settings";
import { item } from "../../../extension/src/platform/storage";

const local = new Map<string, unknown>();

beforeEach(() => {
  local.clear();
  vi.stubGlobal("chrome", {
    storage: {
      local: {
        get: async (key: string) => ({ [key]: local.get(key) }),
        set: async (values: object) => {
          for (const [key, value] of Object.entries(values)) local.set(key, value);
        },
        remove: async (key: string) => local.delete(key),
      },
    },
  });
});

describe("a value that was kept", () => {
  const steps = [
    (old: string) => ({ name: old }),
    (old: { name: string }) => ({ ...old, sites: [] as string[] }),
  ];
  const third = item("x", { name: "", sites: [] as string[] }, steps);

  test("by an older version is brought up to this one, step by step", async () => {
    local.set("x", { version: 1, value: "Ana" });
    expect(await third.get()).toEqual({ name: "Ana", sites: [] });
    local.set("x", { version: 2, value: { name: "Ben" } });
    expect(await third.get()).toEqual({ name: "Ben", sites: [] });
  });

  test("by this version comes back as it is", async () => {
    await third.set({ name: "Cy", sites: ["a"] });
    expect(await third.get()).toEqual({ name: "Cy", sites: ["a"] });
    expect(local.get("x")).toEqual({ version: 3, value: { name: "Cy", sites: ["a"] } });
  });

  test("by a newer version stays where it is", async () => {
    local.set("x", { version: 4, value: 7 });
    expect(await third.get()).toEqual({ name: "", sites: [] });
    expect(local.get("x")).toEqual({ version: 4, value: 7 });
  });
});

describe("the contributor's secret", () => {
  const known = { contributor_id: "0190-c", secret: "s" };

  test("is not in the storage that content scripts read", async () => {
    await settings.credentials.set(known);
    expect(await settings.credentials.get()).toEqual(known);
    expect([...local.keys()]).toEqual([]);
  });

  test("that an older version left there is moved", async () => {
    await settings.credentials.set(null);
    indexedDB.deleteDatabase("taskwage_secrets");
    local.set("credentials", { version: 1, value: known });
    expect(await settings.credentials.get()).toEqual(known);
    expect(local.has("credentials")).toBe(false);
    expect(await settings.credentials.get()).toEqual(known);
  });
});
