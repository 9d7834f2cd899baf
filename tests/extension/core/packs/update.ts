/** An update of the practice pack that changes nothing yet. */

import type { Pack, PackUpdate } from "../../../../extension/src/generated/contract";
import { bundled } from "../../../../extension/src/core/packs/packs";

export const practice = bundled.find(({ slug }) => slug === "practice") as Pack;

export function update(changes: Partial<PackUpdate> = {}): PackUpdate {
  const { slug, version } = practice;
  const made = {
    slug,
    base: version,
    version: version + 1,
    published_on: "2026-11-23",
    why: "",
    is_off: false,
  };
  return { ...made, values: {}, ...changes };
}
