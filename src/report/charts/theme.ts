import type { Config } from 'vega-lite';

/**
 * Colours and type of all charts. The series colours are those of Okabe and Ito ("Color universal design", 2008),
 * told apart with every common colour blindness, darkened where they are too pale for lines on white; series differ
 * in dashes too, for print in grey.
 */

interface Pair {
  readonly light: string;
  readonly dark: string;
}

const pairs = {
  ink: { light: '#1f2a35', dark: '#dde4ea' },
  faint: { light: '#66717d', dark: '#9aa7b3' },
  grid: { light: '#dfe4e9', dark: '#34404b' },
  blue: { light: '#0072b2', dark: '#56b4e9' },
  orange: { light: '#d55e00', dark: '#ff9248' },
  green: { light: '#00855f', dark: '#3fcfa4' },
  purple: { light: '#a8508b', dark: '#e08fc6' },
  ochre: { light: '#a87400', dark: '#efb93c' },
  slate: { light: '#55636f', dark: '#a9b6c2' },
} as const satisfies Record<string, Pair>;

type Role = keyof typeof pairs;

/** The colours that stand in specifications. */
export const color = Object.fromEntries(Object.entries(pairs).map(([role, { light }]) => [role, light])) as Readonly<
  Record<Role, string>
>;

/** For a dark ground: what each colour of a specification becomes. */
export const darkColors: readonly Pair[] = Object.values(pairs);

/** One colour and one dash for each series of a chart, in order. */
export const seriesColors: readonly string[] = [
  color.blue,
  color.orange,
  color.green,
  color.purple,
  color.ochre,
  color.slate,
];
export const seriesDashes: readonly number[][] = [
  [1, 0],
  [6, 2],
  [2, 2],
  [8, 2, 2, 2],
  [4, 4],
  [1, 3],
];

export const config: Config = {
  background: 'transparent',
  font: 'system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: color.faint,
    titleColor: color.faint,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    gridColor: color.grid,
    domainColor: color.grid,
    tickColor: color.grid,
    labelLimit: 190,
  },
  axisY: { titleAnchor: 'end', titleAngle: 0, titleAlign: 'left', titleX: 0, titleY: -18, domain: false, ticks: false },
  legend: {
    orient: 'bottom',
    offset: 4,
    title: null,
    labelColor: color.ink,
    labelFontSize: 12,
    labelLimit: 150,
    symbolType: 'stroke',
    symbolSize: 300,
    symbolStrokeWidth: 2,
    columnPadding: 14,
  },
};
