/** The walls of the house: who may import whom (docs/design in CONTRIBUTING.md). */
const wall = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-the-extension-knows-vscode',
      severity: 'error',
      from: { pathNot: '^(src/extension|test)/' },
      to: { path: '^vscode$' },
    },
    wall('protocol-imports-nothing-of-ours', '^src/protocol/', '^(src/(?!protocol/)|webview/)'),
    wall('core-knows-no-shell', '^src/core/', '^(src/(worker|host|extension|cli)/|webview/)'),
    wall('core-knows-the-engine-by-its-interface', '^src/core/', '^src/engine/(?!index\\.ts$)'),
    wall('engine-stands-alone', '^src/engine/', '^(src/(?!engine/)|webview/)'),
    wall('shells-reach-core-through-the-worker', '^src/(host|extension|cli)/', '^src/(core|engine)/'),
    wall('shells-do-not-know-each-other', '^src/cli/', '^src/extension/'),
    wall('the-extension-does-not-know-the-cli', '^src/extension/', '^src/cli/'),
    wall('webview-knows-the-protocol-alone', '^webview/', '^src/(?!protocol/)'),
    {
      name: 'rooms-do-not-import-each-other',
      severity: 'error',
      comment: 'core/pipeline.ts alone knows their order; dataset, jpeg and store serve every room',
      from: { path: '^src/core/(rate|duplicate|probe|allocate|guard|policy|copy)/' },
      to: {
        path: '^src/core/(rate|duplicate|probe|allocate|guard|policy|copy)/',
        pathNot: '^src/core/$1/',
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.node.json' },
  },
};
