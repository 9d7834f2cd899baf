/** Elements of our own pages. Words go in as text, never as markup. */

type Child = Node | string | null;

/** An element with attributes and children; a null child is left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Words with a dot between them, each in its own direction: a Latin name or a date scrambles no line of Arabic. */
export function apart(words: readonly (string | null | undefined)[]): (HTMLElement | string)[] {
  const shown = words.filter((one) => one !== null && one !== undefined && one !== "");
  return shown.flatMap((one, place) => [place > 0 ? " · " : "", h("bdi", {}, one ?? "")]);
}
