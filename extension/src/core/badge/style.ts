/** How badges look: one sheet for all of them. Own colours on an own ground, so that light and dark pages do alike. */

const SHEET = `
:host { all: initial !important; display: inline-block !important; vertical-align: middle !important;
  max-width: 100% !important;
  margin-inline: 6px 0 !important; line-height: 1 !important; }
.pill, .card { font: 500 12px/1.35 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  color: var(--ink); text-align: start; letter-spacing: normal; }
.pill { --ground: #f3f4f6; --edge: #c5cad3; --ink: #3d4450; --mark: #8a93a1;
  display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0 6px; margin: 0; padding: 2px 9px 2px 7px; max-width: 100%; box-sizing: border-box;
  border: 1px solid var(--edge); border-radius: 12px; background: var(--ground); cursor: help; white-space: nowrap; }
.pill:focus-visible { outline: 2px solid #2f6fde; outline-offset: 2px; }
.above { --ground: #e7f5ee; --edge: #97cfb2; --ink: #14523a; --mark: #1f8a5b; }
.around { --ground: #fdf5df; --edge: #e3c777; --ink: #614708; --mark: #b98a12; }
.below { --ground: #fceeea; --edge: #e8ab9b; --ink: #7c2a16; --mark: #c54f30; }
.none { border-style: dashed; font-weight: 400; }
.mark { flex: none; width: 8px; height: 8px; background: var(--mark); border-radius: 50%; }
.above .mark { border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.below .mark { border-radius: 0; clip-path: polygon(0 0, 100% 0, 50% 100%); }
.none .mark { background: none; border: 1.5px solid var(--mark); box-sizing: border-box; }
.figure { flex: none; font-weight: 650; font-variant-numeric: tabular-nums; }
.interval, .basis, .others { font-weight: 400; font-size: 11.5px; }
.interval { font-variant-numeric: tabular-nums; }
.side { font-weight: 550; }
.stance { flex: none; font-weight: 650; padding-inline-end: 6px; border-inline-end: 1px solid var(--edge); }
.stance::before { content: "★ "; color: #a97900; }
.avoid.stance::before { content: "✕ "; color: #b3261e; }
.demo { flex: none; font-size: 10px; font-weight: 650; padding: 0 5px; border-radius: 3px; background: #5b4bb4; color: #fff; }
.card { --ink: #20242b; position: fixed; inset: auto; margin: 0; padding: 12px 14px; width: max-content;
  max-width: min(25em, calc(100vw - 24px)); border: 1px solid #d5d9e0; border-radius: 10px; background: #fff;
  box-shadow: 0 8px 28px rgb(15 20 30 / 22%), 0 1px 3px rgb(15 20 30 / 18%); font-weight: 400; white-space: normal; }
.headline { margin: 0; font-weight: 550; }
.parts { display: grid; grid-template-columns: 1fr auto; gap: 3px 0; margin: 9px 0 0; padding: 8px 0 0;
  border-top: 1px solid #e6e9ee; font-variant-numeric: tabular-nums; }
.parts dt, .parts dd { margin: 0; }
.parts dd { text-align: end; padding-inline-start: 18px; }
.parts > :nth-last-child(-n+2) { font-weight: 650; margin-top: 2px; padding-top: 4px; border-top: 1px solid #e6e9ee; }
.further, .note { margin: 9px 0 0; }
.note { color: #596170; font-size: 11.5px; overflow-wrap: anywhere; }
.acts { display: flex; flex-wrap: wrap; gap: 6px; margin: 10px 0 0; padding: 10px 0 0; border-top: 1px solid #e6e9ee; }
.acts button { all: unset; padding: 3px 9px; border: 1px solid #c5cad3; border-radius: 7px; color: #24437f; font-weight: 550;
  font-size: 11.5px; cursor: pointer; }
.acts button:hover { border-color: #24437f; }
.acts button:focus-visible { outline: 2px solid #2f6fde; outline-offset: 1px; }
@media (forced-colors: active) { .mark { forced-color-adjust: none; } }
`;

const sheets = new WeakMap<Document, CSSStyleSheet>();

/** Dresses a shadow root in the document's one sheet. */
export function dress(shadow: ShadowRoot, root: Document): void {
  let sheet = sheets.get(root);
  if (!sheet) {
    sheet = new (root.defaultView ?? globalThis).CSSStyleSheet(); // a sheet of another document is not taken
    sheet.replaceSync(SHEET);
    sheets.set(root, sheet);
  }
  shadow.adoptedStyleSheets = [sheet];
}
