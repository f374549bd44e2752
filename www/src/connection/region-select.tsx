import type { Region } from '@kraiter/sdk';
import type { ControlProps } from '../parts/field';

const AREAS = ['Europe', 'US', 'Canada', 'Mexico', 'South America', 'Asia Pacific', 'Middle East', 'Africa'];
const NAMES: Record<string, string> = { US: 'United States', Israel: 'Middle East' };

/** The part of the world that a location begins with: `Europe (Ireland)`, `Canada West (Calgary)`. */
function areaOf({ location }: Region): string {
  if (location.startsWith('Israel')) return 'Middle East';
  return AREAS.find((area) => location.startsWith(area)) ?? 'Elsewhere';
}

/** Every region, by location. A region that an account must enable first says so. */
export function RegionSelect(props: ControlProps & { regions: Region[]; value?: string | undefined; empty?: string | undefined; onChange?: (region: string) => void }) {
  const { regions, value, empty, onChange, ...control } = props;
  const areas = [...AREAS, 'Elsewhere'].flatMap((area) => {
    const inside = regions.filter((region) => areaOf(region) === area);
    return inside.length ? [{ area, inside: inside.sort((a, b) => a.location.localeCompare(b.location)) }] : [];
  });
  return (
    <select {...control} value={value ?? ''} onChange={onChange && ((event) => onChange(event.currentTarget.value))}>
      <option value="">{empty ?? 'Choose a region'}</option>
      {areas.map(({ area, inside }) => (
        <optgroup key={area} label={NAMES[area] ?? area}>
          {inside.map(({ region, location, optIn }) => (
            <option key={region} value={region}>{location} · {region}{optIn ? ' · must be enabled first' : ''}</option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

/** A region as people read it: `Europe (Ireland) · eu-west-1`. */
export function RegionName({ regions, region }: { regions: Region[]; region: string }) {
  const location = regions.find((known) => known.region === region)?.location;
  return <span class="region">{location && <>{location} </>}<code>{region}</code></span>;
}
