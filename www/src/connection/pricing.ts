import type { PricingPlan } from '@kraiter/sdk';

/** Amazon's page with the prices of every plan and region. */
export const PRICING_PAGE = 'https://aws.amazon.com/ses/pricing/';

/** The plans of SES with their list prices for the first 10 million emails of a month in US East (N. Virginia), as of July 2026. */
const PLANS: Record<PricingPlan, { name: string; perThousand: number; monthly: number }> = {
  a_la_carte: { name: 'À la carte', perThousand: 0.1, monthly: 0 },
  essentials: { name: 'Essentials', perThousand: 0.16, monthly: 0 },
  pro: { name: 'Pro', perThousand: 0.22, monthly: 105 },
  enterprise: { name: 'Enterprise', perThousand: 0.23, monthly: 500 },
};

const USD = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 2 });
const WHOLE_USD = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 0 });

/** Returns the name of a plan. */
export const planName = (plan: PricingPlan): string => PLANS[plan].name;

/** Returns the list price of a plan: `$105 a month, $0.22 per 1,000 emails`. */
export function planPrice(plan: PricingPlan): string {
  const { perThousand, monthly } = PLANS[plan];
  const perEmail = `${USD.format(perThousand)} per 1,000 emails`;
  return monthly > 0 ? `${WHOLE_USD.format(monthly)} a month, ${perEmail}` : perEmail;
}
