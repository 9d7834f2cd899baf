/** Selectors of one element, the most lasting first: ids and data attributes that people chose, roles, meaning, and at the very last its place. */

import { chosenStart, isChosenAttribute, isGenerated, trustOf } from "../../core/teach/stable";

/** Tags that say what a thing is. */
const MEANING = new Set(
  "h1 h2 h3 h4 h5 h6 table tbody main article form time dl dt dd nav strong em label legend summary ul ol li tr td th section aside a button".split(
    " ",
  ),
);
/** Tags that say nothing at all. */
const MEANINGLESS = new Set(["div", "span", "p"]);
const MOST_LEVELS = 7;
const TESTIDS = ["data-testid", "data-test-id", "data-test", "data-qa", "data-cy"];
const NAMING = ["itemprop", "name", "role"];

/** How an element may be called by itself, the most trusted first. Nothing here names a hashed class. */
export function namesOf(element: Element): string[] {
  const tag = element.localName;
  const attributes = [...TESTIDS, ...chosenAttributes(element), ...NAMING].flatMap((name) => {
    const value = element.getAttribute(name);
    return value === null ? [] : namedBy(tag, name, value);
  });
  const id = element.id !== "" && !isGenerated(element.id) ? [`#${element.id}`] : [];
  const classes = Array.from(element.classList);
  const trusted = (trust: "chosen" | "plausible"): string[] =>
    classes.filter((one) => trustOf(one) === trust).map((one) => `${tag}.${one}`);
  const links = linkOf(element);
  const meaning = MEANING.has(tag) ? [tag] : [];
  const bare = MEANING.has(tag) || MEANINGLESS.has(tag) ? [] : [tag];
  return [
    ...id,
    ...attributes,
    ...trusted("chosen"),
    ...links,
    ...spoken(element),
    ...meaning,
    ...trusted("plausible"),
    ...bare,
  ];
}

function chosenAttributes(element: Element): string[] {
  return element.getAttributeNames().filter((name) => !TESTIDS.includes(name) && isChosenAttribute(name));
}

/** By its value where people chose it; by the value's beginning where the rest counts; else by having the attribute at all. */
function namedBy(tag: string, name: string, value: string): string[] {
  if (!isGenerated(value)) return [`${tag}[${name}="${value}"]`];
  const start = chosenStart(value);
  if (start !== null) return [`${tag}[${name}^="${start}"]`];
  return TESTIDS.includes(name) || NAMING.includes(name) ? [] : [`${tag}[${name}]`];
}

/** Where a link or a form goes: the chosen beginning of its path, "/jobs/8812" → "/jobs/"; and kinds of input. */
function linkOf(element: Element): string[] {
  const tag = element.localName;
  const type = element.getAttribute("type");
  const typed = (tag === "button" || tag === "input") && type !== null ? [`${tag}[type="${type}"]`] : [];
  for (const name of ["href", "action"]) {
    const value = element.getAttribute(name);
    if (value === null || !value.startsWith("/")) continue;
    const path = value.split(/[?#]/)[0] ?? "";
    const parts = path.split("/").filter((part) => part !== "");
    const [first] = parts;
    if (first === undefined || trustOf(first) === "none") continue;
    const last = parts.at(-1) ?? "";
    const ending =
      parts.length > 2 && trustOf(last) !== "none"
        ? [`${tag}[${name}^="/${first}/"][${name}$="/${last}"]`]
        : [];
    const whole = parts.length === 1 ? [`${tag}[${name}="${path}"]`] : [`${tag}[${name}^="/${first}/"]`];
    return [...ending, ...whole, ...typed];
  }
  return typed;
}

/** What a screen reader is told; in one language only, so it comes late. */
function spoken(element: Element): string[] {
  const label = element.getAttribute("aria-label") ?? "";
  if (label.length < 3 || label.length > 40 || /["\\\d]/.test(label)) return [];
  return [`${element.localName}[aria-label="${label}"]`];
}

/** The place of `element` below `top`, step by step. */
export function placeBelow(element: Element, top: Element): string {
  const steps: string[] = [];
  for (let one: Element | null = element; one !== null && one !== top; one = one.parentElement) {
    const parent: Element | null = one.parentElement;
    const place = parent === null ? 1 : Array.from(parent.children).indexOf(one) + 1;
    steps.unshift(`${one.localName}:nth-child(${place})`);
  }
  return steps.join(" > ");
}

/**
 * Selectors that might find `element` below `top`, the most lasting first: its own names, then its names below those of what it
 * stands in, then its place below what it stands in, then its place alone.
 */
export function selectorsBelow(element: Element, top: Element | null): string[] {
  const own = namesOf(element);
  const around: Element[] = [];
  for (let one = element.parentElement; one !== null && one !== top && around.length < MOST_LEVELS; ) {
    around.push(one);
    one = one.parentElement;
  }
  const named = around.map((one) => ({ one, names: namesOf(one).slice(0, 3) }));
  const below = named.flatMap(({ names }) => names.flatMap((name) => own.map((mine) => `${name} ${mine}`)));
  const placed = named.flatMap(({ one, names }) =>
    names.map((name) => `${name} > ${placeBelow(element, one)}`),
  );
  const root = top ?? element.ownerDocument.body;
  const bare = element === root ? [] : [`:scope > ${placeBelow(element, root)}`];
  const last = top === null ? bare.map((one) => one.replace(":scope", "body")) : bare;
  return [...new Set([...own, ...below, ...placed, ...last])];
}

/** The first selector by which `root` finds `element` first, and that `fits` agrees to. */
export function selectorOf(
  element: Element,
  root: Document | Element,
  fits: (selector: string) => boolean = () => true,
): string | null {
  const top = "documentElement" in root ? null : root;
  const found = selectorsBelow(element, top).filter(
    (one) => one.length <= 280 && root.querySelector(one) === element,
  );
  return found.find(fits) ?? null;
}
