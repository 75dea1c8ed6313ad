/** Shell scripts of 55 lines to permissions, with every kubectl call resolved. There is no peer: nobody starts from scripts. */
import { readYaml } from '../../src/adapters/dump/read-yaml.ts';
import { showRequest } from '../../src/core/rbac/access-request.ts';
import { ResourceTypes } from '../../src/core/rbac/resource-types.ts';
import { analyzeScript } from '../../src/core/rbac/script/analyze-script.ts';
import { fnv1a, showSum } from '../random.ts';
import { benchScript } from '../rendered-chart.ts';

const SCRIPTS = 500;

export const workload = {
  name: 'rbac-scripts',
  aim: '500 scripts of 55 lines in at most 2 s; every call resolved',
  run: () => {
    const types = new ResourceTypes();
    const scripts = Array.from({ length: SCRIPTS }, (_, at) => benchScript(at));
    const cpu = process.cpuUsage();
    const start = performance.now();
    const analyzed = scripts.map((text, at) =>
      analyzeScript(text, { name: `script-${at}.sh`, args: ['--mode', 'install'], types, readYaml }),
    );
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    let [calls, resolved, sum] = [0, 0, fnv1a('')];
    for (const one of analyzed) {
      if (!one.ok) throw new Error(one.fault.message);
      calls += one.value.calls.total;
      resolved += one.value.calls.resolved;
      for (const { request, when } of one.value.needs) sum = fnv1a(`${showRequest(request)} ${when ?? ''}\n`, sum);
    }
    return {
      seconds,
      checksum: showSum(sum),
      detail: `${Math.round(SCRIPTS / seconds)} scripts/s (cpu ${((user + system) / 1e6).toFixed(2)} s), ${resolved} of ${calls} kubectl calls resolved`,
    };
  },
};
