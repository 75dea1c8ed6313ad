/** The messages of data/kubernetes-messages.ts as maps, read when the first protobuf body comes. */
import { KUBERNETES_MESSAGES } from './data/kubernetes-messages.ts';

export interface MessageField {
  readonly name: string;
  /** `string`, `int32`, `bytes`, `core.PodSpec`, ... */
  readonly type: string;
  readonly shape: 'one' | 'list' | 'map';
  /** A zero is a value, not an absence. */
  readonly keepsZero: boolean;
}

export type Message = ReadonlyMap<number, MessageField>;

let read: ReadonlyMap<string, Message> | undefined;

/** `core.ConfigMap`; undefined for messages that are not in the table. */
export const messageNamed = (name: string): Message | undefined => (read ??= readTable()).get(name);

const readTable = (): ReadonlyMap<string, Message> =>
  new Map(
    KUBERNETES_MESSAGES.trim()
      .split('\n')
      .map((line): [string, Message] => {
        const [name = '', fields = ''] = line.split(': ');
        const home = name.slice(0, name.indexOf('.'));
        return [name, new Map(fields.split(', ').map((field) => fieldOf(field, home)))];
      }),
  );

const fieldOf = (text: string, home: string): [number, MessageField] => {
  const [number = '', name = '', written = ''] = text.split(' ');
  const bare = written.replaceAll(/[[\]{}]/g, '');
  const shape = written.endsWith('[]') ? 'list' : written.startsWith('{') ? 'map' : 'one';
  return [
    Number.parseInt(number, 10),
    { name, type: bare.startsWith('.') ? home + bare : bare, shape, keepsZero: number.endsWith('!') },
  ];
};
