import type { Chart } from '../charts/chart.ts';
import { html, scriptCode, scriptJson, trusted, type Html } from './escape.ts';
import { pageScript } from './script.ts';
import { styleSheet } from './style.ts';

/**
 * The frame of every page: it needs nothing else, opens from a file, asks no server for anything, and its policy forbids
 * it to.
 */

/** Minified scripts of the drawing libraries, as text: vega 6, vega-lite 6, vega-embed 7. */
export interface HtmlAssets {
  readonly vega: string;
  readonly vegaLite: string;
  readonly vegaEmbed: string;
}

export interface Page {
  readonly title: string;
  /** Of windtunnel. */
  readonly version: string;
  readonly body: Html;
  /** What is drawn into the places that `chartFigure` leaves. */
  readonly charts: readonly Chart[];
  readonly assets: HtmlAssets;
}

/** Inline only: nothing may be fetched, sent, framed or evaluated. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export function page({ title, version, body, charts, assets }: Page): string {
  const specs = Object.fromEntries(charts.map(({ id, spec }) => [id, spec]));
  const libraries = [assets.vega, assets.vegaLite, assets.vegaEmbed].map(
    (code) =>
      html`<script>
        ${scriptCode(code)};
      </script> `,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="windtunnel ${version}" />
        <title>${title}</title>
        <style>
          ${trusted(styleSheet())}
        </style>
      </head>
      <body>
        ${body}
        <noscript><p>The charts need JavaScript; every figure is in the tables.</p></noscript>
        ${libraries}
        <script type="application/json" id="specs">
          ${scriptJson(specs)}
        </script>
        <script>
          ${trusted(pageScript)};
        </script>
      </body>
    </html> `.markup;
}

/** The place of a chart, with its title and what it says. */
export function chartFigure({ id, title, sentence }: Chart): Html {
  return html`<figure>
    <figcaption>
      <h3>${title}</h3>
      <p>${sentence}</p>
    </figcaption>
    <div class="chart" id="chart-${id}" role="img" aria-label="${title}. ${sentence}"></div>
  </figure>`;
}
