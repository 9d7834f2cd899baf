import { expect, test } from "vitest";
import { difference } from "../../../extension/src/background/sites";

const script = (id: string, ...matches: string[]) => ({ id, matches });

test("scripts that stand as wanted are left alone, the others go or come", () => {
  const standing = [script("a", "https://a/*"), script("b", "https://b/*"), script("c", "https://c/*")];
  const wanted = [script("a", "https://a/*"), script("b", "https://new-b/*"), script("d", "https://d/*")];
  const { gone, added } = difference(wanted, standing);
  expect(gone).toEqual(["b", "c"]);
  expect(added.map(({ id }) => id)).toEqual(["b", "d"]);
});

test("a browser that forgot everything is told everything", () => {
  expect(difference([script("a", "https://a/*")], []).added).toHaveLength(1);
});
