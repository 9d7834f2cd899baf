/** What the popup says of the day. */

import { parseHTML } from "linkedom";
import { beforeEach, expect, test, vi } from "vitest";
import type { Figures, Today } from "../../../../extension/src/core/ledger/figures";
import { dayCard, offNote, warningsOf } from "../../../../extension/src/pages/popup/view";

const writing = { text: (key: string, ...gaps: string[]) => [key, ...gaps].join(" "), locale: "en-US" };
const FIGURES: Figures = {
  currency: "USD",
  tasks: 1,
  submitted: 1,
  pending: 0,
  unsubmitted: 0,
  active_seconds: 9,
  overhead_seconds: 7,
  earned_micros: 350_000,
  pending_micros: 0,
  task_per_hour: 140,
  effective_per_hour: 140,
  all_in_per_hour: 78.75,
  unpriced: 0,
};
const TODAY = {
  storage_failed: false,
  consent: { ledger: true, sharing: false },
  problem: null,
  refused: 0,
  unfit: [],
  unseen_ends: [],
  off: [],
  lost: [],
  shows_pay: false,
} as unknown as Today;

beforeEach(() => {
  const { document, Node } = parseHTML("<html><body></body></html>");
  vi.stubGlobal("document", document);
  vi.stubGlobal("Node", Node);
});

test("each rate stands under its own name: 9 s of work, and 7 s unpaid only in the all-in rate", () => {
  const card = dayCard(FIGURES, writing);
  expect(card.querySelector("#effective")?.textContent).toBe("$140.00");
  expect(card.querySelector(".headline")?.textContent).not.toContain("popup_all_in");
  const allIn = card.querySelector("#all-in");
  expect(allIn?.textContent).toContain("$78.75");
  expect(allIn?.parentElement?.textContent).toContain("popup_all_in");
});

test("without unpaid time there is no all-in rate beside the effective one", () => {
  expect(dayCard({ ...FIGURES, overhead_seconds: 0 }, writing).querySelector("#all-in")).toBeNull();
});

test("a site that the browser no longer allows is named, with a button that asks for it", () => {
  const lost = [{ name: "Acme", hosts: ["https://acme.example/*"] }];
  const [warning] = warningsOf({ ...TODAY, lost }, writing);
  expect(warning?.textContent).toContain("popup_lost Acme");
  expect(warning?.querySelector("button.allow")).not.toBeNull();
  expect(warningsOf(TODAY, writing)).toEqual([]);
});

test("with a site and no record, pay is shown and only timing is off", () => {
  expect(offNote({ ...TODAY, shows_pay: true }, writing).textContent).toBe("popup_untimed");
  expect(offNote(TODAY, writing).textContent).toBe("popup_off");
});
