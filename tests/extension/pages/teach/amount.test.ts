import { expect, test } from "vitest";
import { amountIn } from "../../../../extension/src/pages/teach/amount";

test.each([
  ["$1.50", "$1.50", "", ""],
  ["€0,35", "€0,35", "", ""],
  ["1,50 €", "1,50 €", "", ""],
  ["Reward: £2.00 per task", "£2.00", "Reward:", "per task"],
  ["R$ 3,20/hora", "R$ 3,20", "", "/hora"],
  ["Pays 3.20 USD", "3.20 USD", "Pays", ""],
  ["₱120", "₱120", "", ""],
  ["5 tasks at $0.40", "$0.40", "5 tasks at", ""],
])("%s holds one amount", (text, written, before, after) => {
  expect(amountIn(text)).toMatchObject({ written, before, after, namesCurrency: true });
});

test.each(["0.35", "12", "1,20"])("%s could be pay, if the worker says in what", (text) => {
  expect(amountIn(text)).toMatchObject({ written: text, namesCurrency: false });
});

test.each(["Label street signs", "", "4 min", "$2.00 – $5.00", "points", "12 points", "2026-11-23", "50%"])(
  "%s holds none that could be told",
  (text) => expect(amountIn(text)).toBeNull(),
);
