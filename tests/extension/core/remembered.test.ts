/** A look at a listing folds a title and hashes a name once, however often rows come again. */

import { expect, test, vi } from "vitest";
import { remembered } from "../../../extension/src/core/remembered";

test("what was made of a text is made once", () => {
  const make = vi.fn((text: string) => text.toUpperCase());
  const upper = remembered(make);
  expect([upper("a"), upper("b"), upper("a")]).toEqual(["A", "B", "A"]);
  expect(make).toHaveBeenCalledTimes(2);
});

test("memory stays bounded: beyond so many texts all are made again", () => {
  const make = vi.fn((text: string) => text.length);
  const length = remembered(make, 2);
  for (const text of ["a", "bb", "ccc", "ccc", "a"]) length(text);
  expect(make.mock.calls.map(([text]) => text)).toEqual(["a", "bb", "ccc", "a"]);
});
