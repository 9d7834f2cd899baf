import { expect, test } from "vitest";
import { observationOf } from "../../../extension/src/core/outbox/observation";
import { cut } from "../../../extension/src/core/text";
import { record, task } from "../world";

test("a text is cut between letters, never through one", () => {
  expect(cut("ab😀cd", 3)).toBe("ab😀");
  expect(cut("abcd", 3)).toBe("abc");
  expect(cut("😀".repeat(3), 3)).toBe("😀😀😀");
});

test("half a letter that a page wrote becomes the sign for an unknown one", () => {
  expect(cut("a\ud83d", 9)).toBe("a\ufffd");
});

test("an observation holds no half letter anywhere", () => {
  const title = `${"x".repeat(299)}😀 and more`;
  const client = { id: "c\ude00", name: `${"y".repeat(299)}😀😀` };
  const told = observationOf(record({ task: task({ task: { id: null, title }, client }) }));
  expect(told?.task.title).toBe(`${"x".repeat(299)}😀`);
  expect(told?.client).toEqual({ id: null, name: `${"y".repeat(299)}😀` });
  expect(JSON.stringify(told)).not.toMatch(/\\ud[89ab]/i);
});
