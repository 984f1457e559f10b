/** Writes src/scenarios/catalogue.generated.ts: the built-in scenarios and presets as texts, so that a browser has them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const scenarios = new URL('../src/scenarios/', import.meta.url);

function table(folder) {
  const files = readdirSync(new URL(`${folder}/`, scenarios))
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const lines = files.map((file) => {
    const text = readFileSync(new URL(`${folder}/${file}`, scenarios), 'utf8');
    return `  ${JSON.stringify(file.slice(0, -'.yaml'.length))}: ${JSON.stringify(text)},`;
  });
  return `{\n${lines.join('\n')}\n}`;
}

const text = `// Made by scripts/embed.mjs from the YAML files in builtin/ and presets/.
export const builtins: Readonly<Record<string, string>> = ${table('builtin')};
export const presets: Readonly<Record<string, string>> = ${table('presets')};
`;
writeFileSync(new URL('catalogue.generated.ts', scenarios), text);
