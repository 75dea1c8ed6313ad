/** Metrics as Prometheus reads them, served beside /healthz. */
import { expect, test } from 'vitest';
import { prometheusMetrics } from './prometheus-metrics.ts';
import { serveStatus } from './status-server.ts';

test('counters, gauges and observations by name and label', () => {
  const metrics = prometheusMetrics();
  metrics.count('b_total', { act: 'evict', outcome: 'a "quoted" one' });
  metrics.count('b_total', { outcome: 'a "quoted" one', act: 'evict' }, 2);
  metrics.gauge('a', 7);
  metrics.observe('c_seconds', 0.5);
  metrics.observe('c_seconds', 1);
  expect(metrics.text()).toBe(
    '# TYPE a gauge\na 7\n# TYPE b_total counter\nb_total{act="evict",outcome="a \\"quoted\\" one"} 3\n# TYPE c_seconds summary\nc_seconds_count 2\nc_seconds_sum 1.5\n',
  );
});

test('/healthz, /readyz and /metrics, and nothing else', async () => {
  let state = { ready: true, because: 'stands by: a leads' };
  const served = await serveStatus(0, { metrics: () => 'x 1\n', state: () => state });
  if (!served.ok) throw new Error(served.fault.message);
  const { port, close } = served.value;
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return `${answer.status} ${(await answer.text()).trim()}`;
  };
  expect(await get('/healthz')).toBe('200 ok');
  expect(await get('/readyz')).toBe('200 ready: stands by: a leads');
  state = { ready: false, because: 'the API is not reached' };
  expect(await get('/readyz')).toBe('503 not ready: the API is not reached');
  expect(await get('/healthz')).toBe('200 ok');
  expect(await get('/metrics')).toBe('200 x 1');
  expect(await get('/secret')).toMatch(/^404/);
  expect(await get('/metrics', 'POST')).toMatch(/^405/);
  const taken = await serveStatus(port, { metrics: () => '', state: () => state });
  expect(taken).toMatchObject({ ok: false, fault: { code: 'usage-port' } });
  await close();
});
