/** Where the shared cases and samples are; tests that need them skip by name where the folder is absent. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export const SHARED = path.resolve(process.env['NICWRIGHT_SHARED'] ?? path.join(import.meta.dirname, '../../shared'));

/** Whether the folder is there. Under NICWRIGHT_REQUIRE_REAL=1 its absence is an error, not a skip. */
export const hasShared = existsSync(path.join(SHARED, 'cases'));

if (!hasShared && process.env['NICWRIGHT_REQUIRE_REAL'] === '1')
  throw new Error(`NICWRIGHT_REQUIRE_REAL=1, but there is no folder ${SHARED}; set NICWRIGHT_SHARED.`);

export const WHERE_ABSENT = hasShared ? '' : ` (skipped: no shared data at ${SHARED})`;
