/** A content script holds no pack: it asks for its site's, and does nothing until it has one. */

import { describe, expect, test } from "vitest";
import { bundled, packFor, packOf } from "../../../extension/src/core/packs/packs";
import { PAUSES_MS, packHere } from "../../../extension/src/content/pack";
import { world } from "../world";
import { packNamed } from "../core/page/fixture";

const nobody = async (): Promise<never> => Promise.reject(new Error("Receiving end does not exist"));

function asking(ask: () => Promise<ReturnType<typeof packNamed> | null>, isConnected = () => true) {
  const waited: number[] = [];
  const wait = async (ms: number): Promise<void> => void waited.push(ms);
  return { waited, pack: packHere({ ask, isConnected, wait }) };
}

test("the pack that the background hands over is taken at once", async () => {
  const { waited, pack } = asking(async () => packNamed("practice"));
  expect((await pack)?.slug).toBe("practice");
  expect(waited).toEqual([0]);
});

test("a background that is not there yet is asked again", async () => {
  let asked = 0;
  const { pack } = asking(async () => {
    asked += 1;
    return asked < 3 ? nobody() : packNamed("practice");
  });
  expect((await pack)?.slug).toBe("practice");
});

test("a site without a pack is asked for once and left alone", async () => {
  const { waited, pack } = asking(async () => null);
  expect(await pack).toBeNull();
  expect(waited).toEqual([0]);
});

test("who never answers is given up on", async () => {
  const { waited, pack } = asking(nobody);
  expect(await pack).toBeNull();
  expect(waited).toEqual(PAUSES_MS);
});

test("a script whose extension was replaced asks nobody", async () => {
  let asked = 0;
  const { pack } = asking(
    async () => {
      asked += 1;
      return nobody();
    },
    () => asked === 0,
  );
  expect(await pack).toBeNull();
  expect(asked).toBe(1);
});

describe("the background", () => {
  test("goes by the address that the browser names", async () => {
    const edge = await world();
    expect((await packFor(edge, "https://worker.mturk.com/projects"))?.slug).toBe("mturk");
    expect(await packFor(edge, "https://example.org/")).toBeNull();
    expect(await packFor(edge, "")).toBeNull();
  });

  test("reads the sites that have pages, and knows the names of all", () => {
    expect(bundled.map(({ slug }) => slug)).not.toContain("clickworker");
    expect(packOf("clickworker")?.name).toContain("Clickworker");
  });
});
