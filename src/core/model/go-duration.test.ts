import { expect, test } from 'vitest';
import { goDurationSeconds } from './go-duration.ts';

test.for([
  ['5m', 300], ['1h30m', 5400], ['1.5h', 5400], ['90s', 90], ['250ms', 0.25], ['0', 0], ['-30s', -30], ['+.5m', 30],
  ['5', undefined], ['', undefined], ['true', undefined], ['5 m', undefined], ['m', undefined], ['5d', undefined],
] as const)('%s is %s', ([text, seconds]) => expect(goDurationSeconds(text)).toBe(seconds)); // prettier-ignore
