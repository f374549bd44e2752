import type { Region } from '@kraiter/sdk';

/**
 * The regions by IANA time zone, the most specific prefix first. All of them are enabled in every AWS account, so somewhere the
 * suggestion isn't the closest region.
 */
const BY_TIME_ZONE: readonly [region: string, zones: readonly string[]][] = [
  ['eu-west-2', ['Europe/London', 'Europe/Jersey', 'Europe/Guernsey', 'Europe/Isle_of_Man']],
  ['eu-west-1', ['Europe/Dublin', 'Europe/Lisbon', 'Atlantic/']],
  [
    'eu-west-3',
    ['Europe/Paris', 'Europe/Monaco', 'Europe/Brussels', 'Europe/Luxembourg', 'Europe/Madrid', 'Europe/Andorra'],
  ],
  [
    'eu-north-1',
    [
      'Europe/Stockholm',
      'Europe/Helsinki',
      'Europe/Oslo',
      'Europe/Copenhagen',
      'Europe/Tallinn',
      'Europe/Riga',
      'Europe/Vilnius',
      'Europe/Mariehamn',
      'Arctic/',
    ],
  ],
  ['eu-central-1', ['Europe/']],
  [
    'us-west-2',
    [
      'America/Vancouver',
      'America/Whitehorse',
      'America/Dawson',
      'America/Anchorage',
      'America/Juneau',
      'America/Boise',
      'America/Denver',
      'America/Phoenix',
      'America/Edmonton',
      'America/Calgary',
      'Pacific/Honolulu',
      'US/Mountain',
      'US/Alaska',
      'US/Hawaii',
    ],
  ],
  ['us-west-1', ['America/Los_Angeles', 'America/Tijuana', 'US/Pacific']],
  [
    'us-east-2',
    [
      'America/Chicago',
      'America/Detroit',
      'America/Indiana/',
      'America/Kentucky/',
      'America/Menominee',
      'America/North_Dakota/',
      'America/Winnipeg',
      'America/Regina',
      'America/Mexico_City',
      'America/Monterrey',
      'US/Central',
    ],
  ],
  [
    'ca-central-1',
    [
      'America/Toronto',
      'America/Montreal',
      'America/Halifax',
      'America/Moncton',
      'America/St_Johns',
      'America/Iqaluit',
      'Canada/',
    ],
  ],
  [
    'sa-east-1',
    [
      'America/Sao_Paulo',
      'America/Argentina/',
      'America/Buenos_Aires',
      'America/Montevideo',
      'America/Asuncion',
      'America/Santiago',
      'America/La_Paz',
      'America/Bahia',
      'America/Fortaleza',
      'America/Recife',
      'America/Belem',
      'America/Manaus',
      'America/Cuiaba',
      'America/Campo_Grande',
      'America/Porto_Velho',
      'America/Maceio',
      'America/Araguaina',
    ],
  ],
  ['us-east-1', ['America/', 'US/']],
  [
    'ap-south-1',
    [
      'Asia/Kolkata',
      'Asia/Calcutta',
      'Asia/Colombo',
      'Asia/Dhaka',
      'Asia/Kathmandu',
      'Asia/Karachi',
      'Asia/Thimphu',
      'Asia/Kabul',
      'Asia/Dubai',
      'Asia/Muscat',
      'Asia/Tashkent',
      'Asia/Almaty',
      'Indian/',
    ],
  ],
  [
    'ap-northeast-1',
    ['Asia/Tokyo', 'Asia/Vladivostok', 'Asia/Shanghai', 'Asia/Hong_Kong', 'Asia/Taipei', 'Asia/Macau', 'Japan'],
  ],
  ['ap-northeast-2', ['Asia/Seoul', 'Asia/Pyongyang', 'Asia/Ulaanbaatar']],
  [
    'eu-central-1',
    [
      'Asia/Jerusalem',
      'Asia/Tel_Aviv',
      'Asia/Beirut',
      'Asia/Amman',
      'Asia/Damascus',
      'Asia/Baghdad',
      'Asia/Riyadh',
      'Asia/Kuwait',
      'Asia/Qatar',
      'Asia/Bahrain',
      'Asia/Nicosia',
      'Asia/Istanbul',
      'Asia/Tbilisi',
      'Asia/Yerevan',
      'Asia/Baku',
      'Asia/Tehran',
    ],
  ],
  ['ap-southeast-1', ['Asia/']],
  ['ap-southeast-2', ['Australia/', 'Pacific/', 'Antarctica/']],
  ['eu-west-1', ['Africa/']],
];

/** The regions that most accounts send from, listed before the others. */
export const COMMON_REGIONS = [
  'us-east-1',
  'us-west-2',
  'eu-west-1',
  'eu-central-1',
  'ap-southeast-2',
  'ap-northeast-1',
];

/** Returns the code of a region near a time zone such as `Europe/Berlin`. */
export const regionOfTimeZone = (timeZone: string): string | undefined =>
  BY_TIME_ZONE.find(([, zones]) =>
    zones.some((zone) => (zone.endsWith('/') ? timeZone.startsWith(zone) : timeZone === zone)),
  )?.[0];

/** Returns the region near the user, if the stack can be created there. */
export function suggestedRegion(regions: readonly Region[]): Region | undefined {
  const code = regionOfTimeZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
  return regions.find(({ region, optIn, supportsStack }) => region === code && supportsStack && !optIn);
}
