/** Reads pins.json, the one list of versions that setup:real installs. */
import { readFileSync } from 'node:fs';

type Pins = Readonly<Record<string, Readonly<Record<string, string>>>>;

const ALL = JSON.parse(readFileSync(new URL('pins.json', import.meta.url), 'utf8')) as Pins;

/** The versions of one step. A step without an entry is a mistake in the project, so it throws. */
export const pinsOf = (step: string): Readonly<Record<string, string>> => {
  const pins = ALL[step];
  if (pins === undefined) throw new Error(`scripts/real-parts/pins.json has no entry "${step}"`);
  return pins;
};

export const pinOf = (step: string, name: string): string => {
  const pin = pinsOf(step)[name];
  if (pin === undefined) throw new Error(`scripts/real-parts/pins.json: "${step}" has no pin "${name}"`);
  return pin;
};
