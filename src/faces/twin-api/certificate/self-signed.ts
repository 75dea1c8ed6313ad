/**
 * A key and a certificate for 127.0.0.1, made anew at every start and trusted by whoever has the kubeconfig. By hand,
 * since node:crypto reads X.509 and does not write it, and a package for sixty lines is one more to trust with keys.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  text,
  time,
} from './der.ts';

export interface ServerCertificate {
  /** PEM, as a kubeconfig's certificate-authority-data has it (there in base64). */
  readonly certificate: string;
  readonly key: string;
}

const COMMON_NAME = '2.5.4.3';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

const DAY_MS = 86_400_000;
/** A twin does not run for longer; no client refuses a certificate of this length. */
const LASTS_DAYS = 365;

/** `now` in milliseconds of the real clock: clients check the certificate by theirs. */
export const selfSignedCertificate = (now: number): ServerCertificate => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256));
  const name = sequence(set(sequence(objectIdentifier(COMMON_NAME), text('nicwright twin'))));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    sequence(time(new Date(now - DAY_MS)), time(new Date(now + LASTS_DAYS * DAY_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions())),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, privateKey)));
  return {
    certificate: pem(certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
};

const extensions = (): readonly Buffer[] => [
  extension(BASIC_CONSTRAINTS, sequence(boolean(true)), true),
  // digitalSignature (bit 0) and keyCertSign (bit 5): it signs itself.
  extension(KEY_USAGE, bitString(Buffer.from([0b1000_0100]), 2), true),
  extension(EXTENDED_KEY_USAGE, sequence(objectIdentifier(SERVER_AUTHENTICATION)), false),
  extension(
    SUBJECT_ALTERNATIVE_NAME,
    sequence(implicit(7, Buffer.from([127, 0, 0, 1])), implicit(2, Buffer.from('localhost'))),
    false,
  ),
];

const extension = (id: string, content: Buffer, critical: boolean): Buffer =>
  sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(content));

const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
