import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { HtmlAssets } from '../report/html/page.ts';

/** The chart libraries as text, for reports that need no network. */
export function chartAssets(): HtmlAssets {
  const require = createRequire(import.meta.url);
  return {
    vega: minified(require.resolve('vega')),
    vegaLite: minified(require.resolve('vega-lite')),
    vegaEmbed: minified(require.resolve('vega-embed')),
  };
}

/** The browser build, which stands beside a package's entry: `vega/build/vega.min.js`. */
function minified(entry: string): string {
  const build = dirname(entry);
  const name = build.split(/[/\\]/).at(-2);
  return readFileSync(join(build, `${name}.min.js`), 'utf8');
}
