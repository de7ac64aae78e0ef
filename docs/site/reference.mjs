// The reference, by TypeDoc, of the declarations that are published.

import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** A page for each entry of the packages that has declarations. */
async function entries(root) {
  const found = [];
  for (const folder of ['pkg', 'pkg-sandbox']) {
    const { name, exports } = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
    for (const [entry, { import: module, ...conditions }] of Object.entries(exports)) {
      const types = module?.types ?? conditions.types;
      if (types === undefined || entry.includes('.wasm')) continue;
      found.push({ name: path.posix.join(name, entry), file: path.posix.join(name, entry).replaceAll('/', '-'), declarations: path.join(root, folder, types.replace(/\.d\.ts$/, '.js')) });
    }
  }
  return found;
}

const COMPILER = { module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable', 'esnext.disposable'], types: ['node'], strict: true, skipLibCheck: true };
const OPTIONS = {
  plugin: ['typedoc-plugin-markdown'],
  router: 'module',
  readme: 'none',
  disableSources: true,
  excludeInternal: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases', '*'],
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  sanitizeComments: true,
  logLevel: 'Warn',
  treatWarningsAsErrors: true,
  validation: { notExported: false, invalidLink: true, notDocumented: false },
};

/** Writes `reference/*.md` into the pages; gives their part of the sidebar. */
export async function reference(pages, root) {
  const work = path.join(root, 'target/site/reference');
  const made = path.join(work, 'made');
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const all = await entries(root);
  for (const { name, file, declarations } of all) {
    const from = path.relative(work, declarations).replaceAll('\\', '/');
    await writeFile(path.join(work, `${file}.ts`), `/** @module ${name} */\nexport * from '${from}';\n`);
  }
  await writeFile(path.join(work, 'package.json'), '{"type": "module"}\n');
  await writeFile(path.join(work, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER, include: ['*.ts'] }));
  const entryPoints = all.map(({ file }) => path.join(work, `${file}.ts`));
  const options = { ...OPTIONS, entryPoints, tsconfig: path.join(work, 'tsconfig.json'), out: made };
  await writeFile(path.join(work, 'typedoc.json'), JSON.stringify(options));
  const typedoc = path.join(path.dirname(createRequire(import.meta.url).resolve('typedoc/package.json')), 'bin/typedoc');
  execFileSync(process.execPath, [typedoc, '--options', path.join(work, 'typedoc.json')], { cwd: import.meta.dirname, stdio: 'inherit' });
  await mkdir(path.join(pages, 'reference'), { recursive: true });
  await rm(path.join(made, 'README.md'));
  await cp(made, path.join(pages, 'reference'), { recursive: true });
  return all.map(({ name }) => ({ text: name, link: `/reference/${name}`, target: `reference/${name}.md` }));
}
