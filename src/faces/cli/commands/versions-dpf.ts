/** `versions dpf [FROM [TO]]`: the releases of DPF, what each means for the init script's rights, and the way between two. */
import { DPF_RELEASES, findRelease, hopsBetween } from '../../../core/rbac/dpf/dpf-releases.ts';
import type { DpfHop, DpfRelease } from '../../../core/rbac/dpf/dpf-releases.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

const matrix = (): string =>
  [
    table(
      ['DPF', 'REGISTERS BY', 'READS SECRET', 'ON WORKERS', 'ROLE: SECRETS', 'UPGRADE'],
      DPF_RELEASES.map(({ version, registers, readsSecret, reachedOnWorkers, roleHasSecrets, upgrade }) => [
        version,
        registers,
        readsSecret.split(',')[0] ?? '',
        reachedOnWorkers.split(',')[0] ?? '',
        roleHasSecrets,
        upgrade.split(/[:;]/)[0] ?? '',
      ]),
    ),
    '',
    'nicwright versions dpf 25.4 tells all of one release with its sources; versions dpf 25.4 25.10 the way between two.',
  ].join('\n');

const releaseText = (release: DpfRelease, paint: Paint): string => {
  const row = (name: string, value: string): readonly string[] =>
    wrap(value, paint.width, `  ${name.padEnd(24)}`, ' '.repeat(26));
  return [
    paint.bold(`DPF ${release.version}`),
    ...row('affected', release.affected),
    ...row('registers by', release.registers),
    ...row('reads the Secret', release.readsSecret),
    ...row('reached on workers', release.reachedOnWorkers),
    ...row('role has secrets', release.roleHasSecrets),
    ...row('role has device status', release.roleHasDeviceStatus),
    ...row('upgrade', release.upgrade),
    ...row('card image', release.bfb),
    ...release.notes.flatMap((note, at) => row(at === 0 ? 'notes' : '', note)),
    ...release.sources.flatMap((source, at) => row(at === 0 ? 'sources' : '', source)),
  ].join('\n');
};

const hopsText = (hops: readonly DpfHop[], paint: Paint): string => {
  const closed = hops.find(({ possible }) => possible === false);
  const unsaid = hops.filter(({ possible }) => possible === undefined).map((hop) => hop.to);
  return [
    closed === undefined
      ? `${hops.length} ${hops.length === 1 ? 'step' : 'steps'} in this table${unsaid.length === 0 ? '' : `; whether one may come to ${unsaid.join(', ')} is not said`}`
      : paint.bad(`there is no upgrade from ${closed.from} to ${closed.to}: ${closed.because}`),
    '',
    table(
      ['FROM', 'TO', 'WAY'],
      hops.map(({ from, to, because }) => [from, to, because]),
    ),
    '',
    ...wrap(
      'DPF goes one GA release at a time: a release between two rows that is not in this table is a step, too.',
      paint.width,
      '',
      '',
    ),
  ].join('\n');
};

export default defineCommand({
  path: 'versions dpf',
  about: 'Shows the releases of DPF: what each means for the rights of its init script, upgrade paths, sources',
  examples: [
    { line: 'versions dpf', does: 'the table' },
    { line: 'versions dpf 25.4.0', does: 'one release: when it is affected, known issues, sources' },
    { line: 'versions dpf 25.4 25.10', does: 'the way from one release to another' },
  ],
  arguments: [
    { name: '[VERSION]', about: 'a release, such as 25.4 or v25.4.0' },
    { name: '[TO]', about: 'a later release' },
  ],
  run: (_context, [given, to]) => {
    if (given === undefined) return Promise.resolve(ok({ exit: EXIT.clean, data: DPF_RELEASES, text: matrix }));
    const release = findRelease(given);
    if (!release.ok) return Promise.resolve(release);
    if (to === undefined)
      return Promise.resolve(
        ok({ exit: EXIT.clean, data: release.value, text: (paint: Paint) => releaseText(release.value, paint) }),
      );
    const target = findRelease(to);
    if (!target.ok) return Promise.resolve(target);
    const hops = hopsBetween(release.value, target.value);
    if (!hops.ok) return Promise.resolve(hops);
    return Promise.resolve(
      ok({
        exit: hops.value.every(({ possible }) => possible !== false) ? EXIT.clean : EXIT.findings,
        data: { from: release.value.version, to: target.value.version, hops: hops.value },
        text: (paint: Paint) => hopsText(hops.value, paint),
      }),
    );
  },
});
