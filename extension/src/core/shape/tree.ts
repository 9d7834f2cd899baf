/**
 * The shape of a document: tags, classes, test ids, names of attributes, and where text stands. Never the text, never the value
 * of another attribute.
 */

import { parsed } from "../json";
import { keysOf } from "./keys";
import { plainName } from "./names";

const MOST_DEPTH = 16;
const MOST_LINES = 400;
/** What holds no shape of the site's own, or is another site's. */
const UNSEEN = ["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "SVG", "IFRAME", "OBJECT", "HEAD", "LINK", "META"];
const UNTOLD = ["class", "style", "id"];

/** Marks that a site's own tests find elements by: names like classes, and no text of the page. */
const TEST_IDS = ["data-testid", "data-test-id", "data-test", "data-qa"];

/** One line an element, by depth; siblings of one shape are told once. */
export function treeOf(root: Element): string[] {
  return linesOf(root, 0).slice(0, MOST_LINES);
}

function linesOf(element: Element, depth: number): string[] {
  const indent = " ".repeat(depth);
  const own = [`${indent}${headOf(element)}`, ...jsonOf(element).map((line) => `${indent}  ${line}`)];
  if (depth >= MOST_DEPTH) return own;
  const lines: string[] = [];
  let last = "";
  let isTold = false;
  for (const child of Array.from(element.children)) {
    if (lines.length >= MOST_LINES) break;
    if (UNSEEN.includes(child.tagName.toUpperCase())) continue;
    const shape = linesOf(child, depth + 1);
    const words = shape.join("\n");
    if (words !== last) lines.push(...shape);
    else if (!isTold) lines.push(`${indent} (and more of these)`);
    isTold = words === last;
    last = words;
  }
  return [...own, ...lines];
}

function headOf(element: Element): string {
  const name = element.tagName.toLowerCase();
  const tag = /^h[1-6]$/.test(name) ? name : plainName(name);
  const classes = unique(Array.from(element.classList, plainName)).map((name) => `.${name}`);
  const names = unique(
    Array.from(element.attributes)
      .filter(({ name }) => !UNTOLD.includes(name))
      .map(({ name, value }) => (TEST_IDS.includes(name) ? `${name}=${plainName(value)}` : plainName(name))),
  );
  const attributes = names.length === 0 ? "" : `[${names.join(" ")}]`;
  return `${tag}${classes.join("")}${attributes}${hasText(element) ? " text" : ""}`;
}

/** Attributes that hold JSON: the keys are the site's shape. */
function jsonOf(element: Element): string[] {
  return Array.from(element.attributes).flatMap(({ name, value }) => {
    const shape = /^\s*[[{]/.test(value) ? keysOf(parsed(value)) : null;
    return shape === null || shape === "nothing" ? [] : [`${plainName(name)} = ${shape}`];
  });
}

function hasText(element: Element): boolean {
  return Array.from(element.childNodes).some(
    (node) => node.nodeType === 3 && /\S/.test(node.textContent ?? ""),
  );
}

function unique(names: readonly string[]): string[] {
  return Array.from(new Set(names));
}
