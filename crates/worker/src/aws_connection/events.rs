//! What brings events back where no stack does: a configuration set of ours in the customer's account, and their topic.

use api_contract::{ApiError, EventsRequest, EventsSetUp};
use aws_sans_io::{
    Error as AwsError,
    ses::{CreateConfigurationSet, CreateConfigurationSetEventDestination, GetConfigurationSet},
};
use domain::{
    connection::{CallTarget, ConnectionEvent, EventSource, Subscription},
    onboarding::{
        SessionPurpose, WebhookToken, WebhookUrl, configuration_set_name, event_destination_name,
        topic_policy,
    },
};

use super::AwsConnection;
use crate::{
    clock,
    database::{self, organisations::Organisation},
    http::Error,
};

impl AwsConnection {
    /// Makes the configuration set and, for a topic that is given, the destination and an address to subscribe. Each step can be
    /// made again: what is there already stays as it is.
    pub(super) async fn set_up_events(
        &self,
        organisation: &Organisation,
        wanted: &EventsRequest,
        token: &[u8; 32],
    ) -> Result<EventsSetUp, Error> {
        let route = CallTarget::new(&self.storage()?.state()?, wanted.region)?;
        let (region, account) = (route.region, route.binding.account().clone());
        let topic = wanted.topic_in(region, &account)?;
        let known = route.binding.events_in(region);
        if known
            .is_some_and(|known| known.subscription == Subscription::Active && known.topic.as_ref() != topic)
        {
            return Err(ApiError::EventsActive { region }.into());
        }
        let name = configuration_set_name(&organisation.external_id);
        self.ensure_configuration_set(organisation, &route, &name).await?;
        let mut webhook_url = None;
        if let Some(topic) = topic {
            let create = CreateConfigurationSetEventDestination {
                configuration_set: name.clone(),
                name: event_destination_name(topic),
                topic: topic.clone(),
            };
            let made = self.with_role(organisation, &route, SessionPurpose::Events, &create).await?;
            there_now(made)?;
            let token = WebhookToken::from_random(token);
            let database = self.database()?;
            database::webhooks::insert_for_topic(&database, &token, &organisation.id, topic, clock::now())
                .await?;
            webhook_url = Some(WebhookUrl::new(&self.settings()?.public_url, &token).reveal().to_owned());
        }
        let source = EventSource {
            region,
            configuration_set: name.clone(),
            topic: topic.cloned(),
            subscription: Subscription::Pending,
        };
        self.happen(organisation, ConnectionEvent::EventSourceCreated { source }).await?;
        let state = self.storage()?.state()?;
        let example = format!("arn:aws:sns:{region}:{account}:kraiter-events");
        let shown = topic.map_or(example.as_str(), |topic| topic.as_str());
        Ok(EventsSetUp {
            region,
            topic_policy: topic_policy(shown, &account, region, &name),
            configuration_set: name,
            topic_arn: topic.cloned(),
            webhook_url,
            events: state.binding().and_then(|binding| binding.events_in(region)).into(),
        })
    }

    async fn ensure_configuration_set(
        &self,
        organisation: &Organisation,
        route: &CallTarget,
        name: &str,
    ) -> Result<(), Error> {
        let purpose = SessionPurpose::Events;
        let get = GetConfigurationSet { name: name.to_owned() };
        match self.with_role(organisation, route, purpose, &get).await? {
            Ok(()) => return Ok(()),
            Err(error) if error.code() == Some("NotFoundException") => {}
            Err(error) => return Err((&error).into()),
        }
        let create = CreateConfigurationSet { name: name.to_owned() };
        there_now(self.with_role(organisation, route, purpose, &create).await?)
    }
}

/// What is there already is what was asked for: its name says whose it is.
fn there_now(answer: Result<(), AwsError>) -> Result<(), Error> {
    match answer {
        Ok(()) => Ok(()),
        Err(error) if error.code() == Some("AlreadyExistsException") => Ok(()),
        Err(error) => Err((&error).into()),
    }
}
