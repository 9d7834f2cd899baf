/**
 * What of an element's names survives a rebuild of the site: words that people chose. What tools make (hashes, counters,
 * framework marks) is left out, since it is another at the next load.
 */

/** Words that people give to parts of a list of work; a name that holds one of them is trusted most. */
const CHOSEN = new Set(
  `action actions active amount answer assignment author batch board body box brand budget button buyer campaign card cards cash cell
  client col column company container content cost count currency customer data description detail details duration earn earning
  earnings employer entry fee field footer form grid group header heading hit hits hour hourly info item items job jobs label line
  link list listing main meta minutes money name offer offers opportunity owner page panel pay paying payment payout posting price
  pricing project projects provider publisher queue rate record requester result results reward row rows salary section shift sponsor
  study studies submit subtitle summary survey surveys table tag task tasks tile time title topic unit user value wage widget work
  worker wrapper accept claim begin start take return reserve done finish complete submission work
  tarea tareas titulo pago precio cliente trabajo empresa tache titre prix paiement tarefa pagamento`
    .trim()
    .split(/\s+/),
);

/** States and places: true of one row now, of another later. */
const FLEETING = new Set(
  `active selected current open opened closed focus focused hover hovered visited disabled enabled loading loaded odd even first last
  new hidden visible show shown expanded collapsed checked dirty valid invalid animated fade in out is has sticky highlighted pressed`
    .trim()
    .split(/\s+/),
);

/** Classes that say how a thing looks and not what it is. */
const LOOKS =
  /^-?(m|p|mt|mb|ml|mr|mx|my|ms|me|pt|pb|pl|pr|px|py|ps|pe|w|h|min|max|gap|space|text|font|bg|border|rounded|shadow|flex|grid|inline|block|col|row|items|justify|self|content|order|z|top|left|right|bottom|inset|opacity|cursor|overflow|leading|tracking|transition|duration|ease|ring|divide|float|d|fw|fs|align|basis|grow|shrink|size|uppercase|truncate|relative|absolute|fixed|static|container|antialiased|underline|italic|hidden|sr)(-[a-z0-9.]+)+$|^(flex|grid|block|inline|relative|absolute|fixed|truncate|uppercase|italic|underline|antialiased|grow|shrink)$/;
/** Made by tools: emotion, styled-components, JSS, Svelte, Angular, Vue, CSS modules' tails, counters of component kits. */
const MADE =
  /^(css|sc|jss|jsx|svelte|ng|astro|emotion|tss|chakra|stylex|_?ngcontent|_?nghost|data-v|v|radix|headlessui|react-aria|mui|ember|ext-gen|yui|gwt-uid|aria)-?[_-]?[a-z0-9-]*\d[a-z0-9-]*$|^(css|sc|svelte|jsx|astro)-[a-zA-Z0-9]+$|^:.*:$|^_/;

export type Trust = "chosen" | "plausible" | "none";

/** How much a name (a class, an id, a value of `data-testid`) is trusted to stand there after the next rebuild. */
export function trustOf(name: string): Trust {
  if (name.length < 2 || name.length > 60 || /[^a-zA-Z0-9_-]/.test(name)) return "none";
  if (MADE.test(name) || LOOKS.test(name) || FLEETING.has(name.toLowerCase())) return "none";
  const words = wordsIn(name);
  if (/^is-|^has-/.test(name) || words.length === 0 || words.length > 8) return "none";
  if (!words.every(isWord)) return "none";
  return words.some((word) => CHOSEN.has(word.replace(/\d$/, ""))) ? "chosen" : "plausible";
}

/** "TaskCard__pay-amount" → task, card, pay, amount. */
export function wordsIn(name: string): string[] {
  return name
    .split(/[-_]+/)
    .flatMap((part) => part.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/))
    .map((word) => word.toLowerCase())
    .filter((word) => word !== "");
}

const KNOWN_SHORT = new Set([
  "id",
  "no",
  "of",
  "to",
  "by",
  "per",
  "btn",
  "nav",
  "tbl",
  "ttl",
  "hdr",
  "txt",
  "img",
  "lnk",
  "qty",
]);

/** Letters as a language has them: vowels among them, no digits but a short count at the end, no letters strewn about. */
function isWord(word: string): boolean {
  if (CHOSEN.has(word) || KNOWN_SHORT.has(word)) return true;
  const letters = word.replace(/\d{1}$/, "");
  if (letters.length < 3 || /\d/.test(letters)) return false;
  const vowels = (letters.match(/[aeiouy]/g) ?? []).length;
  const share = vowels / letters.length;
  return (
    share >= 0.2 &&
    share <= 0.7 &&
    !/[bcdfghjklmnpqrstvwxz]{5}|[jqxz][bcdfghjklmnpqrstvwxz]|[aeiou]{4}/.test(letters)
  );
}

/** A value that stands for this one thing among many: "task-8812", "65a0…", "3XK9". */
export function isGenerated(value: string): boolean {
  return trustOf(value) === "none";
}

/** The chosen beginning that such values share: "study-65a0…" → "study-". Null where there is none. */
export function chosenStart(value: string): string | null {
  const [, start] = /^([a-zA-Z]+(?:[-_:/][a-zA-Z]+)*[-_:/])[^/]*\w/.exec(value) ?? [];
  if (start === undefined) return null;
  const words = wordsIn(start.replace(/[:/]/g, "-"));
  return words.length > 0 && words.every(isWord) && words.some((word) => CHOSEN.has(word)) ? start : null;
}

/** Whether an attribute's name is one that a site's people chose: `data-testid`, `data-task-id`, not `data-v-3f2a`. */
export function isChosenAttribute(name: string): boolean {
  if (!/^data-[a-z][a-z-]*[a-z]$/.test(name)) return false;
  if (
    /^data-(react|reactroot|v-|s-|radix|headlessui|state|index|key|emotion|styled|ember|turbo|aos|testid$|test|qa|cy)/.test(
      name,
    )
  ) {
    return /^data-(testid|test|test-id|qa|cy)$/.test(name);
  }
  return wordsIn(name.slice("data-".length)).every(isWord);
}
