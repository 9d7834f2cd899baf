/** Tables that stay tables for a screen reader when a narrow screen shows each row as a card. */

import { h } from "../panel/element";

export interface Column<Row> {
  name: string;
  cell: (row: Row) => string | Node;
  /** Numbers stand at the end of their column. */
  isNumber?: boolean;
}

/** The first column names its row. */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): HTMLElement {
  const head = columns.map(({ name, isNumber }) =>
    h("th", { scope: "col", role: "columnheader", ...(isNumber ? { class: "end" } : {}) }, name),
  );
  return h(
    "table",
    { role: "table", class: "cards" },
    h("caption", { class: "unseen" }, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...head)),
    h("tbody", { role: "rowgroup" }, ...rows.map((row) => line(columns, row))),
  );
}

function line<Row>(columns: readonly Column<Row>[], row: Row): HTMLElement {
  const cells = columns.map(({ name, cell, isNumber }, place) => {
    const made = cell(row);
    if (place === 0) return h("th", { scope: "row", role: "rowheader", dir: "auto" }, made);
    return h("td", { role: "cell", "data-name": name, class: isNumber ? "end number" : "" }, made);
  });
  return h("tr", { role: "row" }, ...cells);
}

/** The table with its first `most` rows, and a button for the rest. */
export function longTable<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  most: number,
  words: string,
): HTMLElement[] {
  const made = table(caption, columns, rows.slice(0, most));
  if (rows.length <= most) return [made];
  const button = h("button", { type: "button" }, words);
  button.addEventListener("click", () => {
    made.querySelector("tbody")?.append(...rows.slice(most).map((row) => line(columns, row)));
    button.remove();
  });
  return [made, button];
}
