import { expect, test } from "vitest";
import { decided } from "../../../../extension/src/core/ledger/apply_outcome";
import { record } from "../../world";

const later = (outcome: "approved" | "rejected" | "paid", micros: number | null = null) => {
  return { attempt: "a-1", outcome, paid: micros === null ? null : { micros, currency: "USD" } };
};

test("each step to being paid is a new revision", () => {
  const approved = decided(record(), later("approved"), "2026-11-24");
  const paid = decided(approved, later("paid", 350_000), "2026-11-25");
  expect([approved.revision, paid.revision, paid.decided_on, paid.paid?.micros]).toEqual([
    2,
    3,
    "2026-11-25",
    350_000,
  ]);
});

test("a rejection may be reversed, and an approval taken back", () => {
  expect(decided(record({ outcome: "rejected" }), later("approved"), "d").outcome).toBe("approved");
  expect(decided(record({ outcome: "approved" }), later("rejected"), "d").outcome).toBe("rejected");
});

test("what was paid is not merely approved by a page that is behind", () => {
  const paid = record({ outcome: "paid", paid: { micros: 1, currency: "USD" } });
  expect(decided(paid, later("approved"), "d")).toBe(paid);
});

test("a bonus is news", () => {
  const paid = record({ outcome: "paid", paid: { micros: 350_000, currency: "USD" } });
  expect(decided(paid, later("paid", 500_000), "d")).toMatchObject({
    revision: 2,
    paid: { micros: 500_000 },
  });
});
