import { describe, expect, test } from "vitest";
import { disguise } from "../../../extension/src/tap/disguise";
import { tapped } from "../../../extension/src/core/tap/switch";
import { world } from "../world";

/** A window of its own, whose functions are not those of this process. */
function view() {
  const Mine = { prototype: { toString: Function.prototype.toString } };
  const made = {
    Function: Mine,
    Error,
    String,
    hello: function hello(name: string) {
      return `hello ${name}`;
    },
  };
  return made as unknown as Window & typeof globalThis & { hello: (name: string) => string };
}

describe("a function with somebody listening", () => {
  test("is called, named and written as before, and keeps its place", () => {
    const window = view();
    const original = window.hello;
    const before = Object.getOwnPropertyDescriptor(window, "hello");
    const { wrap } = disguise(window);
    const heard: unknown[] = [];
    wrap(window, "hello", (call, _self, args) => {
      heard.push(...args);
      return call();
    });
    expect(window.hello("you")).toBe("hello you");
    expect(heard).toEqual(["you"]);
    expect([window.hello.name, window.hello.length]).toEqual([original.name, original.length]);
    const written = window.Function.prototype.toString;
    expect(Reflect.apply(written, window.hello, [])).toBe(
      Reflect.apply(Function.prototype.toString, original, []),
    );
    expect(Reflect.apply(written, written, [])).toBe("function toString() { [native code] }");
    expect(() => Reflect.apply(written, {}, [])).toThrow(TypeError);
    expect(Object.getOwnPropertyDescriptor(window, "hello")).toEqual({ ...before, value: window.hello });
  });

  test("throws the same error", () => {
    const window = view();
    const failure = new RangeError("no");
    const broken = {
      go: () => {
        throw failure;
      },
    };
    disguise(window).wrap(broken, "go", (call) => call());
    expect(() => broken.go()).toThrow(failure);
  });

  test("that is not there is left alone", () => {
    const empty = {};
    disguise(view()).wrap(empty, "fetch", (call) => call());
    expect(empty).toEqual({});
  });
});

test("in quiet mode nobody listens, whatever was switched on", async () => {
  const { settings } = await world();
  await settings.taps.set({ acme: true });
  expect(await tapped(settings)).toEqual({ acme: true });
  await settings.is_quiet.set(true);
  expect(await tapped(settings)).toEqual({});
});
