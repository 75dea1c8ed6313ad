import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains, overlaps, parseAddress, parseSubnet, showAddress, showSubnet, sizeOf, subnetAt } from './ip.ts';

const text = (address: string): string | undefined => {
  const read = parseAddress(address);
  return read === undefined ? undefined : showAddress(read);
};

describe('addresses', () => {
  test.for([
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
    ['2001:0:0:1:0:0:1:1', '2001::1:0:0:1:1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
  ] as const)('%s is written %s', ([given, written]) => expect(text(given)).toBe(written));

  test.for([
    '', ' 10.0.0.1', '10.0.0', '10.0.0.1.2', '10.0.0.256', '10.0.0.01', '10..0.1', '1e3.0.0.1', '10.0.0.1/24', '٣.0.0.1',
    ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8::', 'fe80::1%eth0', '12345::', '::1.2.3',
    '1.2.3.4::', '1:2:3:4:5:6:7:8::', '0000000000000000000000000000000000000000000000::1',
  ])('%j is no address', (given) => expect(parseAddress(given)).toBeUndefined()); // prettier-ignore

  test('every address survives writing and reading', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (n) => parseAddress(showAddress(n)) === n));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0n, 0n, 1n, 0xffffn, 0xdb8n), { minLength: 8, maxLength: 8 }), (groups) => {
        const wide = groups.reduce<bigint>((sum, group) => sum * 65536n + group, 0n);
        return wide >> 32n === 0xffffn || parseAddress(showAddress(wide)) === wide;
      }),
    );
  });
});

describe('subnets', () => {
  test('host bits are masked and told', () => {
    expect(parseSubnet('192.168.5.77/24')).toMatchObject({ prefix: 24, family: 4, hasHostBits: true });
    expect(showSubnet(subnetAt(parseAddress('192.168.5.77') ?? 0, 24))).toBe('192.168.5.0/24');
    expect(parseSubnet('fd00::/48')).toMatchObject({ hasHostBits: false, family: 6 });
  });

  test('sizes from one address to the whole family', () => {
    const size = (cidr: string): bigint | undefined => {
      const subnet = parseSubnet(cidr);
      return subnet === undefined ? undefined : sizeOf(subnet);
    };
    expect([size('10.0.0.9/32'), size('10.0.0.0/31'), size('0.0.0.0/0')]).toEqual([1n, 2n, 2n ** 32n]);
    expect([size('fd00::/64'), size('::/0'), size('fd00::7/128')]).toEqual([2n ** 64n, 2n ** 128n, 1n]);
  });

  test.for(['', '/', '10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/ 8', 'fd00::/129', '10.0.0.0/24/8',
    '10.0.0.0/9007199254740993', '::ffff:10.0.0.0/104'])('%j is no subnet', (given) =>
    expect(parseSubnet(given)).toBeUndefined()); // prettier-ignore

  test('families never meet', () => {
    const four = parseSubnet('0.0.0.0/0');
    const six = parseSubnet('::/0');
    if (four === undefined || six === undefined) throw new Error('both must be read');
    expect(overlaps(four, six)).toBe(false);
    expect(contains(six, 1)).toBe(false);
  });
});
