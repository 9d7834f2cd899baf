/** A check box with its name and a plain sentence. */

import { h } from "./element";

export interface Choice {
  label: HTMLLabelElement;
  box: HTMLInputElement;
}

export function choice(id: string, isOn: boolean, name: string, note: string | null = null): Choice {
  const box = h("input", { type: "checkbox", id });
  box.checked = isOn;
  const label = h(
    "label",
    { class: "switch", for: id },
    box,
    h("strong", {}, h("bdi", {}, name)),
    note === null ? null : h("span", { class: "soft" }, note),
  );
  return { label, box };
}
