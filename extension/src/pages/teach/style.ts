/** How the teaching panel and its frames look: own colours on an own ground, readable on any page. */

export const SHEET = `
:host { all: initial !important; }
* { box-sizing: border-box; }
.frames { position: fixed; inset: 0; pointer-events: none; z-index: 2147483646; }
.frame { position: fixed; border-radius: 5px; pointer-events: none; border: 2px solid #1f6f5c; }
.frame.row { border: 1.5px dashed #1f6f5c; }
.frame.title { border-color: #1b3fae; background: rgb(27 63 174 / 10%); }
.frame.pay { border-color: #8a4b08; background: rgb(201 140 20 / 14%); }
.frame.client { border-color: #7b2d8b; background: rgb(123 45 139 / 10%); }
.frame.press { border-color: #b3261e; background: rgb(179 38 30 / 8%); }
.frame.hover { border-color: #2f6fde; border-style: solid; box-shadow: 0 0 0 2px rgb(255 255 255 / 80%); }
.panel { --ground: #fff; --ink: #1d2521; --soft: #5c6861; --line: #dcdbd3; --mark: #1f6f5c; --mark-ink: #fff; --warn: #8a4b08;
  color-scheme: light; position: fixed; inset-block-end: 14px; inset-inline-end: 14px; z-index: 2147483647;
  inline-size: min(360px, calc(100vw - 28px)); max-block-size: min(78vh, 640px); overflow: auto; padding: 14px 16px;
  border: 1px solid var(--line); border-radius: 14px; background: var(--ground); color: var(--ink);
  box-shadow: 0 12px 40px rgb(10 15 12 / 32%); font: 400 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  text-align: start; letter-spacing: normal; }
.panel.away { inset-inline: 14px auto; }
@media (prefers-color-scheme: dark) {
  .panel { --ground: #1d2320; --ink: #e8ece9; --soft: #a3afa8; --line: #3d4641; --mark: #58b592; --mark-ink: #0d1512; --warn: #e8b36a; color-scheme: dark; }
}
.panel > * + * { margin-block-start: 10px; }
h2, h3, p, ul, table { margin: 0; padding: 0; }
.head { display: flex; align-items: center; gap: 8px; }
.head h2 { flex: 1; font-size: 13px; font-weight: 650; color: var(--soft); }
h3 { font-size: 17px; line-height: 1.3; font-weight: 650; }
h3:focus { outline: none; }
.soft { color: var(--soft); font-size: 13px; }
.warn { color: var(--warn); font-weight: 550; }
.warn:empty, .said:empty { display: none; }
button { font: inherit; color: var(--mark); background: none; border: 1px solid var(--line); border-radius: 8px; padding: 4px 11px; cursor: pointer; text-align: start; }
button:hover { border-color: var(--mark); }
button.main { background: var(--mark); color: var(--mark-ink); border-color: var(--mark); font-weight: 600; }
button.small { padding: 2px 8px; font-size: 13px; }
button:disabled { opacity: .45; cursor: default; }
button[aria-pressed="true"] { border-color: var(--mark); box-shadow: inset 0 0 0 1px var(--mark); }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; }
.choices { display: flex; flex-wrap: wrap; gap: 6px; max-block-size: 150px; overflow: auto; padding: 2px; list-style: none; }
.choices button { max-inline-size: 100%; overflow-wrap: anywhere; font-size: 13px; padding: 2px 8px; }
summary { cursor: pointer; color: var(--mark); font-size: 13px; }
details > :not(summary) { margin-block-start: 8px; }
.rows { max-block-size: 190px; overflow: auto; border: 1px solid var(--line); border-radius: 8px; }
table { inline-size: 100%; border-collapse: collapse; font-size: 13px; }
th { text-align: start; color: var(--soft); font-weight: 550; }
th, td { padding: 4px 8px; vertical-align: top; overflow-wrap: anywhere; }
tr + tr td, thead + tbody td { border-block-start: 1px solid var(--line); }
td.number, th.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 12px; }
label { display: grid; gap: 2px; font-size: 13px; color: var(--soft); min-inline-size: 0; }
select { font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--line); border-radius: 8px; padding: 4px 6px; min-inline-size: 0; inline-size: 100%; }
[hidden] { display: none !important; }
`;
