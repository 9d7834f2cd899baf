/** The form in which the worker explains a file: its columns, its words, its units, with the first rows as they are understood. */

import { TIME_UNITS } from "../../core/imports/amounts";
import { type Choice, type Column, chosenFormat, type Format, withWords } from "../../core/imports/format";
import { type Answers, mannerOf, type Question } from "../../core/imports/manner";
import { previewOf } from "../../core/imports/preview";
import { folded, type Sheet } from "../../core/imports/sheet";
import { known } from "../../core/packs/packs";
import { plainWord } from "../../core/page/task";
import type { Told } from "../../generated/contract";
import { h } from "../panel/element";
import type { Writing } from "../panel/format";
import { field } from "./accounts";
import { previewPart } from "./history_preview";

/** `format` is null where the file is of no known kind; else only what it leaves open is asked. */
export interface Explained {
  sheet: Sheet;
  format: Format | null;
  writing: Writing;
}

const NEEDED: readonly Column[] = ["title", "paid", "day"];
const ASKED: readonly Column[] = [...NEEDED, "outcome", "seconds", "client_name", "bonus"];
const OUTCOMES: readonly Told[] = [
  "paid",
  "approved",
  "submitted",
  "rejected",
  "returned",
  "expired",
  "screened_out",
];
const MOST_WORDS = 20;
const EXAMPLE_LETTERS = 24;
const CURRENCIES = "USD EUR GBP INR PHP BRL MXN COP KES NGN EGP ZAR PKR BDT VND IDR".split(" ");

type Take = (format: Format, answers: Answers) => Promise<void>;

export function explainForm(explained: Explained, take: Take): HTMLElement {
  return new ExplainForm(explained, take).element;
}

class ExplainForm {
  readonly element: HTMLFormElement;
  private readonly columns = new Map<Column, HTMLSelectElement>();
  private readonly words = new Map<string, HTMLSelectElement>();
  private readonly asked: Record<
    "platform" | "outcome" | "time" | "currency" | "unit" | "day" | "mark",
    HTMLSelectElement
  >;
  private readonly meanings = h("div", { class: "columns", id: "history-words" });
  private readonly units = h("div", { class: "columns", id: "history-units" });
  private readonly view = h("div", { id: "history-preview", "aria-live": "polite" });

  constructor(
    private readonly explained: Explained,
    take: Take,
  ) {
    const { sheet, format, writing } = explained;
    const { text, locale } = writing;
    const names = new Intl.DisplayNames(locale, { type: "currency" });
    this.asked = {
      platform: select(
        "platform",
        known.map(({ slug, name }) => [slug, name]),
      ),
      outcome: select(
        "outcome-all",
        OUTCOMES.map((told) => [told, text(`outcome_${told}`)]),
      ),
      time: select(
        "time",
        choices(
          text,
          TIME_UNITS.map((unit) => [unit, text(`history_unit_${unit}`)]),
        ),
      ),
      currency: select(
        "currency",
        CURRENCIES.map((code) => [code, names.of(code) ?? code]),
      ),
      unit: select("money-unit", [
        ["major", text("history_money_major")],
        ["minor", text("history_money_minor")],
      ]),
      day: select(
        "day-order",
        choices(text, [
          ["day_first", text("history_day_first")],
          ["month_first", text("history_month_first")],
        ]),
      ),
      mark: select(
        "mark",
        choices(text, [
          [".", "1,234.56"],
          [",", "1.234,56"],
        ]),
      ),
    };
    this.asked.outcome.value = "submitted"; // nothing counts as paid because no column said so
    if (format === null)
      for (const column of ASKED) this.columns.set(column, columnSelect(column, sheet, writing));
    const button = h("button", { type: "submit", id: "history-take" }, text("history_take"));
    const columns = [...this.columns].map(([column, one]) => field(text(`history_column_${column}`), one));
    const platform = format === null ? [field(text("history_platform"), this.asked.platform)] : [];
    const first = h("div", { class: "columns" }, ...platform, ...columns);
    this.element = h("form", { class: "explain" }, first, this.meanings, this.units, this.view, button);
    this.element.addEventListener("change", ({ target }) => this.changed(target));
    this.element.addEventListener("submit", async (event) => {
      event.preventDefault();
      const format = this.format();
      if (format !== null) await take(format, this.answers());
    });
    this.redraw();
  }

  private changed(target: EventTarget | null): void {
    if (target === this.columns.get("outcome")) this.words.clear();
    this.redraw();
  }

  private redraw(): void {
    this.drawMeanings();
    const format = this.format();
    this.drawUnits(format);
    this.view.replaceChildren(
      ...(format === null
        ? []
        : [previewPart(this.explained.sheet, format, this.answers(), this.explained.writing)]),
    );
  }

  /** The words of the column of outcomes, each set to an outcome; without such a column, one for all. */
  private drawMeanings(): void {
    const { sheet, format, writing } = this.explained;
    const { text } = writing;
    const name = this.columns.get("outcome")?.value ?? "";
    if (format === null && name === "") {
      this.meanings.replaceChildren(field(text("history_all_outcome"), this.asked.outcome));
      return;
    }
    if (this.words.size > 0) return;
    const words = format === null ? wordsOf(sheet, name) : unknownWords(sheet, format);
    for (const [place, word] of words.entries()) {
      const options = OUTCOMES.map((told) => [told, text(`outcome_${told}`)] as const);
      const one = select(`word-${place}`, [["", text("history_leave_out")], ...options]);
      one.value = meaningOf(word) ?? "";
      this.words.set(word, one);
    }
    this.meanings.replaceChildren(
      ...[...this.words].map(([word, one]) => field(text("history_word", word), one)),
    );
  }

  /** Only what the chosen columns need; what the file leaves open has no value yet and must be answered. */
  private drawUnits(format: Format | null): void {
    const { sheet, writing } = this.explained;
    const { text } = writing;
    const { time, currency, unit, day, mark } = this.asked;
    if (format === null) {
      this.units.replaceChildren();
      return;
    }
    const { manner, open } = mannerOf(sheet, format, {});
    const settle = (one: HTMLSelectElement, question: Question, value: string | null): void => {
      one.toggleAttribute("required", true);
      if (one.value === "" && !open.has(question) && value !== null) one.value = value;
    };
    settle(time, "time", manner.time);
    settle(day, "day", manner.day);
    settle(mark, "mark", manner.mark ?? ".");
    const isWhole = this.explained.format === null;
    const hasTime = isWhole && (this.columns.get("seconds")?.value ?? "") !== "";
    const isNumbered = open.has("day") || manner.day !== null;
    this.units.replaceChildren(
      ...(hasTime ? [field(text("history_time_unit"), time)] : []),
      ...(isWhole
        ? [field(text("history_currency"), currency), field(text("history_money_unit"), unit)]
        : []),
      ...(isNumbered ? [field(text("history_day_order"), day)] : []),
      ...(isWhole || open.has("mark") ? [field(text("history_mark"), mark)] : []),
    );
  }

  /** Null while a column that is needed is not chosen. */
  private format(): Format | null {
    const { format, sheet } = this.explained;
    if (format !== null) return withWords(format, this.meaningsGiven());
    const pack = known.find(({ slug }) => slug === this.asked.platform.value);
    const columns = Object.fromEntries(
      [...this.columns].flatMap(([column, { value }]) => (value === "" ? [] : [[column, value]])),
    ) as Choice["columns"];
    if (
      pack === undefined ||
      sheet.rows.length === 0 ||
      NEEDED.some((column) => columns[column] === undefined)
    )
      return null;
    const words = this.meaningsGiven();
    return chosenFormat(pack, { columns, words, outcome: this.asked.outcome.value as Told });
  }

  /** Words without a meaning are left out. */
  private meaningsGiven(): Map<string, Told> {
    return new Map(
      [...this.words].flatMap(([word, { value }]) => (value === "" ? [] : [[word, value as Told]])),
    );
  }

  private answers(): Answers {
    const { time, currency, unit, day, mark } = this.asked;
    const of = <T extends string>({ value }: HTMLSelectElement): T | null =>
      value === "" ? null : (value as T);
    const isWhole = this.explained.format === null;
    return {
      ...(isWhole ? { time: of(time), currency: currency.value, is_minor: unit.value === "minor" } : {}),
      day: of(day),
      mark: of(mark),
    };
  }
}

function select(
  name: string,
  options: readonly (readonly [value: string, words: string])[],
): HTMLSelectElement {
  return h(
    "select",
    { id: `history-${name}` },
    ...options.map(([value, words]) => h("option", { value }, words)),
  );
}

function choices(
  text: Writing["text"],
  options: readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  return [["", text("history_choose_one")], ...options];
}

function columnSelect(column: Column, sheet: Sheet, { text }: Writing): HTMLSelectElement {
  const isNeeded = NEEDED.includes(column);
  const one = h("select", { id: `history-${column}`, ...(isNeeded ? { required: "" } : {}) });
  one.append(h("option", { value: "" }, isNeeded ? text("history_choose_one") : text("history_absent")));
  for (const name of sheet.names) one.append(h("option", { value: name }, `${name}${example(sheet, name)}`));
  return one;
}

function example(sheet: Sheet, name: string): string {
  const value = sheet.rows[0]?.cells.get(folded(name));
  return value === undefined ? "" : ` (${value.slice(0, EXAMPLE_LETTERS)})`;
}

/** Words of outcomes that a known format does not know. */
export function unknownWords(sheet: Sheet, format: Format): readonly string[] {
  return previewOf(sheet, format).left_out.unknown_outcome?.words ?? [];
}

/** The different words of a column, in the order in which they come. */
function wordsOf({ rows }: Sheet, name: string): string[] {
  const words = new Set<string>();
  for (const { cells } of rows) {
    const word = cells.get(folded(name));
    if (word !== undefined && words.size < MOST_WORDS) words.add(word);
  }
  return [...words];
}

/** What platforms that are known mean by a word, where they agree. */
function meaningOf(word: string): Told | null {
  const meanings = known.flatMap(({ exports }) =>
    exports.flatMap(({ outcomes }) =>
      outcomes
        .filter(({ words }) => words.some((one) => plainWord(one) === plainWord(word)))
        .map(({ outcome }) => outcome),
    ),
  );
  const [first = null] = meanings;
  return meanings.every((one) => one === first) ? first : null;
}
