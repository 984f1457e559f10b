import stringWidth from 'string-width';

/**
 * Plain text by display columns: a Chinese character takes two, an escape sequence none.
 */

/** Columns that a terminal needs for the text. */
export function displayWidth(text: string): number {
  return stringWidth(text);
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** The text, or as much of its start as fits `width` with an ellipsis. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (displayWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A number and its unit are held together by a no-break space (U+00A0). */
export function unbroken(text: string): string {
  return text.replace(/(\d) (?=(?:%|[kMG]?bit\/s|[kMG]?B|µs|ms|s|min|h|d|req\/s|pkt\/s|users)(?![\w/]))/g, '$1\u00a0');
}

/** Breaks prose at blanks (never between a number and its unit) into lines of at most `width` columns; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of unbroken(text)
    .split(/[ \t\r\n]+/)
    .filter((part) => part !== '')) {
    for (const piece of pieces(word.replaceAll('\u00a0', ' '), width)) {
      if (line === '') line = piece;
      else if (displayWidth(line) + 1 + displayWidth(piece) <= width) line += ` ${piece}`;
      else {
        lines.push(line);
        line = piece;
      }
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Control characters out (a title from a file must not move the cursor), line ends to blanks. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
}

function pieces(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (part !== '' && displayWidth(part + character) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}
