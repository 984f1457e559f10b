import { darkColors } from '../charts/theme.ts';

/**
 * The page's style sheet: system fonts, one column that is readable from 320 px, dark where the reader's system is,
 * always light on paper. Charts are drawn in their light colours; rules here exchange them on a dark ground.
 */
export function styleSheet(): string {
  const exchange = darkColors.map(
    ({ light, dark }) => `.chart [fill="${light}"]{fill:${dark}}.chart [stroke="${light}"]{stroke:${dark}}`,
  );
  return `${BASE}@media screen and (prefers-color-scheme:dark){${DARK}${exchange.join('')}}${PRINT}`;
}

/**
 * Tables whose rows are cards on a phone: the row's name, then its figures in two columns, each under the name of its
 * table column; prose takes the whole width.
 */
const CARDS = [
  'table.cards,table.cards caption,table.cards tbody{display:block;min-width:0}',
  'table.cards thead{display:none}',
  'table.cards tr{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:4px 14px;padding:9px 0;border-bottom:1px solid var(--line)}',
  'table.cards th,table.cards td{display:block;max-width:none;min-width:0;border:0;padding:0;text-align:left;white-space:normal;overflow-wrap:anywhere}',
  'table.cards th,table.cards td.text{grid-column:1/-1}',
  'table.cards th,table.cards th code{font-weight:650;overflow-wrap:anywhere;white-space:normal}',
  'table.cards td code{white-space:normal;overflow-wrap:anywhere}',
  'table.cards td.none{display:none}',
  'table.cards td[data-label]::before{content:attr(data-label);display:block;color:var(--faint);font-size:.8125rem;line-height:1.25}',
  'table.cards td.text[data-label]::before{display:inline;padding-right:.6em}',
  '.scroll{overflow-x:visible}',
].join('');

const BASE = `
:root{color-scheme:light dark;--ground:#fff;--card:#f5f7f9;--ink:#1f2a35;--faint:#5b6772;--line:#dfe4e9;--good:#006b4c;--bad:#b13a00;--doubt:#7a5500;--accent:#0072b2}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI","Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
main,header,footer{max-width:1180px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:1.25rem;margin:0 0 8px;line-height:1.3}
h3{font-size:1rem;margin:0 0 2px}
p{margin:0 0 12px;max-width:75ch;overflow-wrap:anywhere}
a{color:var(--accent)}
code{font:.9em ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
section{padding-top:36px}
.faint,figcaption p,.note,.name{color:var(--faint)}
.name{margin:0 0 2px;font-size:.9375rem}
.verdict{margin:16px 0 0;padding:14px 18px;border-left:6px solid var(--faint);background:var(--card);border-radius:4px}
.verdict>strong{font-size:1.3rem;display:block}
.verdict>p{margin:4px 0 0}
.holds{--mark:var(--good)}.missed{--mark:var(--bad)}.undecided{--mark:var(--doubt)}
.holds.verdict,.missed.verdict,.undecided.verdict{border-color:var(--mark)}
.holds>strong,.missed>strong,.undecided>strong,strong.holds,strong.missed,strong.undecided{color:var(--mark);font-weight:700}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(138px,1fr));gap:12px;margin:16px 0 0;padding:0}
.tile{background:var(--card);border-radius:4px;padding:10px 12px;margin:0}
.tile dt{color:var(--faint);font-size:.875rem}
.tile dd{margin:0}
.tile .value{font-size:1.25rem;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.3}
.tile .interval{color:var(--faint);font-size:.8125rem;font-variant-numeric:tabular-nums}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:28px}
figure{margin:12px 0 0;min-width:0}
figcaption p{font-size:.9375rem;margin:0 0 8px}
.chart{width:100%;min-height:60px;overflow:hidden}
.chart svg{display:block;max-width:100%}
.chart svg text{font-family:inherit}
.chart.failed{color:var(--bad)}
.scroll{overflow-x:auto;margin:12px 0 0}
table{border-collapse:collapse;font-size:.9375rem}
caption{text-align:left;font-weight:650;padding:0 0 4px}
th,td{text-align:left;vertical-align:top;padding:5px 15px 5px 0;border-bottom:1px solid var(--line)}
th{color:var(--faint);font-weight:600}
tbody th{color:inherit;font-weight:500;min-width:6.5rem}
td.text{min-width:6rem}
td code,th code{overflow-wrap:normal;white-space:nowrap}
th.number{text-align:right}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.number .range{display:block;color:var(--faint);font-size:.8125rem}
th.wide{min-width:16rem;max-width:34rem;overflow-wrap:anywhere}
th.wide .faint{font-weight:400;font-size:.875rem}
ul.doubts{margin:16px 0 0;padding:12px 18px 12px 36px;background:var(--card);border-left:6px solid var(--doubt);border-radius:4px}
ol.events{padding-left:24px;margin:8px 0 0}
details{margin-top:12px}
summary{cursor:pointer;color:var(--accent)}
pre{background:var(--card);padding:10px 14px;border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0 12px}
footer{padding-top:36px;padding-bottom:40px;color:var(--faint);font-size:.875rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:520px){main,header,footer{padding-left:14px;padding-right:14px}h1{font-size:1.35rem}.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}.tile .value{font-size:1.15rem}.tile:last-child:nth-child(odd){grid-column:span 2}${CARDS}}
`;

const DARK = `
:root{--ground:#12181e;--card:#1b242c;--ink:#dde4ea;--faint:#9aa7b3;--line:#34404b;--good:#3fcfa4;--bad:#ff9248;--doubt:#efb93c;--accent:#56b4e9}
#vg-tooltip-element{background:#1b242c;color:#dde4ea;border-color:#34404b}
`;

const PRINT = `
@media print{:root{color-scheme:light}body{font-size:10.5pt}section{padding-top:18pt;break-inside:auto}figure,tr,.tile,.verdict{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}table,td.number .range{font-size:8pt}th,td{padding-right:8px}tbody th,td.text{min-width:0}td code,th code,td.number{white-space:normal}main,header,footer{max-width:none;padding-left:0;padding-right:0}}
`;
