/** Which attributes a pack's readings rest on: only their changes are worth a look. */

import type { Pack } from "../generated/contract";

export function attributesOf(pack: Pack): string[] {
  const found = new Set<string>();
  collect([pack.pages, pack.signals], found);
  return Array.from(found).sort();
}

/** Attributes named as such, and those that stand in brackets in a selector. */
function collect(value: unknown, found: Set<string>): void {
  if (typeof value === "string") {
    for (const [, name] of value.matchAll(/\[([a-zA-Z][\w:-]*)/g)) if (name !== undefined) found.add(name);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (key === "attribute" && typeof inner === "string") found.add(inner);
      else collect(inner, found);
    }
  }
}
