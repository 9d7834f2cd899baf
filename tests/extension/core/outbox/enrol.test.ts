import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { enrolled, solve } from "../../../../extension/src/core/outbox/enrol";
import { no, world } from "../../world";

test.each([0, 1, 7, 8, 9, 12])("a nonce is found that gives %i zero bits", async (difficulty) => {
  const nonce = await solve("a.b.c", difficulty, async () => undefined);
  const bits = [...createHash("sha256").update(`a.b.c:${nonce}`).digest()].map((byte) =>
    byte.toString(2).padStart(8, "0"),
  );
  expect(bits.join("").slice(0, difficulty)).toBe("0".repeat(difficulty));
});

test("others get their turn during the sum", async () => {
  let turns = 0;
  await solve("x", 14, async () => {
    turns += 1;
  });
  expect(turns).toBeGreaterThan(0);
});

describe("a contributor", () => {
  test("keeps the secret it was given once", async () => {
    const edge = await world();
    await enrolled(edge);
    expect(await edge.settings.credentials.get()).toEqual({ contributor_id: "0190-c", secret: "s" });
    await enrolled(edge);
    expect(edge.server.enrolments).toBe(1);
  });

  test("sends the solution to the home that set the challenge", async () => {
    const edge = await world();
    edge.server.home = "manila";
    await enrolled(edge);
    expect(edge.server.homes).toEqual([null, "manila"]);
  });

  test("enrols with the home in the settings", async () => {
    const edge = await world();
    await edge.settings.home.set("medellin");
    edge.server.home = "medellin";
    await enrolled(edge);
    expect(edge.server.homes).toEqual(["medellin", "medellin"]);
  });

  test("that is not taken in has no secret", async () => {
    const edge = await world();
    edge.server.challenge = async () => no(429, 60);
    expect(await enrolled(edge)).toEqual(no(429, 60));
    expect(await edge.settings.credentials.get()).toBeNull();
  });
});
