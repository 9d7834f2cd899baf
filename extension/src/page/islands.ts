/** JSON that a site puts into an element's attribute. It is the site's, so nothing in it is taken for granted. */

export interface IslandPlace {
  at: string;
  attribute: string;
  path: string | null;
}

const parsed = new WeakMap<Element, { text: string; value: unknown }>();

/** What the island holds at its path; undefined where it is missing or no JSON. */
export function island(root: ParentNode, place: IslandPlace): unknown {
  const element = root.querySelector(place.at);
  const text = element?.getAttribute(place.attribute);
  if (!element || typeof text !== "string") return undefined;
  const known = parsed.get(element);
  const value = known?.text === text ? known.value : parse(text);
  parsed.set(element, { text, value });
  return place.path === null ? value : follow(value, place.path);
}

/** The value at "a.b.0" below `value`; undefined where the path ends early. */
export function follow(value: unknown, path: string): unknown {
  let here = value;
  for (const step of path.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string, unknown>)[step];
  }
  return here;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
