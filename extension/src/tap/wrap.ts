/** Puts a listener before a function of the browser. Nothing hides that: a page that looks can see it, and the settings say so. */

type Called = (this: unknown, ...args: unknown[]) => unknown;

/** Makes the call itself, and returns what the page gets. */
export type Listener = (call: () => unknown, self: unknown, args: unknown[]) => unknown;

const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;

/** Wraps `holder[name]`. Its name, length and properties stay, because pages work with them. */
export function wrap(holder: object, name: string, listener: Listener): void {
  const descriptor = getOwnPropertyDescriptor(holder, name);
  if (descriptor === undefined || typeof descriptor.value !== "function") return;
  const value = new Proxy(descriptor.value as Called, {
    apply: (original, self, args) => listener(() => apply(original, self, args), self, args),
  });
  defineProperty(holder, name, { ...descriptor, value });
}
