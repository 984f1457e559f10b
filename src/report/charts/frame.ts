import type { LayerSpec, UnitSpec } from 'vega-lite/types_unstable/spec/index.js';
import type { TopLevelSpec } from 'vega-lite';
import { config } from './theme.ts';

/** A part of a chart with its own data. */
export type Layer = (LayerSpec<string> | UnitSpec<string>) & { readonly data: { readonly values: readonly object[] } };

interface Frame {
  readonly description: string;
  /** Of the drawing without its axes, pixels. */
  readonly height: number;
  readonly layers: readonly Layer[];
}

/** A specification as wide as its container. Layers without data are left out: they would only confuse the scales. */
export function frame({ description, height, layers }: Frame): TopLevelSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description,
    width: 'container',
    height,
    autosize: { type: 'fit-x', contains: 'padding' },
    config,
    layer: layers.filter(({ data }) => data.values.length > 0),
  };
}
