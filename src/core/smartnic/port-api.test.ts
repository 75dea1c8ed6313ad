/** Requests on ports: what ours adds to Ironic's answers, and input that nobody should send. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RECORDED_HIGHEST } from './microversion.ts';
import { createPort, deletePort, patchPort, readPort, type PortApi } from './port-api.ts';
import type { PortDocument } from './port-document.ts';
import { IRONIC_PRACTICE, OUR_PRACTICE } from './practice.ts';

const NODE = '0fece7e2-60cc-4bfb-bbf3-48233d36ef2c';
const LINK = { hostname: 'card1', port_id: 'pf0hpf' };

const api = (more: Partial<PortApi> = {}): PortApi => ({
  highest: RECORDED_HIGHEST,
  practice: OUR_PRACTICE,
  node: { uuid: NODE, provisionState: 'manageable', maintenance: false },
  takenAddresses: [],
  ...more,
});

const stored = (more: Partial<PortDocument> = {}): PortDocument => ({
  uuid: 'p1',
  address: '52:54:00:00:00:01',
  node_uuid: NODE,
  is_smartnic: true,
  local_link_connection: LINK,
  pxe_enabled: true,
  physical_network: null,
  portgroup_uuid: null,
  extra: {},
  internal_info: {},
  ...more,
});

const body = (more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  node_uuid: NODE,
  address: '52:54:00:00:00:02',
  ...more,
});

describe('ours', () => {
  test.each([
    ['003-08: an empty port_id', { hostname: 'card1', port_id: '' }],
    ['003-07: an empty hostname', { hostname: '', port_id: 'pf0hpf' }],
  ])('%s is refused on create', (_, link) => {
    const request = body({ is_smartnic: true, local_link_connection: link });
    expect(createPort(request, '1.82', 'new', api()).http).toBe(400);
    expect(createPort(request, '1.82', 'new', api({ practice: IRONIC_PRACTICE })).http).toBe(201);
  });

  test('003-07: a create without any link stays possible, and is warned of', () => {
    const answer = createPort(body({ is_smartnic: true }), '1.82', 'new', api());
    expect([answer.http, answer.warn]).toEqual([201, 'incomplete: cannot be wired until hostname and port_id are set']);
  });

  test('003-63: setting the flag on a port without a link is refused', () => {
    const plain = stored({ is_smartnic: false, local_link_connection: {} });
    const patch = [{ op: 'replace', path: '/is_smartnic', value: true }];
    expect(patchPort(plain, patch, '1.82', api()).http).toBe(400);
    expect(patchPort(plain, patch, '1.82', api({ practice: IRONIC_PRACTICE })).http).toBe(200);
  });

  test('003-63: an incomplete port may still be changed elsewhere', () => {
    const incomplete = stored({ local_link_connection: {} });
    expect(patchPort(incomplete, [{ op: 'add', path: '/extra/a', value: 'b' }], '1.82', api()).http).toBe(200);
  });

  test.each(['enroll', 'manageable', 'inspect wait'])('003-62: the flag may be changed while %s', (provisionState) => {
    const node = { uuid: NODE, provisionState, maintenance: false };
    expect(patchPort(stored(), [{ op: 'remove', path: '/is_smartnic' }], '1.82', api({ node })).http).toBe(200);
  });

  test.each(['available', 'active', 'deploying', 'rescue', 'clean failed', 'no such state'])(
    '003-62: and not while %s',
    (provisionState) => {
      const node = { uuid: NODE, provisionState, maintenance: false };
      const answer = patchPort(stored(), [{ op: 'remove', path: '/is_smartnic' }], '1.82', api({ node }));
      expect([answer.http, answer.message]).toEqual([409, expect.stringContaining(provisionState)]);
    },
  );

  test('a value that does not change is no change, in any state', () => {
    const node = { uuid: NODE, provisionState: 'active', maintenance: false };
    expect(patchPort(stored(), [{ op: 'add', path: '/is_smartnic', value: 'True' }], '1.82', api({ node })).http).toBe(
      200,
    );
  });

  test('a node that is held by a conductor answers 409, which clients repeat', () => {
    const node = { uuid: NODE, provisionState: 'manageable', maintenance: false, reservation: 'cond-1' };
    expect(patchPort(stored(), [{ op: 'add', path: '/extra/a', value: 1 }], '1.82', api({ node })).message).toContain(
      'locked by host cond-1',
    );
    expect(deletePort(stored(), '1.82', api({ node })).http).toBe(409);
  });
});

test('a field asked for by name is shown alone', () => {
  expect(readPort(stored(), '1.82', api(), ['is_smartnic']).shown).toEqual({ is_smartnic: true });
});

test('hostile bodies, patches and versions are answered, never thrown at', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.jsonValue(),
      fc.oneof(fc.string(), fc.constantFrom('1.82', '1.1', 'latest', undefined)),
      (value, other, header) => {
        const answers = [
          createPort(value, header, 'new', api()),
          createPort(body({ local_link_connection: value, extra: other }), header, 'new', api()),
          createPort(body({ is_smartnic: value, address: other }), header, 'new', api()),
          patchPort(stored(), value, header, api()),
          patchPort(
            stored(),
            [
              { op: 'add', path: '/local_link_connection', value },
              { op: 'replace', path: '/extra/x/y', value: other },
            ],
            header,
            api(),
          ),
        ];
        for (const { http } of answers) expect([200, 201, 400, 406, 409]).toContain(http);
      },
    ),
    { numRuns: 500 },
  );
});
