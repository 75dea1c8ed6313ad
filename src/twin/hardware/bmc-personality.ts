/** How the BMC of a host behaves, as data: most are honest, and those that are not have been met in the field. */
import { seconds, type Latency } from '../latency.ts';

export type PersonalityName = 'dgx' | 'idrac' | 'slow' | 'lying' | 'forgetful' | 'wrong-host';

export interface BmcPersonality {
  readonly about: string;
  readonly answer: Latency;
  /** A request that it accepts is carried out. */
  readonly carriesOut: boolean;
  /** What it was told to boot next is still there at the next look. */
  readonly keepsBootOverride: boolean;
  /** It takes standby power away and gives it back, by its vendor's own action. */
  readonly acCycle: boolean;
  /** It answers for the host that it sits in. */
  readonly ownHost: boolean;
}

const DGX: BmcPersonality = {
  about: 'accepts long before anything is done, and does it',
  answer: seconds(0.2, 0.8, 3, 'not measured: a Redfish request to a BMC of the AMI line'),
  carriesOut: true,
  keepsBootOverride: true,
  acCycle: false,
  ownHost: true,
};

export const PERSONALITIES: Readonly<Record<PersonalityName, BmcPersonality>> = {
  dgx: DGX,
  idrac: { ...DGX, about: 'accepts long before anything is done, and offers an AC cycle', acCycle: true },
  slow: {
    ...DGX,
    about: 'takes up to half a minute for each answer',
    answer: seconds(8, 15, 30, 'not measured: a BMC that is busy with its own inventory'),
  },
  lying: { ...DGX, about: 'accepts every request and does nothing', carriesOut: false },
  forgetful: { ...DGX, about: 'accepts what to boot next and forgets it', keepsBootOverride: false },
  'wrong-host': { ...DGX, about: 'has the address of this host and sits in another', ownHost: false },
};
