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
  const format = RIGHT_TO_LEFT.test(locale) ? { format: (amount: number) => isolated(made, amount) } : made;
  formats.set(name, format);
  return format;
}

/** "US$" keeps its order inside a line that runs from right to left. */
function isolated(format: Intl.NumberFormat, amount: number): string {
  const parts = format.formatToParts(amount).map(({ type, value }) => {
    const isNamed = type === "currency" && /\p{Script=Latin}/u.test(value);
    return isNamed ? `${FIRST_ISOLATE}${value}${END_OF_ISOLATE}` : value;
  });
  return parts.join("");
}
