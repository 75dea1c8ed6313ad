import { expect, test } from 'vitest';
import { proxyOf } from './proxy-of.ts';

const PROXY = 'http://proxy.example.com:3128';

// prettier-ignore
test.for([
  ['https://api.example.com:6443', undefined, {}, undefined],
  ['https://api.example.com:6443', undefined, { HTTPS_PROXY: PROXY }, PROXY],
  ['https://api.example.com:6443', undefined, { https_proxy: 'proxy.example.com:3128' }, PROXY],
  ['http://api.example.com', undefined, { HTTPS_PROXY: PROXY }, undefined],
  ['http://api.example.com', undefined, { HTTP_PROXY: PROXY }, PROXY],
  ['https://api.example.com', 'socks5://other:1080', { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, 'socks5://other:1080'],
  ['https://127.0.0.1:6443', undefined, { HTTPS_PROXY: PROXY }, undefined],
  ['https://localhost:6443', undefined, { HTTPS_PROXY: PROXY }, undefined],
  ['https://[::1]:6443', undefined, { HTTPS_PROXY: PROXY }, undefined],
  ['https://api.example.com', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: 'example.com' }, undefined],
  ['https://api.example.com', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: ' .Example.com ,x' }, undefined],
  ['https://example.com', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: '.example.com' }, PROXY],
  ['https://api.example.com', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: '*.example.com' }, undefined],
  ['https://notexample.com', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: 'example.com' }, PROXY],
  ['https://api.example.com', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: 'api.example.com:8443' }, PROXY],
  ['https://api.example.com:8443', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: 'api.example.com:8443' }, undefined],
  ['https://10.1.2.3', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.1.2.3', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: '10.0.0.0/8' }, PROXY],
  ['https://11.1.2.3', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: '10.0.0.0/99,nonsense/8' }, PROXY],
  ['https://[fd00::5]:6443', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: 'fd00::/8' }, undefined],
  ['https://[fd00::5]:6443', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: 'fd00::5' }, undefined],
  ['https://[fd00::5]:6443', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: '[fd00::5]:6443' }, undefined],
  ['https://api.example.com', undefined, { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, undefined],
] as const)('%s with proxy-url %s and %o goes by %s', ([server, proxyUrl, env, expected]) => {
  expect(proxyOf(server, proxyUrl, env)).toBe(expected);
});
