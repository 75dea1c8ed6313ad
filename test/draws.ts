/**
 * What random tests draw: the same in every run, so that a commit that passed here passes elsewhere. NICWRIGHT_DRAWS gives
 * another number, or `new` for one that nobody has seen; a test that fails prints its own, which goes there to replay it.
 */
import fc from 'fast-check';

const given = process.env['NICWRIGHT_DRAWS'] ?? '1';
const seed = given === 'new' ? Date.now() % 2 ** 31 : Number(given);
if (!Number.isSafeInteger(seed)) throw new Error(`NICWRIGHT_DRAWS is a whole number or "new", not "${given}".`);

fc.configureGlobal({ seed });
