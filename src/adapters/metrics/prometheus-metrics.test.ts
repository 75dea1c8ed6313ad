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

test('/healthz and /metrics, and nothing else', async () => {
  let well = true;
  const served = await serveStatus(0, { metrics: () => 'x 1\n', isWell: () => well });
  if (!served.ok) throw new Error(served.fault.message);
  const { port, close } = served.value;
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return `${answer.status} ${(await answer.text()).trim()}`;
  };
  expect(await get('/healthz')).toBe('200 ok');
  well = false;
  expect(await get('/healthz')).toBe('503 not well');
  expect(await get('/metrics')).toBe('200 x 1');
  expect(await get('/secret')).toMatch(/^404/);
  expect(await get('/metrics', 'POST')).toMatch(/^405/);
  const taken = await serveStatus(port, { metrics: () => '', isWell: () => true });
  expect(taken).toMatchObject({ ok: false, fault: { code: 'usage-port' } });
  await close();
});
