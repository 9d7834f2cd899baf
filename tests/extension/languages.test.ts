import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const EXTENSION = fileURLToPath(new URL("../../extension/", import.meta.url));
const LANGUAGES = ["ar", "es", "fil", "fr", "hi", "pt_BR", "sw"];
/** Said alike in another language: names, and signs that are no words. */
const ALIKE = /^(extension_name|badge_per_hour|rate_per_hour|duration_(hours|minutes|seconds))$/;

interface Message {
  message: string;
  placeholders?: Record<string, { content: string }>;
}
type Catalogue = Record<string, Message>;

function catalogue(language: string): Catalogue {
  return JSON.parse(readFileSync(`${EXTENSION}_locales/${language}/messages.json`, "utf8"));
}

/** Every gap of a message and what fills it: "$PEOPLE$" → "$1". */
function gaps({ message, placeholders }: Message): Record<string, string | undefined> {
  const named = [...message.matchAll(/\$(\w+)\$/g)].map(([, name]) => (name ?? "").toLowerCase());
  return Object.fromEntries(named.toSorted().map((name) => [name, placeholders?.[name]?.content]));
}

function sources(): string {
  const files = readdirSync(`${EXTENSION}src`, { recursive: true }) as string[];
  return files
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(`${EXTENSION}src/${path}`, "utf8"))
    .join("\n");
}

const english = catalogue("en");

test("there is a catalogue for every language we speak, and no other", () => {
  expect(readdirSync(`${EXTENSION}_locales`).toSorted()).toEqual([...LANGUAGES, "en"].toSorted());
});

describe.each(LANGUAGES)("%s", (language) => {
  const own = catalogue(language);

  test("says everything, and nothing that nobody asks for", () => {
    expect(Object.keys(own).toSorted()).toEqual(Object.keys(english).toSorted());
  });

  test("has the same gaps in every sentence, filled with the same", () => {
    const gapsOf = (of: Catalogue) =>
      Object.fromEntries(Object.entries(of).map(([key, message]) => [key, gaps(message)]));
    expect(gapsOf(own)).toEqual(gapsOf(english));
  });

  test("is translated, not copied", () => {
    const copied = Object.keys(english).filter(
      (key) => !ALIKE.test(key) && own[key]?.message === english[key]?.message,
    );
    expect(copied.filter((key) => !isInternational(language, key))).toEqual([]);
  });
});

/** Words that are written alike in two languages, looked at one by one. */
function isInternational(language: string, key: string): boolean {
  return (SAME_WORD[key] ?? []).includes(language);
}

const SAME_WORD: Record<string, string[]> = {
  consent_sites: ["fr", "pt_BR"],
  ledger_client: ["fr"],
  ledger_site: ["fil", "fr", "pt_BR"],
  overhead_messages: ["fr"],
  propose_no: ["es"],
  watch_client: ["fr"],
  watch_note_label: ["fr"],
  watch_platform: ["fil", "fr", "pt_BR"],
};

test("every gap of an English message is filled", () => {
  const open = Object.entries(english).flatMap(([key, message]) =>
    Object.entries(gaps(message)).flatMap(([name, content]) =>
      content === undefined ? [`${key}: ${name}`] : [],
    ),
  );
  expect(open).toEqual([]);
});

test("every sentence that the code names is in the catalogue", () => {
  const named = [...sources().matchAll(/\btext\(\s*"([a-z_0-9]+)"/g)].map(([, key]) => key ?? "");
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((key) => !(key in english))).toEqual([]);
});

test("the stores show the whole description", () => {
  const long = [...LANGUAGES, "en"].filter(
    (language) => (catalogue(language).extension_description?.message.length ?? 0) > 132,
  );
  expect(long).toEqual([]);
});
