import { describe, expect, test } from "vitest";
import { tapped } from "../../../extension/src/core/tap/switch";
import { wrap } from "../../../extension/src/tap/wrap";
import { world } from "../world";

describe("a function with a listener before it", () => {
  test("is called and named as before, and keeps its place", () => {
    const hello = (name: string): string => `hello ${name}`;
    const view = { hello };
    const before = Object.getOwnPropertyDescriptor(view, "hello");
    const heard: unknown[] = [];
    wrap(view, "hello", (call, _self, args) => {
      heard.push(...args);
      return call();
    });
    expect(view.hello("you")).toBe("hello you");
    expect(heard).toEqual(["you"]);
    expect([view.hello.name, view.hello.length]).toEqual([hello.name, hello.length]);
    expect(Object.getOwnPropertyDescriptor(view, "hello")).toEqual({ ...before, value: view.hello });
  });

  test("throws the same error", () => {
    const failure = new RangeError("no");
    const broken = {
      go: () => {
        throw failure;
      },
    };
    wrap(broken, "go", (call) => call());
    expect(() => broken.go()).toThrow(failure);
  });

  test("is not hidden: no other function of the page changes, and its text says that it is not the browser's own", () => {
    const { toString } = Function.prototype;
    const view = { fetch: globalThis.fetch };
    wrap(view, "fetch", (call) => call());
    expect(Function.prototype.toString).toBe(toString);
    expect(String(view.fetch)).not.toBe(String(globalThis.fetch));
  });

  test("that is not there is left alone", () => {
    const empty = {};
    wrap(empty, "fetch", (call) => call());
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
