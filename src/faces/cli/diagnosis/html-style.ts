/** How the HTML report looks: fonts of the machine, light and dark, and readable on paper. */

export const REPORT_CSS = `
:root { color-scheme: light dark; --ink: #1d2329; --soft: #59636e; --line: #d5dae0; --back: #ffffff; --panel: #f5f7f9;
  --bad: #b3261e; --warn: #8a5a00; --info: #235a9f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --soft: #9aa5b1; --line: #3a424b; --back: #14181c;
  --panel: #1e242a; --bad: #ff8f86; --warn: #f0b950; --info: #8ab8f5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; color: var(--ink); background: var(--back);
  font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 0 0 .5rem; }
h3 { font-size: .95rem; margin: 1.25rem 0 .35rem; }
header p, .place, summary { color: var(--soft); }
article { border: 1px solid var(--line); border-left: .4rem solid var(--info); border-radius: .4rem; padding: 1.1rem 1.25rem;
  margin: 1.5rem 0; }
article.critical, article.error { border-left-color: var(--bad); }
article.warning { border-left-color: var(--warn); }
section { margin: 2rem 0; }
.tags { margin: 0 0 .75rem; font-size: .9rem; color: var(--soft); }
.tags span, .tags code { margin-right: 1rem; }
.critical .severity, .error .severity { color: var(--bad); }
.warning .severity { color: var(--warn); }
.info .severity { color: var(--info); }
.summary { font-size: 1.05rem; margin: 0 0 .5rem; }
p, li, td { overflow-wrap: anywhere; }
ul, ol { margin: .25rem 0; padding-left: 1.4rem; }
li { margin: .3rem 0; }
pre, code { font: .85rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { background: var(--panel); border-radius: .3rem; padding: .5rem .7rem; margin: .35rem 0; white-space: pre-wrap;
  overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
td, th { border-top: 1px solid var(--line); padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; }
tr:first-child > * { border-top: 0; }
.place { width: 40%; }
.out { color: var(--soft); }
.risk { color: var(--warn); margin: .25rem 0; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } article { break-inside: avoid-page; } }
`;
