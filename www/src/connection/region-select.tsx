import type { Region } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import type { ControlProps } from '../parts/field';

/** How the location of a region begins, and the part of the world under which it is listed. In the order of the list. */
const AREAS: [begins: string, area: string][] = [
  ['Europe', 'Europe'],
  ['US', 'United States'],
  ['Canada', 'Canada'],
  ['Mexico', 'Mexico'],
  ['South America', 'South America'],
  ['Asia Pacific', 'Asia Pacific'],
  ['Middle East', 'Middle East'],
  ['Israel', 'Middle East'],
  ['Africa', 'Africa'],
];

const ELSEWHERE = 'Elsewhere';

/** The part of the world that a region lies in: `Europe (Ireland)`, `Canada West (Calgary)`. */
export const areaOf = ({ location }: Region): string =>
  AREAS.find(([begins]) => location.startsWith(begins))?.[1] ?? ELSEWHERE;

interface Props extends ControlProps {
  regions: Region[];
  /** The region that is chosen at first. */
  value?: string | undefined;
  onChange?: (region: string) => void;
  /** What it says while no region is chosen. */
  none?: string;
  /** What stands before the regions. */
  children?: ComponentChildren;
}

/** Every region, by location, each with what must be known before it is chosen. */
export function RegionSelect({ regions, value, onChange, none = 'Choose a region', children, ...control }: Props) {
  const areas = [...new Set([...AREAS.map(([, area]) => area), ELSEWHERE])].flatMap((area) => {
    const inside = regions
      .filter((region) => areaOf(region) === area)
      .sort((a, b) => a.location.localeCompare(b.location));
    return inside.length ? [{ area, inside }] : [];
  });
  return (
    <select {...control} onChange={(event) => onChange?.(event.currentTarget.value)}>
      <option value="">{none}</option>
      {children}
      {areas.map(({ area, inside }) => (
        <optgroup key={area} label={area}>
          {inside.map((region) => (
            <option key={region.region} value={region.region} selected={region.region === value}>
              {[region.location, region.region, ...remarks(region)].join(' · ')}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function remarks({ optIn, supportsStack }: Region): string[] {
  return [...(optIn ? ['enable it in AWS first'] : []), ...(supportsStack ? [] : ['manual set-up only'])];
}

/** A region as people read it: `Europe (Ireland) eu-west-1`. */
export function RegionName({ regions, region }: { regions: Region[]; region: string }) {
  const location = regions.find((known) => known.region === region)?.location;
  return (
    <span class="region">
      {location && <>{location} </>}
      <code>{region}</code>
    </span>
  );
}
