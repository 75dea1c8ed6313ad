/**
 * Imports a module of a user's own: rules for `diagnose`. `nicwright/rules` inside it is this program's own door, wherever
 * the module lies and whether or not the package is installed beside it. The module runs with the user's rights.
 */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fail, ok, type Result } from '../core/result.ts';

const DOOR = 'nicwright/rules';

/** A bare name is looked for from the folder that asked, not from here. */
const ASKED = 'nicwright-asked-from:';

/** In the clone the door is beside this file, in the bundle beside the chunk that holds it. */
const doorUrl = (): string =>
  ['./rules.ts', './rules.mjs']
    .map((name) => new URL(name, import.meta.url))
    .find((url) => existsSync(fileURLToPath(url)))?.href ?? DOOR;

let hooked = false;
const hook = (): void => {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === DOOR) return { url: doorUrl(), shortCircuit: true };
      if (!specifier.startsWith(ASKED)) return next(specifier, context);
      const [folder = '', name = ''] = specifier.slice(ASKED.length).split('\n');
      return next(name, { ...context, parentURL: folder });
    },
  });
};

/** `specifier`: a path, or the name of a package; both are looked for from `folder`. */
export const importModule = async (specifier: string, folder: string): Promise<Result<unknown>> => {
  hook();
  const file = path.resolve(folder, specifier);
  const isFile = existsSync(file);
  if (!isFile && /^[./~]|\.[cm]?[jt]s$/.test(specifier))
    return fail('input-rules', `${specifier}: there is no such file; give the module that exports the rules.`);
  try {
    const base = pathToFileURL(`${path.resolve(folder)}/`).href;
    return ok(await import(isFile ? pathToFileURL(file).href : `${ASKED}${base}\n${specifier}`));
  } catch (error) {
    const because = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
    return fail('input-rules', `${specifier} cannot be imported: ${because}`);
  }
};
