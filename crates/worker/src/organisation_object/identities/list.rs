//! The list of identities, across regions.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, HashSet},
};

use api_contract::{Identity, IdentityList, IdentityProblem, IdentityQuery, KnownIdentity};
use aws_sans_io::{
    Error as AwsError, Region, Retry,
    ses::{GetEmailIdentity, ListEmailIdentities, ListedIdentity},
};
use domain::{
    IdentityId,
    connection::{Binding, CallTarget},
    onboarding::SessionPurpose,
};
use email_message::SenderIdentity;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Identities, table};
use crate::{clock, http::Error, organisation_object::connection::CONCURRENT_CALLS, random};

/// The maximum number of pages to read of one region. SES allows 10,000 identities per region, and returns up to 1,000 per page.
const MAX_PAGES: usize = 10;

/// The identities that SES lists in one region.
struct RegionList {
    region: Region,
    identities: HashMap<SenderIdentity, ListedIdentity>,
    problems: Vec<IdentityProblem>,
}

/// What Kraiter stores about an identity, and SES's entry for it.
type Listed = (KnownIdentity, ListedIdentity);

impl Identities {
    /// Lists the identities that SES has. A region that fails is reported in `problems`, and the others are listed all the same.
    ///
    /// # Errors
    /// [`api_contract::ApiError::ConnectionUnusable`] if the role can't be assumed.
    pub(crate) async fn list(&self, query: IdentityQuery) -> Result<IdentityList, Error> {
        let target = self.connection.call_target(None)?;
        let in_use = target.binding.regions_in_use(self.connection.regions_with_identities()?);
        let regions = query.regions.resolve(in_use);
        // Without it, each region would report that the role can't be assumed.
        self.connection.require_credentials(&target, SessionPurpose::Identities).await?;

        let lists = stream::iter(regions.clone())
            .map(|region| self.list_region(CallTarget { binding: target.binding.clone(), region }));
        let mut lists: Vec<_> = lists.buffered(CONCURRENT_CALLS).try_collect().await?;
        let mut problems = lists.iter_mut().flat_map(|list| std::mem::take(&mut list.problems)).collect();

        let mut listed = self.with_ids(lists)?;
        listed.sort_unstable_by_key(|(known, _)| std::cmp::Reverse(known.id));
        listed.retain(|(known, _)| query.after.is_none_or(|after| known.id < after));
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let has_more = listed.len() > limit;
        listed.truncate(limit);
        let last = listed.last().map(|(known, _)| known.id);
        let data = self.views(&target.binding, listed, &mut problems).await?;
        Ok(IdentityList { data, problems, regions, next_cursor: last.filter(|_| has_more) })
    }

    /// Reads the pages of one region.
    async fn list_region(&self, target: CallTarget) -> Result<RegionList, Error> {
        let region = target.region;
        let mut list = RegionList { region, identities: HashMap::new(), problems: Vec::new() };
        let mut call = ListEmailIdentities::default();
        for _ in 0..MAX_PAGES {
            let response = self.connection.with_role(&target, SessionPurpose::Identities, &call).await;
            let page = match response {
                Ok(Ok(page)) => page,
                Ok(Err(error)) => {
                    if let Some(earlier) = call.route.fallback(&error) {
                        call.route = earlier;
                        continue;
                    }
                    list.problems.push(IdentityProblem::from_aws(&error, region, "ses:ListEmailIdentities"));
                    return Ok(list);
                }
                Err(Error::Api(error)) => {
                    list.problems.push(IdentityProblem::new(&error, region, None));
                    return Ok(list);
                }
                Err(error) => return Err(error),
            };
            for identity in page.email_identities {
                match identity.identity_name.parse() {
                    Ok(name) => {
                        list.identities.insert(name, identity);
                    }
                    // One problem per region is enough.
                    Err(_) if list.problems.is_empty() => {
                        list.problems.push(IdentityProblem::unreadable(&identity.identity_name, region));
                    }
                    Err(_) => {}
                }
            }
            call.next_token = page.next_token.filter(|token| !token.is_empty());
            if call.next_token.is_none() {
                return Ok(list);
            }
        }
        list.problems.push(IdentityProblem::truncated(region));
        Ok(list)
    }

    /// Joins SES's entries with what is stored. An identity that is seen for the first time gets an id.
    fn with_ids(&self, lists: Vec<RegionList>) -> Result<Vec<Listed>, Error> {
        let (sql, now) = (&self.context.sql, clock::now());
        let mut joined = Vec::new();
        sql.transaction(|| {
            for list in lists {
                let known = table::in_region(sql, list.region)?;
                let mut known: HashMap<_, _> =
                    known.into_iter().map(|identity| (identity.name.clone(), identity)).collect();
                for (name, listed) in list.identities {
                    let identity = match known.remove(&name) {
                        Some(identity) => identity,
                        None => table::insert(sql, &first_seen(name, list.region, now))?,
                    };
                    joined.push((identity, listed));
                }
            }
            Ok(())
        })?;
        Ok(joined)
    }

    /// Returns the public representations. SES's list is complete for addresses; domains are read one by one, until SES throttles the calls.
    async fn views(
        &self,
        binding: &Binding,
        listed: Vec<Listed>,
        problems: &mut Vec<IdentityProblem>,
    ) -> Result<Vec<Identity>, Error> {
        let throttled: RefCell<HashSet<Region>> = RefCell::default();
        let failed: RefCell<Vec<(Region, AwsError)>> = RefCell::default();
        let views = stream::iter(listed).map(async |(known, listed): Listed| {
            let partial = known.to_listed_identity(&listed, clock::now());
            self.observe(&known, partial.verified)?;
            let region = known.region;
            if !partial.partial || throttled.borrow().contains(&region) {
                return Ok::<_, Error>(partial);
            }
            let get = GetEmailIdentity { email_identity: known.name.to_string() };
            let target = CallTarget { binding: binding.clone(), region };
            match self.connection.with_role(&target, SessionPurpose::Identities, &get).await? {
                Ok(details) => {
                    self.observe(&known, details.verified_for_sending_status)?;
                    return Ok(known.to_identity(&details, clock::now()));
                }
                Err(error) if error.retry() == Retry::Slower => {
                    throttled.borrow_mut().insert(region);
                }
                Err(error) => failed.borrow_mut().push((region, error)),
            }
            Ok(partial)
        });
        let views: Vec<Identity> = views.buffered(CONCURRENT_CALLS).try_collect().await?;
        let throttled = throttled.into_inner();
        let mut counts: BTreeMap<&str, (Region, usize)> = BTreeMap::new();
        for view in views.iter().filter(|view| view.partial && throttled.contains(&view.region)) {
            counts.entry(view.region.name()).or_insert((view.region, 0)).1 += 1;
        }
        problems
            .extend(counts.into_values().map(|(region, count)| IdentityProblem::throttled(region, count)));
        // One problem per region is enough.
        let mut reported = HashSet::new();
        for (region, error) in failed.into_inner() {
            if reported.insert(region) {
                problems.push(IdentityProblem::from_aws(&error, region, "ses:GetEmailIdentity"));
            }
        }
        Ok(views)
    }
}

fn first_seen(name: SenderIdentity, region: Region, now: time::OffsetDateTime) -> KnownIdentity {
    KnownIdentity {
        id: IdentityId::new(now, random::u128()),
        name,
        region,
        created_at: now,
        records_since: None,
        unverified_since: None,
        byodkim_key: None,
    }
}
