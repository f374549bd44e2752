//! The beginning and the end of a subscription.

use serde_json::Value;
use test_support::{console::QuickCreate, customer::Customer, wait::Poll};

use super::{Outcome, equal, hold};
use crate::{
    connected::{SUCCESS, email_to, soon, topic_of, until},
    forger::Forgery,
    post_office::Post,
    relay::Reaction,
    trap::Trap,
    wire::Message,
    wiretap::fault,
    world::{IRELAND, SOON, World, quick_create, verify},
};

const CONFIRM: &str = "ConfirmSubscription";

pub(crate) fn by_token(world: &World) -> Outcome {
    let connected = world.connected()?;
    let confirmations = || {
        world
            .wiretap
            .calls_where(|call| call.action == CONFIRM && call.parameter("TopicArn") == connected.topic)
    };
    let posts = world.post_office.posts(&connected.topic);
    let post =
        posts.iter().find(|post| post.kind() == "SubscriptionConfirmation").ok_or("nothing was posted")?;
    let calls = confirmations();
    let [call] = &calls[..] else { return Err(format!("{} calls confirm", calls.len()).into()) };
    equal("the token", Some(call.parameter("Token")), post.message["Token"].as_str())?;
    equal("who signed it", call.access_key_id.as_str(), "")?;
    let mut names: Vec<_> = call.parameters.keys().map(String::as_str).collect();
    names.sort_unstable();
    equal("what is asked", names, ["Action", "Token", "TopicArn", "Version"])?;

    // One whose URL leads elsewhere is confirmed in the same way.
    let trap = Trap::set()?;
    let topic = connected.topic.clone();
    let _fault = world.wiretap.fault(move |call| {
        let is_ours = call.action == CONFIRM && call.parameter("TopicArn") == topic;
        is_ours.then(|| {
            Reaction::Answer(Message::response(200, &[("content-type", "text/xml")], confirmed(&topic)))
        })
    });
    let forgery = Forgery::new("SubscriptionConfirmation", &connected.topic, &world.wiretap.origin())
        .with("Token", "0123456789abcdef")
        .with("SubscribeURL", format!("{}/?Action=ConfirmSubscription", trap.origin()));
    let answer = world.post_to_webhook(&connected.target()?, forgery.sign()?.to_string())?;
    equal("the answer", (answer.status.as_u16(), answer.body), (200, Value::Null))?;
    let calls = confirmations();
    equal("calls that confirm", calls.len(), 2)?;
    equal("the token", calls[1].parameter("Token"), "0123456789abcdef")?;
    equal("who fetched the URL", trap.asked(), Vec::<String>::new())?;
    equal("the connection", &connected.binding()?["status"], "connected")
}

pub(crate) fn tried_again(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let customer = world.customer()?;
    let link = quick_create(&organisation, IRELAND)?;
    let account = customer.account().to_string();
    let fault = world.wiretap.fault(move |call| {
        let is_ours = call.action == CONFIRM && call.parameter("TopicArn").contains(&account);
        is_ours.then(|| fault::query_error(500, "InternalFailure", "Try later"))
    });
    link.create_stack(&customer)?;
    let topic = topic_of(&customer, &link)?;
    let post = confirmation(world, &topic)?;
    equal("the answer", post.status, 503)?;
    hold(!is_confirmed(&customer, &link, &topic)?, "the subscription is confirmed")?;

    drop(fault);
    // As SNS does after a 5xx.
    let again = world.post_to_webhook(&post.target, post.body)?;
    equal("the answer to the second try", (again.status.as_u16(), again.body), (200, Value::Null))?;
    hold(is_confirmed(&customer, &link, &topic)?, "the subscription isn't confirmed")?;
    let connected = organisation.wait_for_status("connected", SOON)?;
    equal("events", &connected["eventsActive"], true)
}

pub(crate) fn unsubscribed(world: &World) -> Outcome {
    let connected = world.connected()?;
    let confirmations = || {
        let of_topic = world.wiretap.calls_where(|call| call.parameter("TopicArn") == connected.topic);
        of_topic.iter().filter(|call| call.action == CONFIRM).count()
    };
    let before = confirmations();
    let forgery = Forgery::new("UnsubscribeConfirmation", &connected.topic, &world.wiretap.origin());
    let answer = world.post_to_webhook(&connected.target()?, forgery.sign()?.to_string())?;
    equal("the answer", (answer.status.as_u16(), answer.body), (200, Value::Null))?;
    let degraded = connected.binding()?;
    equal("status", &degraded["status"], "degraded")?;
    equal("reason", &degraded["reason"]["code"], "topic_unsubscribed")?;
    equal("events", &degraded["eventsActive"], false)?;
    // A check of the role, which works, doesn't hide it.
    let checked = verify(&connected.organisation)?;
    equal("verified", &checked["verified"], true)?;
    equal("reason after a check", &checked["reason"]["code"], "topic_unsubscribed")?;
    equal("calls that confirm", confirmations(), before)?;
    // Mail still goes out.
    connected.send(&email_to(SUCCESS), "sent")?;

    // Subscribing the address once more mends it.
    let subscriptions = connected.customer.subscriptions(connected.link.region, &connected.topic)?;
    let old = subscriptions.into_iter().next().ok_or("there is no subscription")?;
    connected.customer.unsubscribe(connected.link.region, &old.arn)?;
    connected.customer.subscribe(connected.link.region, &connected.topic, &old.protocol, &old.endpoint)?;
    let mended = connected.organisation.wait_for_status("connected", SOON)?;
    equal("events", &mended["eventsActive"], true)?;
    until("the subscription to be confirmed", || {
        is_confirmed(&connected.customer, &connected.link, &connected.topic)
    })?;
    Ok(())
}

pub(crate) fn another_account(world: &World) -> Outcome {
    let connected = world.connected()?;
    let before = connected.binding()?;
    // Whoever has seen the link makes a stack of it, too.
    let intruder = world.customer()?;
    connected.link.create_stack(&intruder)?;
    let topic = topic_of(&intruder, &connected.link)?;
    let post = confirmation(world, &topic)?;
    equal("the answer", post.status, 403)?;
    hold(!is_confirmed(&intruder, &connected.link, &topic)?, "the intruder's topic may post")?;
    let account = intruder.account().as_str();
    let calls = world
        .wiretap
        .calls_where(|call| call.role.contains(account) || call.parameter("TopicArn").contains(account));
    equal("calls about the intruder's account", calls.len(), 0)?;
    equal("the connection", connected.binding()?, before)?;
    let id = connected.send(&email_to(SUCCESS), "sent")?;
    connected.wait_for_delivery(&id)?;
    Ok(())
}

/// The customer edits the link's address on the console's page.
pub(crate) fn another_accounts_role(world: &World) -> Outcome {
    let organisation = world.organisation()?;
    let link = quick_create(&organisation, IRELAND)?;
    let (customer, stranger) = (world.customer()?, world.customer()?);
    let topic = customer.create_topic(link.region, "edited")?;
    let role = format!("arn:aws:iam::{}:role/theirs", stranger.account());
    let endpoint =
        format!("{}?role_arn={role}&configuration_set=a", link.parameter("WebhookUrl").unwrap_or_default());
    customer.subscribe(link.region, &topic, "http", &endpoint)?;
    let post = confirmation(world, &topic)?;
    equal("the answer", post.status, 403)?;
    let calls = world.wiretap.calls_where(|call| call.role == role || call.parameter("TopicArn") == topic);
    equal("calls about them", calls.len(), 0)?;
    equal("status", &crate::world::binding(&organisation)?["status"], "awaiting_stack")
}

/// The confirmation that SNS has posted for a topic, once it was answered.
fn confirmation(world: &World, topic: &str) -> test_support::Result<Post> {
    soon("the confirmation to be answered", || {
        let mut posts = world.post_office.posts(topic).into_iter();
        let found = posts.rfind(|post| post.kind() == "SubscriptionConfirmation");
        Ok(found.map_or_else(|| Poll::Pending("nothing".into()), Poll::Ready))
    })
}

fn is_confirmed(customer: &Customer, link: &QuickCreate, topic: &str) -> test_support::Result<bool> {
    Ok(customer
        .subscriptions(link.region, topic)?
        .iter()
        .any(test_support::customer::Subscription::is_confirmed))
}

fn confirmed(topic: &str) -> String {
    format!(
        "<ConfirmSubscriptionResponse><ConfirmSubscriptionResult><SubscriptionArn>{topic}:80289ba6-0fd4-4079-afb4-ce8c8260f0ca\
         </SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>"
    )
}
