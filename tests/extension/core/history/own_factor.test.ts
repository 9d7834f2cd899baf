import { expect, test } from "vitest";
import { ownFactor } from "../../../../extension/src/core/history/own_factor";
import golden from "../../../fixtures/wire/own_factor.json";

interface Case {
  words: string;
  s_b: number;
  sigma_e: number;
  deviations: Record<string, number[]>;
  anywhere: number;
  by_title: Record<string, number>;
  is_shown: boolean;
}

test.each(golden as unknown as Case[])("the golden figures come out: $words", ({ deviations, ...given }) => {
  const found = ownFactor(deviations, given);
  expect(found.anywhere).toBeCloseTo(given.anywhere, 10);
  expect(found.is_shown).toBe(given.is_shown);
  expect(Object.keys(found.by_title).toSorted()).toEqual(Object.keys(given.by_title).toSorted());
  for (const [title, factor] of Object.entries(given.by_title)) expect(found.by_title[title]).toBeCloseTo(factor, 10);
});
