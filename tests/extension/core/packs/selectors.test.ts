import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import type { Pack } from "../../../../extension/src/generated/contract";
import { laidOver } from "../../../../extension/src/core/packs/apply_update";
import { takesSelectors } from "../../../../extension/src/core/packs/selectors";
import { stands } from "../../../../extension/src/core/packs/is_balanced_selector";
import { practice, update } from "./update";

const { document } = parseHTML("<html><body></body></html>");
/** As browsers do, and the document of this test does not always. */
const strict = {
  createDocumentFragment: () => ({
    querySelector: (selector: string) => {
      if (selector.includes(":nonsense")) throw new SyntaxError("no selector");
      return document.querySelector("nothing");
    },
  }),
} as unknown as Document;
const withRows = (rows: string): Pack =>
  laidOver(practice, update({ values: { "pages.listing.listing.rows": rows } }));

test("a pack is read only where the browser takes each of its selectors", () => {
  expect(takesSelectors(strict, practice)).toBe(true);
  expect(takesSelectors(strict, withRows("li:nonsense"))).toBe(false);
});

test.each(["a", "a > b", "[x='(']", "a:not(.b, .c)", String.raw`.a\:b`, "li[data-testid^='study-']"])(
  "%s stands",
  (one) => {
    expect(stands(one)).toBe(true);
  },
);

test.each(["", " , ", "a[", "a)", "a(]", "a{}", "a;b", "@import", "<b>", "a'", String.raw`a\ `.trim()])(
  "%j does not stand",
  (one) => {
    expect(stands(one)).toBe(false);
  },
);
