/** Whether this browser takes every selector of a pack. Those that were built in are tested; those of an update are not. */

import type { Pack } from "../../generated/contract";

const NAMES = new Set(["at", "badge", "confirm", "form", "legend", "list", "present", "pressed", "rows"]);

export function takesSelectors(root: Document, pack: Pack): boolean {
  const nothing = root.createDocumentFragment();
  const takes = (value: unknown): boolean => {
    if (typeof value !== "object" || value === null) return true;
    return Object.entries(value).every(([name, inner]) => {
      if (typeof inner !== "string" || !NAMES.has(name)) return takes(inner);
      try {
        nothing.querySelector(inner);
        return true;
      } catch {
        return false;
      }
    });
  };
  return takes([pack.pages, pack.signals]);
}
