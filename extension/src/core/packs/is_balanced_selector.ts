/** Whether a selector is closed: every bracket and quote of it, and nothing that ends a rule. The browser checks the rest. */

const QUOTED = /\\[\s\S]|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'/g;
const PAIRS: Record<string, string> = { ")": "(", "]": "[" };

export function stands(selector: string): boolean {
  const bare = selector.replace(QUOTED, "");
  if (/["'\\{};@<]/.test(bare) || bare.replace(/[ ,]/g, "") === "") return false;
  const opened: string[] = [];
  for (const letter of bare) {
    if (letter === "(" || letter === "[") opened.push(letter);
    else if (letter in PAIRS && opened.pop() !== PAIRS[letter]) return false;
  }
  return opened.length === 0;
}
