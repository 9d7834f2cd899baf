/** What amounts are counted in: a currency, and its millionth. */

export const MICROS = 1_000_000;
/** Those that a worker is offered; the first one first. */
export const CURRENCIES = [
  "USD",
  "EUR",
  "GBP",
  "INR",
  "PHP",
  "BRL",
  "MXN",
  "COP",
  "NGN",
  "KES",
  "PKR",
  "IDR",
  "CAD",
  "AUD",
];
