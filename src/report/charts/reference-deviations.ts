import type { PositionFieldDef } from 'vega-lite/types_unstable/channeldef.js';
import type { Validation } from '../../analysis/reference/validation.ts';
import type { Chart } from './chart.ts';
import { frame } from './frame.ts';
import { color } from './theme.ts';

/** How far every figure is from its reference, in units of what is allowed: one dot a figure, a row a family. */
export function referenceDeviations({ cases }: Validation): Chart | null {
  const dots = cases.flatMap(({ id, suite, family, figures }) =>
    figures.flatMap(({ name, deviation, passed }) =>
      deviation === undefined || !Number.isFinite(deviation)
        ? []
        : [
            {
              row: family,
              suite,
              deviation: Math.max(-FURTHEST, Math.min(FURTHEST, deviation)),
              figure: `${id}: ${name}`,
              off: `${deviation.toFixed(2)} of what is allowed`,
              passed: passed ? 'passed' : 'failed',
            },
          ],
    ),
  );
  if (dots.length === 0) return null;
  const rows = [...new Set(dots.map(({ row }) => row))];
  const beyond = dots.filter(({ deviation }) => Math.abs(deviation) > 1).length;
  const sentence = `${dots.length} figures that have a tolerance; ${beyond} are further off than it. 0 is the reference, 1 the half-width or the band that is allowed. An interval that contains its reference may have its middle further off where it may be wider.`;
  const x: PositionFieldDef<string> = {
    type: 'quantitative',
    title: 'deviation, in units of what is allowed',
    scale: { domain: [-FURTHEST, FURTHEST] },
    axis: { tickCount: 9 },
  };
  const y = { field: 'row', type: 'nominal', sort: rows, title: null } as const;
  return {
    id: 'reference-deviations',
    title: 'How far from the reference',
    sentence,
    spec: frame({
      description: sentence,
      height: rows.length * 20,
      layers: [
        {
          data: { values: [{ at: -1 }, { at: 1 }] },
          mark: { type: 'rule', color: color.faint, strokeDash: [4, 3] },
          encoding: { x: { ...x, field: 'at' } },
        },
        {
          data: { values: dots },
          mark: { type: 'point', filled: true, size: 34, opacity: 0.55 },
          encoding: {
            x: { ...x, field: 'deviation' },
            y,
            color: {
              field: 'passed',
              type: 'nominal',
              scale: { domain: ['passed', 'failed'], range: [color.blue, color.orange] },
            },
            shape: {
              field: 'passed',
              type: 'nominal',
              scale: { domain: ['passed', 'failed'], range: ['circle', 'triangle-up'] },
            },
            tooltip: [
              { field: 'figure', title: 'figure' },
              { field: 'off', title: 'off by' },
            ],
          },
        },
      ],
    }),
  };
}

/** Further ones stand at the edge. */
const FURTHEST = 2;
