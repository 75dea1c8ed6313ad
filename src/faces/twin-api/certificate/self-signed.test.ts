import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { selfSignedCertificate } from './self-signed.ts';

const NOW = Date.UTC(2026, 0, 31, 12);

test('the certificate is what Node and every client read as one for 127.0.0.1 and localhost', () => {
  const { certificate, key } = selfSignedCertificate(NOW);
  const read = new X509Certificate(certificate);
  expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(read.checkHost('localhost')).toBe('localhost');
  expect(read.checkIP('127.0.0.2')).toBeUndefined();
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.ca).toBe(true);
  expect(read.validFromDate.getTime()).toBeLessThan(NOW);
  expect(read.validToDate.getTime()).toBeGreaterThan(NOW + 300 * 86_400_000);
  expect(key).toContain('BEGIN PRIVATE KEY');
});

test('no two certificates are alike', () => {
  const serials = Array.from({ length: 20 }, () => new X509Certificate(selfSignedCertificate(NOW).certificate));
  expect(new Set(serials.map(({ serialNumber }) => serialNumber)).size).toBe(20);
});
