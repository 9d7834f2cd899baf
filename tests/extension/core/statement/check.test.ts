/** A site's totals against the record, to the cent, in both directions, and what of it is counted. */

import { beforeEach, describe, expect, test } from "vitest";
import { agreement, following, statementLines } from "../../../../extension/src/core/statement/check";
import { keepStatement } from "../../../../extension/src/core/statement/keep";
import { recordedAt } from "../../../../extension/src/core/statement/recorded";
import type { Sum } from "../../../../extension/src/core/ledger/sums";
import { type World, world } from "../../world";

const pounds = (amount: number) => [{ micros: Math.round(amount * 1_000_000), currency: "GBP" }];
const first = following(undefined, { day: "2026-11-01", paid: pounds(212.4), recorded: pounds(208.15) }, null);

describe("a statement", () => {
  test("that is more than the record says how much is not in it", () => {
    expect(statementLines(first, pounds(208.15))).toEqual([
      { currency: "GBP", site: 212_400_000, recorded: 208_150_000, difference: 4_250_000, since: 0, verdict: "differs" },
    ]);
  });

  test("agrees to the cent, whatever is below a cent", () => {
    const [line] = statementLines(first, [{ micros: 212_399_999, currency: "GBP" }]);
    expect(line).toMatchObject({ verdict: "agrees", difference: 0 });
    expect(statementLines(first, pounds(212.39))[0]).toMatchObject({ verdict: "differs", difference: 10_000 });
  });

  test("that is less than the record says what the site owes", () => {
    expect(statementLines(first, pounds(215.4))[0]).toMatchObject({ difference: -3_000_000, verdict: "differs" });
  });

  test("agrees since the first one where what differs is older", () => {
    const later = following(first, { day: "2026-11-08", paid: pounds(220.4), recorded: pounds(216.15) }, null);
    expect(statementLines(later, pounds(216.15))[0]).toMatchObject({ since: 0, verdict: "agrees_since" });
    expect(statementLines(later, pounds(215.15))[0]).toMatchObject({ since: 1_000_000, verdict: "differs" });
  });

  test("keeps currencies apart", () => {
    const both = following(undefined, { day: "2026-11-01", paid: pounds(1), recorded: [] }, null);
    const lines = statementLines(both, [...pounds(1), { micros: 400_000, currency: "USD" }]);
    expect(lines.map(({ currency, verdict }) => [currency, verdict])).toEqual([
      ["GBP", "agrees"],
      ["USD", "differs"],
    ]);
  });

  test("that shrank begins anew", () => {
    const year = following(first, { day: "2027-01-02", paid: pounds(5), recorded: pounds(213) }, null);
    expect(year.base.day).toBe("2027-01-02");
  });

  test("whose first differs says nothing of the pack, a later one does", () => {
    expect(agreement(first)).toBeNull();
    const grown = (paid: number, recorded: number) =>
      agreement(following(first, { day: "2026-11-08", paid: pounds(paid), recorded: pounds(recorded) }, null));
    expect([grown(220.4, 216.15), grown(220.4, 215.15)]).toEqual([true, false]);
  });
});

test("the record of a platform is summed by currency over days and months, paid and pending apart", () => {
  const sum = (platform: string, grain: Sum["grain"], amounts: Sum["amounts"]): Sum => {
    return { platform, client_key: "c", client: null, title: "t", grain, stretch: "2026-11", amounts };
  };
  const sums = [
    sum("prolific", "month", { "GBP earned": 2_000_000, "GBP untimed": 500_000, "USD earned": 1, "GBP pending": 7 }),
    sum("prolific", "day", { "GBP earned": 1_000_000, worked_ms: 5 }),
    sum("other", "month", { "GBP earned": 9_000_000 }),
  ];
  expect(recordedAt("prolific", sums)).toEqual({
    paid: [
      { currency: "GBP", micros: 3_500_000 },
      { currency: "USD", micros: 1 },
    ],
    pending: [{ currency: "GBP", micros: 7 }],
  });
});

describe("of a statement that a page shows", () => {
  let edge: World;
  const seen = (paid: number) => keepStatement(edge, "practice", { paid: pounds(paid), pending: null });
  const counts = async () => Object.values(await edge.settings.health.get()).map((one) => one.counts);
  const agreed = (agreeing_statements: number, differing_statements: number) => [
    expect.objectContaining({ agreeing_statements, differing_statements }),
  ];

  beforeEach(async () => {
    edge = await world();
  });

  test("only whether it agrees is counted, once for the same totals, and no amount", async () => {
    await seen(0);
    await seen(0);
    expect(await counts()).toEqual(agreed(1, 0));
    edge.pass(86_400);
    await seen(2);
    await seen(2);
    expect(await counts()).toEqual(agreed(1, 1));
    expect(JSON.stringify(await edge.settings.health.get())).not.toContain("GBP");
  });

  test("nothing is kept without a record of one's own", async () => {
    await edge.settings.consent.set({ ledger: false, sharing: true });
    await seen(2);
    expect([await edge.settings.statements.get(), await counts()]).toEqual([{}, []]);
  });
});
