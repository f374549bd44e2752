import type { Region } from '@kraiter/sdk';

import { HelpLink } from '../components/help-link';
import { PRICING_PAGE, planName, planPrice } from './pricing';

/** The pricing plan of an account in a region, with its list price. */
export function Plan({ region: { pricingPlan, nextPricingPlan } }: { region: Region }) {
  if (pricingPlan === null) return null;
  return (
    <>
      {planName(pricingPlan)}: {planPrice(pricingPlan)}
      {nextPricingPlan !== null && `, ${planName(nextPricingPlan)} from next month`} (
      <HelpLink href={PRICING_PAGE}>list price, can differ by region</HelpLink>)
    </>
  );
}
