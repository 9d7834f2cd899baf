/** In which order the first page lists the sites. */

import { expect, test } from "vitest";
import { bundled } from "../../../../extension/src/core/packs/packs";
import { byUse } from "../../../../extension/src/pages/consent/sites";

test("live markets come first, and one that is closed and only hands out histories comes last", () => {
  const closed = (slug: string): boolean =>
    bundled.some((pack) => pack.slug === slug && pack.exports.some(({ until }) => until !== null));
  const slugs = byUse(bundled).map(({ slug }) => slug);
  expect(slugs).toHaveLength(bundled.length);
  expect(closed("mturk")).toBe(true);
  const first = slugs.findIndex(closed);
  expect(slugs.slice(first).every(closed)).toBe(true);
  expect(slugs.at(-1)).toBe("mturk");
});
