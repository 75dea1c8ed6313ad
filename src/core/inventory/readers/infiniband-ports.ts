/** `ibstatus`: state and physical state of InfiniBand ports, with the link layer. */
import { taken, type InfinibandPort, type Reader } from './host-reading.ts';
import { isBlank } from './text-lines.ts';

const TITLE = /^\s*Infiniband device '([^']+)' port (\d{1,3}) status:\s*$/;
const FIELD = /^\s*(default gid|base lid|sm lid|state|phys state|rate|link_layer):\s*(.*)$/;

export const readInfinibandPorts: Reader = ({ lines, at, context }) => {
  const ports: InfinibandPort[] = [];
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const title = TITLE.exec(line.text);
    const field = FIELD.exec(line.text);
    const last = ports.at(-1);
    if (title !== null)
      ports.push({
        rdma: title[1] ?? '',
        port: Number(title[2]),
        origin: { source: context.source, line: line.number },
      });
    else if (field !== null && last !== undefined) ports[ports.length - 1] = withField(last, field[1], field[2]);
    else break;
    next = here + 1;
  }
  return ports.length === 0 ? undefined : taken(next, { kind: 'infiniband-ports', ports });
};

const withField = (port: InfinibandPort, name: string | undefined, raw: string | undefined): InfinibandPort => {
  const value = raw?.trim() ?? '';
  const state = value.replace(/^\d+:\s*/, '');
  if (name === 'state') return { ...port, state };
  if (name === 'phys state') return { ...port, physState: state };
  if (name === 'link_layer') return { ...port, linkLayer: value };
  return name === 'base lid' ? { ...port, lid: value } : port;
};
