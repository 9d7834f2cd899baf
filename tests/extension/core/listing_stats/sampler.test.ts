import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PageMessage } from "../../../../extension/src/core/messages";
import type { Found } from "../../../../extension/src/core/page/reader";
import { glances, LOOK_MS } from "../../../../extension/src/core/listing_stats/sampler";

type Glance = Extract<PageMessage, { kind: "glance" }>;

let view: EventTarget;
let said: Glance[];
let end: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  view = new EventTarget();
  said = [];
  end = new AbortController();
});

afterEach(() => {
  end.abort();
  vi.useRealTimers();
});

const row = (words: string) => ({ element: null, record: words }) as unknown as Found;

function glancing() {
  return glances({
    root: { visibilityState: "visible", defaultView: view } as unknown as Document,
    url: new URL("https://example.test/tasks?sort=new"),
    platform: "practice",
    told: ({ record }) => ({ words: record as unknown as string, left: String(record).length }),
    say: (message) => said.push(message as Glance),
    signal: end.signal,
  });
}

test("a look tells numbers, and no words", async () => {
  glancing()([row("Describe a photo"), row("Tag a song")]);
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(said).toHaveLength(1);
  expect(said[0]?.rows).toHaveLength(2);
  expect(said[0]?.left).toEqual([16, 10]);
  expect(said[0]?.rows.every(Number.isInteger)).toBe(true);
  expect(JSON.stringify(said)).not.toMatch(/photo|song/);
});

test("what follows the worker's hand is told as theirs, once", async () => {
  glancing()([row("a")]);
  view.dispatchEvent(new Event("scroll"));
  await vi.advanceTimersByTimeAsync(LOOK_MS * 2);
  expect(said.map(({ by_hand }) => by_hand)).toEqual([true, false]);
});

test("an empty listing and one of thousands are not looked at", async () => {
  const take = glancing();
  take([]);
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  take(Array.from({ length: 1001 }, (_, number) => row(`task ${number}`)));
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(said).toEqual([]);
});

test("nothing is looked at when the visit is over", async () => {
  glancing()([row("a")]);
  end.abort();
  await vi.advanceTimersByTimeAsync(LOOK_MS * 3);
  expect(said).toEqual([]);
});
