import { describe, expect, test } from "vitest";
import { decided } from "../../../../extension/src/core/ledger/apply_outcome";
import type { LedgerRecord } from "../../../../extension/src/core/ledger/record";
import type { LaterOutcome } from "../../../../extension/src/model/readings";
import { record } from "../../world";

const usd = (dollars: number) => ({ micros: Math.round(dollars * 1_000_000), currency: "USD" });
const later = (outcome: LaterOutcome["outcome"], more: Partial<LaterOutcome> = {}): LaterOutcome => {
  return { attempt: "a-1", outcome, paid: null, ...more };
};
const DAY = "2026-11-25";

/** What comes of seeing all these, one after the other. */
function seen(outcomes: LaterOutcome[], from: LedgerRecord = record()): LedgerRecord {
  return outcomes.reduce((now, one) => decided(now, one, DAY), from);
}

describe("a bonus", () => {
  test("is added to the pay and told as its part", () => {
    const paid = seen([later("approved", { paid: usd(1), bonus: usd(0.5) })]);
    expect([paid.paid, paid.bonus]).toEqual([usd(1.5), usd(0.5)]);
  });

  test("seen again, on this page or one that shows the whole or the rest, is no news", () => {
    const first = seen([later("approved", { paid: usd(1), bonus: usd(0.5) })]);
    const again = [
      later("approved", { paid: usd(1), bonus: usd(0.5) }),
      later("approved", { paid: usd(1.5) }),
      later("approved", { paid: usd(1) }),
      later("approved"),
    ];
    for (const one of again) expect(decided(first, one, "2026-12-01")).toBe(first);
  });

  test("that comes later is a new revision, decided when it was", () => {
    const first = decided(record(), later("approved", { paid: usd(1) }), "2026-11-24");
    const second = decided(first, later("approved", { paid: usd(1), bonus: usd(0.25) }), DAY);
    expect(second).toMatchObject({
      revision: 3,
      paid: usd(1.25),
      bonus: usd(0.25),
      decided_on: "2026-11-24",
    });
  });

  test("stays when the approved work is paid", () => {
    const both = [later("approved", { paid: usd(1), bonus: usd(0.5) }), later("paid")];
    expect(seen(both)).toMatchObject({ outcome: "paid", paid: usd(1.5), bonus: usd(0.5) });
  });

  test("on work whose pay the page does not show is added to what was listed", () => {
    expect(seen([later("approved", { bonus: usd(0.5) })]).paid).toEqual(usd(0.85));
  });

  test("in another currency is kept apart, and told again it is no news", () => {
    const bonus = { micros: 500_000, currency: "GBP" };
    const first = seen([later("approved", { paid: usd(1), bonus })]);
    expect(first).toMatchObject({ paid: usd(1), bonus: null, other_paid: [bonus] });
    expect(decided(first, later("approved", { paid: usd(1), bonus }), "2026-12-01")).toBe(first);
  });

  test("in another currency goes when the work is rejected", () => {
    const others = { other_paid: [{ micros: 500_000, currency: "GBP" }] };
    const both = [later("approved", { paid: usd(1), ...others }), later("rejected")];
    expect(seen(both)).not.toHaveProperty("other_paid");
    expect(seen(both)).toMatchObject({ paid: null });
  });

  test("for work that was given back pays for what was done until then", () => {
    const sent = seen([later("returned", { bonus: usd(0.2) })], record({ outcome: "returned" }));
    expect(sent).toMatchObject({ outcome: "screened_out", paid: usd(0.2), bonus: usd(0.2) });
    expect(decided(sent, later("returned", { bonus: usd(0.2) }), DAY)).toBe(sent);
  });
});

describe("a decision taken back", () => {
  test("from paid to rejected takes the pay along, and the bonus", () => {
    const both = [later("paid", { paid: usd(1), bonus: usd(0.5) }), later("rejected")];
    expect(seen(both)).toMatchObject({ outcome: "rejected", paid: null, bonus: null, revision: 3 });
  });

  test("from rejected to approved brings it", () => {
    const both = [later("rejected"), later("approved", { paid: usd(1) })];
    expect(seen(both)).toMatchObject({ outcome: "approved", paid: usd(1), revision: 3 });
  });

  test("is the latest by the site's own dates, whichever page is opened last", () => {
    const rejected = later("rejected", { decided_on: "2026-11-25" });
    const approved = later("approved", { paid: usd(1), decided_on: "2026-11-24" });
    expect(seen([approved, rejected, approved])).toMatchObject({
      outcome: "rejected",
      told_on: "2026-11-25",
    });
    expect(seen([rejected, approved])).toMatchObject({ outcome: "rejected", decided_on: "2026-11-25" });
  });

  test("without dates is the one seen last", () => {
    expect(seen([later("approved"), later("rejected")]).outcome).toBe("rejected");
  });
});

test("the site's date counts, unless it cannot be", () => {
  expect(seen([later("approved", { decided_on: "2026-11-24" })]).decided_on).toBe("2026-11-24");
  expect(seen([later("approved", { decided_on: "2026-11-02" })]).decided_on).toBe(DAY);
  expect(seen([later("approved", { decided_on: "2027-01-01" })]).decided_on).toBe(DAY);
});

test("what the worker set by hand stays against what pages said before, bonus or not", () => {
  const said = later("approved", { paid: usd(1), bonus: usd(0.5) });
  const own = record({ outcome: "paid", paid: usd(3), overruled: { outcome: "approved", paid: usd(1.5) } });
  expect(decided(own, said, DAY)).toBe(own);
});

test("a hundred views of pages that agree make one revision", () => {
  const views = Array.from({ length: 100 }, () => later("approved", { paid: usd(1), bonus: usd(0.5) }));
  expect(seen(views).revision).toBe(2);
});

describe("pay that the site changes", () => {
  test("keeps what it was before and until when: part now, part once quality passed, then taken back", () => {
    const first = decided(record(), later("approved", { paid: usd(7) }), "2026-11-24");
    const second = decided(first, later("paid", { paid: usd(20), decided_on: "2026-11-25" }), "2026-11-26");
    const last = decided(second, later("rejected"), "2026-11-28");
    expect(first.earlier_pay).toBeUndefined();
    expect([last.paid, last.earlier_pay]).toEqual([
      null,
      [
        { until: "2026-11-25", paid: usd(7) },
        { until: "2026-11-28", paid: usd(20) },
      ],
    ]);
  });

  test("that is said again keeps nothing twice", () => {
    const first = decided(record(), later("approved", { paid: usd(7) }), "2026-11-24");
    const second = decided(first, later("paid", { paid: usd(7) }), "2026-11-26");
    expect(second.earlier_pay).toBeUndefined();
  });
});
