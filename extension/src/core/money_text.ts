/** Amounts of money as the worker's language writes them. Pure. */

const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/;
const FIRST_ISOLATE = "\u2066"; // left-to-right
const END_OF_ISOLATE = "\u2069";

/** A way to write amounts of one currency; each takes longer to make than a badge, so they are kept. */
export interface MoneyFormat {
  format: (amount: number) => string;
}

const formats = new Map<string, MoneyFormat>();

export function moneyFormat(
  locale: string,
  currency: string,
  digits: Pick<Intl.NumberFormatOptions, "minimumFractionDigits" | "maximumFractionDigits"> = {},
): MoneyFormat {
  const { minimumFractionDigits: least, maximumFractionDigits: most } = digits;
  const name = `${locale} ${currency} ${least} ${most}`;
  const known = formats.get(name);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(locale, { style: "currency", currency, ...digits });
  const write = RIGHT_TO_LEFT.test(locale)
    ? (amount: number) => isolated(made, amount)
    : (amount: number) => made.format(amount);
  const format = { format: remembering(write) };
  formats.set(name, format);
  return format;
}

/** Amounts come again on other rows of a list, and writing one takes long. */
function remembering(write: (amount: number) => string): (amount: number) => string {
  const written = new Map<number, string>();
  return (amount) => {
    const known = written.get(amount);
    if (known !== undefined) return known;
    if (written.size >= MOST_WRITTEN) written.clear();
    const words = write(amount);
    written.set(amount, words);
    return words;
  };
}

const MOST_WRITTEN = 2_000;

/** "US$" keeps its order inside a line that runs from right to left. */
function isolated(format: Intl.NumberFormat, amount: number): string {
  const parts = format.formatToParts(amount).map(({ type, value }) => {
    const isNamed = type === "currency" && /\p{Script=Latin}/u.test(value);
    return isNamed ? `${FIRST_ISOLATE}${value}${END_OF_ISOLATE}` : value;
  });
  return parts.join("");
}
