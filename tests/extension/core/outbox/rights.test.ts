import { beforeEach, describe, expect, test } from "vitest";
import { strictly } from "../../../../extension/src/platform/database";
import { flush } from "../../../../extension/src/core/outbox/flush";
import { enqueue } from "../../../../extension/src/core/outbox/outbox";
import { erase, exported, giveCountry } from "../../../../extension/src/core/outbox/rights";
import { keepOutcomes } from "../../../../extension/src/core/timer/outcomes";
import { no, record, type World, world } from "../../world";

let edge: World;

async function share(changes = {}): Promise<void> {
  const one = record(changes);
  await strictly(edge.database, async (writing) => {
    await writing.objectStore("records").put(one);
    await enqueue(writing, one);
  });
  await flush(edge);
}

beforeEach(async () => {
  edge = await world();
});

describe("an erasure", () => {
  test("gives a receipt, forgets the secret and stops sharing; the own record stays", async () => {
    await share();
    expect(await erase(edge)).toMatchObject({ done: { observations: 1, on: "2026-11-23" } });
    expect(await edge.settings.erasure.get()).toMatchObject({ gone_from_releases_by: "2026-12-21" });
    expect(await edge.settings.credentials.get()).toBeNull();
    expect(await edge.settings.consent.get()).toEqual({ ledger: true, sharing: false });
    expect(await edge.database.count("records")).toBe(1);
  });

  test("holds: when sharing starts again, no later outcome of what was erased goes out", async () => {
    await share();
    await erase(edge);
    await edge.settings.consent.set({ ledger: true, sharing: true });
    await keepOutcomes(edge, "practice", [{ attempt: "a-1", outcome: "approved", paid: null }]);
    await flush(edge);
    expect([edge.server.enrolments, edge.server.batches.length]).toEqual([1, 1]);
  });

  test.each([
    [{ kind: "unreachable" } as const, "unreachable"],
    [no(503, 5), "busy"],
    [no(429), "busy"],
    [no(418), "unexpected"],
  ])("that failed with %o changes nothing", async (trouble, hindrance) => {
    await share();
    edge.server.rights = [trouble];
    expect(await erase(edge)).toEqual({ hindrance });
    expect(await edge.settings.credentials.get()).not.toBeNull();
    expect((await edge.settings.consent.get()).sharing).toBe(true);
  });

  test("whose answer was lost is done when it is asked for again", async () => {
    await share();
    edge.server.rights = [no(401)];
    expect(await erase(edge)).toEqual({ hindrance: "nobody" });
    expect(await edge.settings.credentials.get()).toBeNull();
    expect(await edge.settings.erasure.get()).toBeNull();
  });

  test("of nothing asks nobody", async () => {
    edge.server.erase = () => Promise.reject(new Error("asked"));
    expect(await erase(edge)).toEqual({ hindrance: "nobody" });
  });
});

test("a copy of what was shared is the server's own text", async () => {
  expect(await exported(edge, "json")).toEqual({ hindrance: "nobody" });
  await share();
  expect(await exported(edge, "csv")).toEqual({ done: "csv: 1" });
});

describe("a country", () => {
  test("goes with the enrolment, and is not told twice", async () => {
    await giveCountry(edge, "PH");
    await share();
    expect(edge.server.countries).toEqual([]);
  });

  test("given later is told once, with what is shared next", async () => {
    await share();
    await giveCountry(edge, "CO");
    await share({ revision: 2 });
    await share({ revision: 3 });
    expect(edge.server.countries).toEqual(["CO"]);
  });

  test("the server would not take holds up nothing, and is tried again", async () => {
    await share();
    await giveCountry(edge, null);
    edge.server.rights = [no(500)];
    await share({ revision: 2 });
    expect(await edge.database.count("outbox")).toBe(0);
    await share({ revision: 3 });
    expect(edge.server.countries).toEqual([null, null]);
  });
});
