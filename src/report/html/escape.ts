import { unbroken } from '../text.ts';

/**
 * HTML by template literals in which everything that is put in is escaped, unless it is HTML already: text from a
 * scenario cannot become markup by being forgotten.
 */

/** Markup that may stand in a page as it is. Only `html` and `trusted` make it. */
export class Html {
  constructor(readonly markup: string) {}
}

type Part = Html | string | number | readonly Part[] | null | false;

/** `html\`<p>${text}</p>\``; null, false and empty lists leave nothing. */
export function html(fixed: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(fixed.reduce((markup, text, index) => markup + render(parts[index - 1]) + text));
}

/** Markup of our own that is no literal: style sheet, scripts. Never text from a scenario. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** A value as JSON that can stand in a `<script>` element: `<` cannot end it or open a comment in it. */
export function scriptJson(value: unknown): Html {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c');
  return new Html(json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'));
}

/** A library's code inside a `<script>` element: the same program, without what would end the element early. */
export function scriptCode(code: string): Html {
  return new Html(
    code
      .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
      .replace(/<\/(?=script)/gi, '<\\/')
      .replaceAll('<!--', '\\x3c!--'),
  );
}

function render(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map(render).join('');
  return unbroken(String(part)).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
