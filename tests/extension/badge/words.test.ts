import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Wording, wordsOf } from "../../../extension/src/badge/words";
import type { Rate } from "../../../extension/src/snapshot/rate";

interface Message {
  message: string;
  placeholders?: Record<string, { content: string }>;
}
const messages = JSON.parse(
  readFileSync(new URL("../../../extension/_locales/en/messages.json", import.meta.url), "utf8"),
) as Record<string, Message>;

/** The browser's own filling of a message; an unknown key is an error here. */
function text(key: string, ...substitutions: string[]): string {
  const found = messages[key];
  if (!found) throw new Error(`no message ${key}`);
  return found.message.replace(/\$(\w+)\$/g, (_, name: string) => {
    const content = found.placeholders?.[name.toLowerCase()]?.content ?? "";
    return substitutions[Number(content.slice(1)) - 1] ?? "";
  });
}

const wording: Wording = { floor_usd_per_hour: 7.25, text, locale: "en-US" };
const RATE: Rate = {
  level: "task",
  people: "10-19",
  effective_usd_per_hour: 3.1,
  low_usd_per_hour: 2.4,
  high_usd_per_hour: 4,
  task_usd_per_hour: 5.18,
  paid_share: 0.92,
  kept_share: 0.65,
  release: "2026-11-23.2",
  nature: "real",
};
const NO_RATE: Rate = {
  level: "none",
  people: null,
  effective_usd_per_hour: null,
  low_usd_per_hour: null,
  high_usd_per_hour: null,
  task_usd_per_hour: null,
  paid_share: null,
  kept_share: null,
  release: null,
  nature: null,
};

test("a figure says what, from how many people, how sure, of which day", () => {
  expect(wordsOf(RATE, wording)).toEqual({
    tone: "below",
    figure: "$3.10/h",
    basis: "10–19 people",
    headline:
      "10–19 people who did tasks like this one earned about $3.10/h. The true figure lies most likely between $2.40 and $4.00.",
    parts: [
      { label: "Work handed in, at the listed pay", value: "$5.18/h" },
      { label: "Share of it really paid", value: "× 92%" },
      { label: "Share of time on work handed in", value: "× 65%" },
      { label: "What an hour really paid", value: "$3.10/h" },
    ],
    notes: ["Figures of Nov 23, 2026."],
    isDemo: false,
  });
});

test("no data is said, with no figure at all", () => {
  const words = wordsOf(NO_RATE, wording);
  expect(words).toMatchObject({ tone: "none", figure: "no data yet", basis: null, parts: [], notes: [] });
  expect(JSON.stringify(words)).not.toMatch(/\$\d/);
});

describe("five to nine people", () => {
  const band = { ...RATE, people: "5-9", effective_usd_per_hour: null, task_usd_per_hour: null } as const;

  test.each([
    [2, 5, "below", "below $7.25/h"],
    [5, 9, "around", "around $7.25/h"],
    [7.25, 20, "above", "above $7.25/h"],
  ])("between %d and %d is %s the floor", (low, high, tone, figure) => {
    const words = wordsOf({ ...band, low_usd_per_hour: low, high_usd_per_hour: high }, wording);
    expect(words).toMatchObject({ tone, figure, basis: "5–9 people", parts: [] });
  });

  test("tell no number but the floor", () => {
    const words = JSON.stringify(
      wordsOf({ ...band, low_usd_per_hour: 2.22, high_usd_per_hour: 5.55 }, wording),
    );
    expect(new Set(words.match(/\$[\d.]+\d/g))).toEqual(new Set(["$7.25"]));
  });

  test("without an interval say nothing", () => {
    const words = wordsOf({ ...band, low_usd_per_hour: null, high_usd_per_hour: null }, wording);
    expect(words.figure).toBe("no data yet");
  });
});

test("a parent's figure is labelled as such and takes no side", () => {
  const words = wordsOf({ ...RATE, level: "platform", people: "50+" }, wording);
  expect(words).toMatchObject({ tone: "none", figure: "about $3.10/h", basis: "platform average" });
  expect(words.headline).toContain("estimate");
  const client = wordsOf({ ...RATE, level: "client" }, wording);
  expect(client.headline).toMatch(/^10–19 people who worked for this client earned about \$3\.10\/h/);
});

test("an interval on both sides of the floor is around it", () => {
  expect(wordsOf({ ...RATE, low_usd_per_hour: 2, high_usd_per_hour: 9 }, wording).tone).toBe("around");
  expect(wordsOf({ ...RATE, low_usd_per_hour: 8, high_usd_per_hour: 9 }, wording).tone).toBe("above");
});

test("demo data is marked", () => {
  const words = wordsOf({ ...RATE, nature: "demo" }, wording);
  expect(words.isDemo).toBe(true);
  expect(words.notes.at(-1)).toMatch(/^Demo data/);
});

test("money and dates follow the worker's language", () => {
  const words = wordsOf(RATE, { ...wording, locale: "de-DE" });
  expect(words.figure).toBe("3,10\u00a0$/h");
  expect(words.notes).toEqual(["Figures of 23.11.2026."]);
});

test("shares that are missing leave out how the figure is made", () => {
  expect(wordsOf({ ...RATE, kept_share: null }, wording).parts).toEqual([]);
});
