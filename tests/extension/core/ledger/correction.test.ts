import { describe, expect, test } from "vitest";
import { corrected, guesses, isFar, mostSeconds, rounded } from "../../../../extension/src/core/ledger/correction";
import { decided } from "../../../../extension/src/core/ledger/apply_outcome";
import { NOON, record } from "../../world";
import { TODAY, usd } from "./terms";

const open = (minutes: number) => ({ claimed_at: NOON, ended_at: NOON + minutes * 60_000 });

describe("the time of a task", () => {
  test("may be said with one tap", () => {
    expect(guesses(record({ ...open(30), active_seconds: 700 }))).toEqual([360, 720, 1080, 1380, 1800]);
    expect(guesses(record({ ...open(1), active_seconds: 20 }))).toEqual([10, 20, 30, 40, 60]);
  });

  test("that was measured is always among the answers, and no other is longer than the task was open", () => {
    for (let seconds = 1; seconds < 1200; seconds += 7) {
      for (const spare of [0, 1, 25, 600]) {
        const open_seconds = seconds + spare;
        const times = { claimed_at: NOON, ended_at: NOON + open_seconds * 1000, active_seconds: seconds };
        for (const end_imputed of [false, true]) {
          const choices = guesses(record({ ...times, end_imputed }));
          expect(choices).toContain(rounded(seconds));
          for (const one of choices) expect(one === rounded(seconds) || one <= open_seconds).toBe(true);
        }
      }
    }
  });

  test("that is half or double the measured one is far from it", () => {
    expect([250, 500, 900, 1000].map((seconds) => isFar(seconds, 500))).toEqual([true, false, false, true]);
  });

  test("is never longer than the task was open, nor than a day's work, nor nothing", () => {
    expect(corrected(record(open(10)), { seconds: 9999 }, TODAY).corrected_seconds).toBe(600);
    expect(corrected(record(open(10)), { seconds: -5 }, TODAY).corrected_seconds).toBe(1);
    expect(mostSeconds(record(open(10_000)))).toBe(14 * 3600);
  });

  test("may be longer than what was seen where nobody saw the end", () => {
    const cut = record({ ...open(10), end_imputed: true });
    expect(corrected(cut, { seconds: 4 * 3600 }, TODAY).corrected_seconds).toBe(4 * 3600);
  });

  test("that is no number changes nothing", () => {
    const before = record(open(10));
    expect(corrected(before, { seconds: Number.NaN }, TODAY)).toBe(before);
  });

  test("goes back to the measured one", () => {
    const said = corrected(record(open(10)), { seconds: 300 }, TODAY);
    expect(corrected(said, { seconds: null }, TODAY)).toMatchObject({ corrected_seconds: null, revision: 3 });
    expect(corrected(said, { seconds: 300 }, TODAY)).toBe(said);
  });
});

describe("what it paid", () => {
  test("may be set by hand, in the currency it was listed in", () => {
    const said = corrected(record(), { outcome: "paid", paid: { micros: 300_000, currency: "EUR" } }, TODAY);
    expect(said).toMatchObject({ outcome: "paid", paid: usd(0.3), decided_on: TODAY, revision: 2 });
  });

  test("keeps the currency in which a site says that it paid, and what came in others", () => {
    const euros = { micros: 300_000, currency: "EUR" };
    const pounds = { micros: 50_000, currency: "GBP" };
    const told = { outcome: "paid", paid: euros, is_of_site: true, other_paid: [pounds], paid_seconds: 90 } as const;
    const said = corrected(record(), { ...told, other_paid: [pounds] }, TODAY);
    expect(said).toMatchObject({ paid: euros, other_paid: [pounds], paid_seconds: 90 });
    expect(corrected(said, { ...told, other_paid: [pounds] }, TODAY)).toBe(said);
    expect(corrected(said, { outcome: "returned" }, TODAY)).not.toHaveProperty("other_paid");
  });

  test("stays in its currency when only the time is corrected", () => {
    const euros = { micros: 300_000, currency: "EUR" };
    const kept = record({ ...open(30), active_seconds: 700, outcome: "paid", paid: euros });
    expect(corrected(kept, { seconds: 600 }, TODAY)).toMatchObject({ paid: euros, corrected_seconds: 600 });
  });

  test("is nothing for work that was never handed in", () => {
    expect(corrected(record(), { outcome: "returned", paid: usd(1) }, TODAY).paid).toBeNull();
  });

  test("is not overruled by a page that says again what it said before, but by news", () => {
    const approved = decided(record(), { attempt: "a-1", outcome: "approved", paid: usd(2) }, TODAY);
    const said = corrected(approved, { outcome: "rejected", paid: null }, TODAY);
    expect(decided(said, { attempt: "a-1", outcome: "approved", paid: usd(2) }, TODAY)).toBe(said);
    const paid = decided(said, { attempt: "a-1", outcome: "paid", paid: usd(2) }, TODAY);
    expect(paid).toMatchObject({ outcome: "paid", paid: usd(2), overruled: null });
  });

  test("stays as the worker said it while a page only says that it was approved", () => {
    const said = corrected(record(), { outcome: "approved", paid: usd(0.3) }, TODAY);
    expect(decided(said, { attempt: "a-1", outcome: "approved", paid: null }, TODAY).paid).toEqual(usd(0.3));
  });
});
