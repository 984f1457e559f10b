/**
 * The layers: `sim <- models <- scenarios <- analysis <- report <- cli`, imports only to the left; `runners` stands
 * beside `cli`. `src/index.ts` is the public face of everything below the command line.
 */
const layers = ['sim', 'models', 'scenarios', 'analysis', 'report', 'cli'];

const onlyToTheLeft = layers.slice(0, -1).map((layer, index) => ({
  name: `${layer}-imports-only-to-the-left`,
  severity: 'error',
  comment: `src/${layer} may import only ${layers.slice(0, index + 1).join(', ')}.`,
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(${[...layers.slice(index + 1), 'runners'].join('|')})/|^src/index\\.ts$` },
}));

export default {
  forbidden: [
    ...onlyToTheLeft,
    {
      name: 'runners-stand-beside-cli',
      severity: 'error',
      from: { path: '^src/runners/' },
      to: { path: '^src/(report|cli)/' },
    },
    {
      name: 'testing-stands-beside-report',
      severity: 'error',
      comment: 'windtunnel/testing is for tests: nothing of the product uses it.',
      from: { path: '^src/(?!testing/)' },
      to: { path: '^src/testing/' },
    },
    {
      name: 'node-modules-of-node-only-at-the-edge',
      severity: 'error',
      comment: 'Everything but src/cli and src/runners runs in a browser.',
      from: { path: '^src/', pathNot: '^src/(cli|runners)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'a-real-server-never-knows-its-director',
      severity: 'error',
      from: { path: '^src/models/services/' },
      to: { path: '^src/models/directors/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-declared-packages',
      severity: 'error',
      comment: 'A package that is both for development and a peer (fast-check) is taken for undeclared.',
      from: {},
      to: {
        pathNot: 'node_modules/fast-check/',
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
      },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-development-package-in-the-product',
      severity: 'error',
      comment: 'src/testing stands on fast-check, which its users install (a peer dependency).',
      from: { path: '^src/', pathNot: '^src/testing/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
