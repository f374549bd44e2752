//! What SES has in the customer's account, across regions.

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
use futures_util::{StreamExt, stream};

use super::AwsConnection;
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::Error,
    random,
};

/// How many connections the runtime opens at a time for one request.
const AT_ONCE: usize = 6;

/// How many pages of a region are read; SES lets an account have 10,000 identities in a region, 1,000 on a page.
const MOST_PAGES: usize = 10;

/// What one region has told.
struct Told {
    region: Region,
    identities: HashMap<SenderIdentity, ListedIdentity>,
    problems: Vec<IdentityProblem>,
}

/// An identity on a page: what we keep of it, and what SES's list says.
type Listed = (KnownIdentity, ListedIdentity);

impl AwsConnection {
    /// Lists what SES has. A region that fails is named among the problems; the others are listed all the same.
    pub(super) async fn list_identities(
        &self,
        organisation: &Organisation,
        query: IdentityQuery,
    ) -> Result<IdentityList, Error> {
        let route = CallTarget::new(&self.storage()?.state()?, None)?;
        let known = database::identities::all(&self.database()?, &organisation.id).await?;
        let with_events = route.binding.events.iter().map(|source| source.region);
        let with_identities = known.iter().map(|identity| identity.region);
        let used = [route.region].into_iter().chain(with_events).chain(with_identities);
        let regions = query.regions.resolve(used);
        self.borrow_for_identities(organisation, &route).await?;

        let asked = stream::iter(regions.clone()).map(|region| {
            self.ask_region(organisation, CallTarget { binding: route.binding.clone(), region })
        });
        let told: Vec<Result<Told, Error>> = asked.buffered(AT_ONCE).collect().await;
        let mut told = told.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut problems = told.iter_mut().flat_map(|told| std::mem::take(&mut told.problems)).collect();

        let mut listed = self.with_ids(organisation, known, told).await?;
        listed.sort_unstable_by_key(|(known, _)| std::cmp::Reverse(known.id));
        listed.retain(|(known, _)| query.after.is_none_or(|after| known.id < after));
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let is_cut = listed.len() > limit;
        listed.truncate(limit);
        let last = listed.last().map(|(known, _)| known.id);
        let data = self.views(organisation, &route.binding, listed, &mut problems).await?;
        Ok(IdentityList { data, problems, regions, next_cursor: last.filter(|_| is_cut) })
    }

    /// Reads a region's list.
    async fn ask_region(&self, organisation: &Organisation, route: CallTarget) -> Result<Told, Error> {
        let region = route.region;
        let mut told = Told { region, identities: HashMap::new(), problems: Vec::new() };
        let mut list = ListEmailIdentities::default();
        for _ in 0..MOST_PAGES {
            let answer = match self.with_role(organisation, &route, SessionPurpose::Identities, &list).await {
                Ok(answer) => answer,
                Err(Error::Api(error)) => {
                    told.problems.push(IdentityProblem::new(&error, region, None));
                    return Ok(told);
                }
                Err(failure) => return Err(failure),
            };
            let page = match answer {
                Ok(page) => page,
                Err(error) => {
                    if let Some(earlier) = list.route.fallback(&error) {
                        list.route = earlier;
                        continue;
                    }
                    told.problems.push(IdentityProblem::from_aws(&error, region, "ses:ListEmailIdentities"));
                    return Ok(told);
                }
            };
            for identity in page.email_identities {
                match identity.identity_name.parse() {
                    Ok(name) => {
                        told.identities.insert(name, identity);
                    }
                    // One is enough to say so.
                    Err(_) if told.problems.is_empty() => {
                        told.problems.push(IdentityProblem::unreadable(&identity.identity_name, region));
                    }
                    Err(_) => {}
                }
            }
            list.next_token = page.next_token.filter(|token| !token.is_empty());
            if list.next_token.is_none() {
                return Ok(told);
            }
        }
        told.problems.push(IdentityProblem::truncated(region));
        Ok(told)
    }

    /// Joins what was told with what is known; what is seen for the first time gets an id.
    async fn with_ids(
        &self,
        organisation: &Organisation,
        known: Vec<KnownIdentity>,
        told: Vec<Told>,
    ) -> Result<Vec<Listed>, Error> {
        let by_name = |known: Vec<KnownIdentity>| -> HashMap<(Region, SenderIdentity), KnownIdentity> {
            known.into_iter().map(|one| ((one.region, one.name.clone()), one)).collect()
        };
        let mut known = by_name(known);
        let told: Vec<((Region, SenderIdentity), ListedIdentity)> = told
            .into_iter()
            .flat_map(|told| {
                let region = told.region;
                told.identities.into_iter().map(move |(name, listed)| ((region, name), listed))
            })
            .collect();
        let now = clock::now();
        let new: Vec<KnownIdentity> = told
            .iter()
            .filter(|(key, _)| !known.contains_key(key))
            .map(|((region, name), _)| KnownIdentity {
                id: IdentityId::new(now, random::u128()),
                name: name.clone(),
                region: *region,
                created_at: now,
                records_since: None,
                byodkim_key: None,
            })
            .collect();
        if !new.is_empty() {
            let database = self.database()?;
            database::identities::insert_seen(&database, &organisation.id, &new).await?;
            // Another request may have been first.
            known = by_name(database::identities::all(&database, &organisation.id).await?);
        }
        Ok(told.into_iter().filter_map(|(key, listed)| Some((known.remove(&key)?, listed))).collect())
    }

    /// What is shown of each. A list says all of an address; of a domain SES is asked, until it wants to be asked more slowly.
    async fn views(
        &self,
        organisation: &Organisation,
        binding: &Binding,
        listed: Vec<Listed>,
        problems: &mut Vec<IdentityProblem>,
    ) -> Result<Vec<Identity>, Error> {
        let slow: RefCell<HashSet<Region>> = RefCell::default();
        let failed: RefCell<Vec<(Region, AwsError)>> = RefCell::default();
        let asked = stream::iter(listed).map(async |(known, listed): Listed| {
            let partial = known.to_listed_identity(&listed, clock::now());
            let region = known.region;
            if !partial.partial || slow.borrow().contains(&region) {
                return Ok(partial);
            }
            let get = GetEmailIdentity { email_identity: known.name.to_string() };
            let route = CallTarget { binding: binding.clone(), region };
            match self.with_role(organisation, &route, SessionPurpose::Identities, &get).await? {
                Ok(seen) => return Ok(known.to_identity(&seen, clock::now())),
                Err(error) if error.retry() == Retry::Slower => {
                    slow.borrow_mut().insert(region);
                }
                Err(error) => failed.borrow_mut().push((region, error)),
            }
            Ok(partial)
        });
        let views: Vec<Result<Identity, Error>> = asked.buffered(AT_ONCE).collect().await;
        let views = views.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut partial: BTreeMap<&str, (Region, usize)> = BTreeMap::new();
        for view in views.iter().filter(|view| view.partial && slow.borrow().contains(&view.region)) {
            partial.entry(view.region.name()).or_insert((view.region, 0)).1 += 1;
        }
        problems
            .extend(partial.into_values().map(|(region, count)| IdentityProblem::throttled(region, count)));
        let failed = failed.into_inner();
        // One is enough to say why.
        let mut told = HashSet::new();
        let failed = failed.iter().filter(|(region, _)| told.insert(*region));
        problems.extend(
            failed.map(|(region, error)| IdentityProblem::from_aws(error, *region, "ses:GetEmailIdentity")),
        );
        Ok(views)
    }
}
