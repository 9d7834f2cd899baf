import { describe, expect, test } from "vitest";
import { chosenStart, isChosenAttribute, trustOf } from "../../../../extension/src/core/teach/stable";

describe("names that a site's people chose", () => {
  test.each(["task-card", "TaskRow", "pay", "job_title", "reward-amount", "study", "tbl-tasks", "listing2"])(
    "%s is trusted most",
    (name) => expect(trustOf(name)).toBe("chosen"),
  );

  test.each(["kopfzeile", "salario", "montant"])("%s is a word, so it may be one", (name) =>
    expect(trustOf(name)).toBe("plausible"),
  );
});

test.each([
  ["css-1q2w3e", "emotion"],
  ["css-abcdef", "emotion without a digit"],
  ["css-1q2w3e-Title", "emotion with a label"],
  ["sc-bdVaJa", "styled-components"],
  ["kYxQwP", "styled-components' other class"],
  ["Card_title__3xK9p", "CSS modules"],
  ["_title_1x2y3_5", "CSS modules of another tool"],
  ["svelte-1abc2d", "Svelte"],
  ["jss123", "JSS"],
  [":r1:", "React's own ids"],
  ["radix-12", "a component kit's ids"],
  ["ember1234", "Ember"],
  ["task-8812", "an id of one among many"],
  ["65a000000000000000000001", "a database's id"],
  ["w-[13px]", "Tailwind made to measure"],
  ["md:flex", "Tailwind for a width"],
  ["px-4", "Tailwind"],
  ["text-sm", "Tailwind"],
  ["bg-white", "Tailwind"],
  ["is-open", "a state"],
  ["selected", "a state"],
  ["odd", "a place"],
])("%s is not trusted: %s", (name) => expect(trustOf(name)).toBe("none"));

test("the beginning that values of many rows share is kept where it is a word", () => {
  expect(chosenStart("study-65a000000000000000000001")).toBe("study-");
  expect(chosenStart("pay-x9f3k2")).toBe("pay-");
  expect(chosenStart("/jobs/8812")).toBeNull();
  expect(chosenStart("xqz-8812")).toBeNull();
  expect(chosenStart("8812")).toBeNull();
});

test("an attribute that a tool made or that changes is no name", () => {
  expect(["data-testid", "data-task-id", "data-field", "data-qa"].map(isChosenAttribute)).toEqual(
    Array(4).fill(true),
  );
  const made = [
    "data-v-3f2a1b",
    "data-reactid",
    "data-state",
    "data-index",
    "data-radix-item",
    "onclick",
    "data-x1",
  ];
  expect(made.map(isChosenAttribute)).toEqual(made.map(() => false));
});
