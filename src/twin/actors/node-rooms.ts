/**
 * What a scheduler keeps of the nodes, so that it need not read each of them and its pods anew for every pod that waits: the
 * room that is left, and what speaks against pods that ask for the same. How it chooses is scheduler.ts.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { emptyRoom, withPods, type NodeRoom } from '../../core/placement/node-room.ts';
import { fitOf, type NodeFit } from '../../core/placement/place-pod.ts';
import { podDemand, type PodDemand } from '../../core/placement/pod-demand.ts';

/** Of one node. */
export interface Seat {
  readonly name: string;
  readonly room: NodeRoom;
  /** In thousandths. A number, since a search compares hundreds of them. */
  readonly cpuLeft: number;
  /** What the node itself has to say to the demand of this number; pods on other nodes are not asked. */
  readonly fits: (NodeFit | undefined)[];
}

/** A node as it stands in a search. */
export interface Known {
  node: KubeObject;
  /** Without pods. */
  empty: NodeRoom | undefined;
  seat: Seat | undefined;
}

export class NodeRooms {
  readonly #known = new Map<string, Known>();
  /** Of the pods that take room, by node and uid. */
  readonly #placed = new Map<string, Map<string, PodDemand>>();
  /** Of the pods that wait. */
  readonly #demands = new Map<
    string,
    { readonly spec: unknown; readonly labels: unknown; readonly demand: PodDemand }
  >();
  /** Equal demands have one number. */
  readonly #numbers = new Map<string, number>();
  #inOrder: readonly Known[] | undefined;

  /** In the order of names. */
  all(): readonly Known[] {
    return (this.#inOrder ??= [...this.#known]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, known]) => known));
  }

  known(name: string): Known | undefined {
    return this.#known.get(name);
  }

  seat(known: Known): Seat {
    return (known.seat ??= this.#seatOf(known));
  }

  /** Nothing but labels, spec and allocatable of a node says who fits. */
  followNode(type: 'ADDED' | 'MODIFIED' | 'DELETED', node: KubeObject): void {
    const { name } = node.metadata;
    const known = this.#known.get(name);
    if (type === 'DELETED') this.#known.delete(name);
    else if (known === undefined) this.#known.set(name, { node, empty: undefined, seat: undefined });
    else {
      const isSame =
        known.node['spec'] === node['spec'] &&
        known.node.metadata.labels === node.metadata.labels &&
        allocatableOf(known.node) === allocatableOf(node);
      known.node = node;
      if (!isSame) known.empty = known.seat = undefined;
    }
    if (type === 'DELETED' || known === undefined) this.#inOrder = undefined;
  }

  /** The pod takes room on this node, or another one than before. */
  place(node: string, pod: KubeObject): void {
    const pods = this.#placed.get(node) ?? new Map<string, PodDemand>();
    this.#placed.set(node, pods.set(pod.metadata.uid ?? '', podDemand(pod)));
    this.#forgetSeat(node);
  }

  /** The pod is finished or gone. */
  clear(node: string, { metadata: { uid = '' } }: KubeObject): void {
    this.#placed.get(node)?.delete(uid);
    this.#forgetSeat(node);
  }

  /** The pod waits no more. */
  forgetDemand({ metadata: { uid = '' } }: KubeObject): void {
    this.#demands.delete(uid);
  }

  demandOf(pod: KubeObject): PodDemand {
    const { uid = '', labels } = pod.metadata;
    const spec = pod['spec'];
    const known = this.#demands.get(uid);
    if (known !== undefined && known.spec === spec && known.labels === labels) return known.demand;
    const demand = podDemand(pod);
    this.#demands.set(uid, { spec, labels, demand });
    return demand;
  }

  numberOf(demand: PodDemand): number {
    const { requests, hostPorts, nodeName, nodeSelector, requiredNodes, tolerations, gates, claims } = demand;
    const amounts = [...requests].map(([resource, amount]) => `${resource}=${amount}`);
    const text = JSON.stringify([
      amounts,
      hostPorts,
      nodeName,
      nodeSelector,
      requiredNodes,
      tolerations,
      gates,
      claims,
    ]);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }

  #forgetSeat(node: string): void {
    const known = this.#known.get(node);
    if (known !== undefined) known.seat = undefined;
  }

  #seatOf(known: Known): Seat {
    known.empty ??= emptyRoom(known.node);
    const { name } = known.empty;
    const room = withPods(known.empty, [...(this.#placed.get(name)?.values() ?? [])]);
    const cpuLeft = Number((room.allocatable.get('cpu') ?? 0n) - (room.used.get('cpu') ?? 0n));
    return { name, room, cpuLeft, fits: [] };
  }
}

const allocatableOf = (node: KubeObject): unknown =>
  (node['status'] as { readonly allocatable?: unknown } | undefined)?.allocatable;

const ALONE: readonly NodeRoom[] = [];

/** What speaks against the pod on this node; `around` are the nodes whose pods have a say. */
export const fitAt = (demand: PodDemand, number: number, seat: Seat, around: readonly NodeRoom[]): NodeFit => {
  const own = (seat.fits[number] ??= fitOf({ ...demand, affinity: undefined, spread: [] }, seat.room, ALONE));
  return own.verdict === 'does-not-fit' || around.length === 0 ? own : fitOf(demand, seat.room, around);
};
