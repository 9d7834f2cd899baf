import { afterEach, expect, test, vi } from "vitest";
import { text } from "../../../extension/src/platform/browser";

afterEach(() => void vi.unstubAllGlobals());

function speak(direction: "ltr" | "rtl"): void {
  const getMessage = (key: string, gaps: string[] = []): string =>
    key === "@@bidi_dir" ? direction : [key, ...gaps].join(" ");
  vi.stubGlobal("chrome", { i18n: { getMessage } });
}

test("what fills a sentence from right to left keeps its own order", () => {
  speak("rtl");
  expect(text("site", "Prolific")).toBe("site \u2068Prolific\u2069");
  expect(text("people", "20–49")).toBe("people \u206620–49\u2069");
});

test("a sentence from left to right is filled as it is", () => {
  speak("ltr");
  expect(text("site", "Prolific", "20–49")).toBe("site Prolific 20–49");
});
