/** A value as the JSON that goes out, one line a field, so that it is read at a glance. */

import { h } from "./element";

export function written(value: object | null, name: string): HTMLElement {
  return h("pre", { tabindex: "0", role: "region", "aria-label": name, dir: "ltr" }, json(value));
}

export function json(value: object | null): string {
  const lines = Object.entries(value ?? {}).map(([name, field]) => {
    return `  "${name}": ${JSON.stringify(field, null, 1).replace(/\n */g, " ")}`;
  });
  return `{\n${lines.join(",\n")}\n}`;
}
