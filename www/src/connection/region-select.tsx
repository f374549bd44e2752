import type { Region } from '@kraiter/sdk';
import type { ComponentChildren } from 'preact';

import type { ControlProps } from '../components/field';
import { COMMON_REGIONS } from './suggest-region';

/** Prefixes of region locations and the area each belongs to, in display order. */
const AREAS: [prefix: string, area: string][] = [
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

const OTHER = 'Other';

/** Returns the area of a region, such as Europe for `Europe (Ireland)`. */
export const areaOf = ({ location }: Region): string =>
  AREAS.find(([prefix]) => location.startsWith(prefix))?.[1] ?? OTHER;

interface Props extends ControlProps {
  regions: Region[];
  /** The initially selected region. */
  value?: string | undefined;
  onChange?: (region: string) => void;
  /** The text of the empty option. */
  none?: string;
  /** A region listed first, as near to the user. */
  suggested?: Region | undefined;
  /** Options above the regions. */
  children?: ComponentChildren;
}

/** A select with every region: a suggested one and common ones first, then by area, with restrictions such as opt-in. */
export function RegionSelect({
  regions,
  value,
  onChange,
  none = 'Choose a region',
  suggested,
  children,
  ...control
}: Props) {
  const isCommon = ({ region }: Region) => region !== suggested?.region && COMMON_REGIONS.includes(region);
  const isFirst = (region: Region) => region.region === suggested?.region || isCommon(region);
  const areas = [...new Set([...AREAS.map(([, area]) => area), OTHER])].flatMap((area) => {
    const inArea = regions
      .filter((region) => areaOf(region) === area && !isFirst(region))
      .sort((a, b) => a.location.localeCompare(b.location));
    return inArea.length ? [{ area, inArea }] : [];
  });
  const groups = [
    ...(suggested ? [{ area: 'Near you', inArea: [suggested] }] : []),
    { area: 'Common', inArea: regions.filter(isCommon) },
    ...areas,
  ].filter(({ inArea }) => inArea.length > 0);
  return (
    <select {...control} onChange={(event) => onChange?.(event.currentTarget.value)}>
      <option value="">{none}</option>
      {children}
      {groups.map(({ area, inArea }) => (
        <optgroup key={area} label={area}>
          {inArea.map((region) => (
            <option key={region.region} value={region.region} selected={region.region === value}>
              {[region.location, region.region, ...restrictions(region)].join(' · ')}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

function restrictions({ optIn, supportsStack }: Region): string[] {
  return [...(optIn ? ['enable in AWS first'] : []), ...(supportsStack ? [] : ['manual setup only'])];
}

/** A region's location and code: `Europe (Ireland) eu-west-1`. */
export function RegionName({ regions, region }: { regions: Region[]; region: string }) {
  const location = regions.find((known) => known.region === region)?.location;
  return (
    <span class="region">
      {location && <>{location} </>}
      <code>{region}</code>
    </span>
  );
}
