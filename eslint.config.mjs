import tseslint from 'typescript-eslint';

/** `Math` functions whose last bits differ between JavaScript engines; `src/sim/random/elementary.ts` has ours. */
const inexactMath = [
  'acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'cbrt', 'cos', 'cosh', 'exp', 'expm1', 'hypot',
  'log', 'log10', 'log1p', 'log2', 'pow', 'sin', 'sinh', 'tan', 'tanh',
]; // prettier-ignore

const determinism = 'A result is a function of scenario, seed and version alone (same bytes in Node and Chromium).';

/** Layers whose numbers enter a result. */
const deterministic = ['src/sim/**', 'src/models/**', 'src/scenarios/**', 'src/analysis/**'];
/** The only layers that may touch files, processes and threads; the rest runs in a browser. */
const onNode = ['src/cli/**', 'src/runners/**'];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'reports/', 'notebooks/', '**/*.generated.ts'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: onNode,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*'], message: 'Only src/cli and src/runners use Node; the rest runs in a browser.' },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', '__dirname', '__filename', 'require'],
    },
  },
  {
    files: deterministic,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: `Chance comes in as a RandomStream. ${determinism}` },
        { object: 'Date', property: 'now', message: `Time is the simulation's. ${determinism}` },
        { object: 'performance', property: 'now', message: `Time is the simulation's. ${determinism}` },
        ...inexactMath.map((property) => ({
          object: 'Math',
          property,
          message: `Use src/sim/random/elementary.ts. ${determinism}`,
        })),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "BinaryExpression[operator='**']:not([left.value=2][right.type=/Literal|UnaryExpression/])",
          message: `Use pow of elementary.ts. ${determinism}`,
        },
        { selector: "AssignmentExpression[operator='**=']", message: `Use pow of elementary.ts. ${determinism}` },
        { selector: "NewExpression[callee.name='Date']", message: `Time is the simulation's. ${determinism}` },
      ],
    },
  },
);
