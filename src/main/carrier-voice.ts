/** Log, metrics and status of a process that goes on: JSON lines on stderr, Prometheus over HTTP. */
import { systemClock } from '../adapters/clock/system-clock.ts';
import type { CarrierVoice } from '../faces/cli/command.ts';

export const carrierVoice = async (): Promise<CarrierVoice> => {
  const [{ jsonLog }, { prometheusMetrics }, { serveStatus }] = await Promise.all([
    import('../adapters/log/json-log.ts'),
    import('../adapters/metrics/prometheus-metrics.ts'),
    import('../adapters/metrics/status-server.ts'),
  ]);
  const metrics = prometheusMetrics();
  return {
    log: jsonLog(
      (line) => void process.stderr.write(line),
      () => systemClock.now(),
    ),
    metrics,
    serve: (port, state) => serveStatus(port, { metrics: metrics.text, state }),
  };
};
