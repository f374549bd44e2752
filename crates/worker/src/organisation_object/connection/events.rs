//! Event publishing in a region without a stack: a configuration set in the customer's account, and the customer's topic.

use api_contract::{ApiError, EventsRequest, EventsSetUp};
use aws_sans_io::{
    Error as AwsError, TopicArn,
    ses::{CreateConfigurationSet, CreateConfigurationSetEventDestination, GetConfigurationSet},
};
use domain::{
    connection::{CallTarget, ConnectionEvent, EventSource, Subscription},
    onboarding::{
        SessionPurpose, WebhookUrl, configuration_set_name, delivery_policy, event_destination_name,
        topic_policy,
    },
    token::{TokenSecret, WebhookToken},
};

use super::ConnectionManager;
use crate::{clock, http::Error};

impl ConnectionManager {
    /// Creates the configuration set and, if a topic is given, its event destination and a webhook URL to subscribe. Every step can be
    /// repeated: existing resources stay as they are.
    ///
    /// # Errors
    /// [`ApiError::EventsActive`] if the region has events from another topic, or the error of AWS.
    pub(crate) async fn set_up_events(
        &self,
        request: &EventsRequest,
        secret: &TokenSecret,
    ) -> Result<EventsSetUp, Error> {
        let organisation = self.context.organisation()?;
        let target = self.call_target(request.region)?;
        let (region, account) = (target.region, target.binding.account());
        let topic = request.topic_in(region, account)?;
        let known = target.binding.events_in(region);
        if known
            .is_some_and(|known| known.subscription == Subscription::Active && known.topic.as_ref() != topic)
        {
            return Err(ApiError::EventsActive { region }.into());
        }
        let name = configuration_set_name(&organisation.external_id);
        self.ensure_configuration_set(&target, &name).await?;
        let mut webhook_url = None;
        if let Some(topic) = topic {
            self.ensure_event_destination(&target, &name, topic, false).await?;
            let settings = self.context.settings()?;
            let token = WebhookToken::issue(&settings.token_tag_keys, organisation.id, region, secret);
            self.access.insert_webhook(&token, Some(topic), clock::now())?;
            webhook_url = Some(WebhookUrl::new(&settings.public_url, &token).reveal().to_owned());
        }
        let source = EventSource {
            region,
            configuration_set: name.clone(),
            topic: topic.cloned(),
            subscription: Subscription::Pending,
            stack: None,
        };
        self.happen(ConnectionEvent::EventSourceCreated { source }).await?;
        let state = self.state()?;
        let example = format!("arn:aws:sns:{region}:{account}:kraiter-events");
        let policy_topic = topic.map_or(example.as_str(), |topic| topic.as_str());
        Ok(EventsSetUp {
            region,
            topic_policy: topic_policy(policy_topic, account, region),
            delivery_policy: delivery_policy(),
            configuration_set: name,
            topic_arn: topic.cloned(),
            webhook_url,
            events: state.in_force().binding().and_then(|binding| binding.events_in(region)).into(),
        })
    }

    pub(super) async fn ensure_configuration_set(
        &self,
        target: &CallTarget,
        name: &str,
    ) -> Result<(), Error> {
        let purpose = SessionPurpose::Events;
        let get = GetConfigurationSet { name: name.to_owned() };
        match self.with_role(target, purpose, &get).await? {
            Ok(()) => return Ok(()),
            Err(error) if error.code() == Some("NotFoundException") => {}
            Err(error) => return Err((&error).into()),
        }
        let create = CreateConfigurationSet { name: name.to_owned() };
        created(self.with_role(target, purpose, &create).await?)
    }

    pub(super) async fn ensure_event_destination(
        &self,
        target: &CallTarget,
        configuration_set: &str,
        topic: &TopicArn,
        tracking: bool,
    ) -> Result<(), Error> {
        let create = CreateConfigurationSetEventDestination {
            configuration_set: configuration_set.to_owned(),
            name: event_destination_name(topic),
            topic: topic.clone(),
            tracking,
        };
        created(self.with_role(target, SessionPurpose::Events, &create).await?)
    }
}

/// Accepts a resource that exists already: its name shows that Kraiter created it for this organisation.
fn created(response: Result<(), AwsError>) -> Result<(), Error> {
    match response {
        Ok(()) => Ok(()),
        Err(error) if error.code() == Some("AlreadyExistsException") => Ok(()),
        Err(error) => Err((&error).into()),
    }
}
