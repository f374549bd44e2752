//! Which steps a deployment needs, decided from what exists already.

use std::{collections::BTreeSet, fmt};

use super::secrets;

/// The stack in Kraiter's own AWS account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stack {
    Missing,
    /// Created from another template.
    Outdated,
    Current,
}

/// What exists already.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Observed {
    pub(super) stack: Stack,
    /// Whether everyone can read the customers' template in the bucket.
    pub(super) template_is_published: bool,
    pub(super) has_database: bool,
    pub(super) has_pending_migrations: bool,
    /// Names of the Worker's secrets.
    pub(super) secrets: BTreeSet<String>,
    /// Whether the Worker that is running is the one that would be deployed.
    pub(super) is_deployed: bool,
    pub(super) has_organisation: bool,
}

impl Observed {
    /// Returns the state of accounts in which nothing exists yet.
    pub(super) const fn nothing() -> Self {
        Self {
            stack: Stack::Missing,
            template_is_published: false,
            has_database: false,
            has_pending_migrations: true,
            secrets: BTreeSet::new(),
            is_deployed: false,
            has_organisation: false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    CreateStack,
    UpdateStack,
    PublishTemplate,
    CreateDatabase,
    ApplyMigrations,
    CreateAccessKey,
    SetSecrets(Vec<&'static str>),
    Deploy,
    Check,
    CreateOrganisation,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CreateStack => "Create the stack in Kraiter's AWS account (IAM user, template bucket)",
            Self::UpdateStack => "Update the stack in Kraiter's AWS account",
            Self::PublishTemplate => "Publish the customers' CloudFormation template",
            Self::CreateDatabase => "Create the D1 database",
            Self::ApplyMigrations => "Apply the D1 migrations",
            Self::CreateAccessKey => "Create an access key of the IAM user",
            Self::SetSecrets(names) => return write!(f, "Set the secrets {}", names.join(", ")),
            Self::Deploy => "Deploy the Worker",
            Self::Check => "Check the deployment",
            Self::CreateOrganisation => "Create the first organisation",
        })
    }
}

/// A secret that is set nowhere although data depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LostSecret(pub(super) &'static str);

/// Returns the steps that are missing, in order. `at_hand` are the secrets that this machine knows.
///
/// # Errors
/// Fails if an organisation exists but a secret doesn't that its keys or links depend on. A new one would invalidate them.
pub(super) fn plan(observed: &Observed, at_hand: &BTreeSet<String>) -> Result<Vec<Step>, LostSecret> {
    let mut steps = Vec::new();
    match observed.stack {
        Stack::Missing => steps.push(Step::CreateStack),
        Stack::Outdated => steps.push(Step::UpdateStack),
        Stack::Current => {}
    }
    if !observed.template_is_published {
        steps.push(Step::PublishTemplate);
    }
    if !observed.has_database {
        steps.push(Step::CreateDatabase);
    }
    if !observed.has_database || observed.has_pending_migrations {
        steps.push(Step::ApplyMigrations);
    }
    let missing: Vec<_> = secrets::ALL.into_iter().filter(|name| !observed.secrets.contains(*name)).collect();
    let lost = |name: &&&str| observed.has_organisation && !at_hand.contains(**name);
    if let Some(name) = missing.iter().filter(|name| secrets::IRREPLACEABLE.contains(name)).find(lost) {
        return Err(LostSecret(name));
    }
    if missing.iter().any(|name| secrets::ACCESS_KEY.contains(name) && !at_hand.contains(*name)) {
        steps.push(Step::CreateAccessKey);
    }
    // A change of secrets creates a version that isn't marked as deployed from here.
    let must_deploy = !observed.is_deployed
        || !observed.template_is_published
        || !observed.has_database
        || !missing.is_empty();
    if !missing.is_empty() {
        steps.push(Step::SetSecrets(missing));
    }
    if must_deploy {
        steps.push(Step::Deploy);
    }
    steps.push(Step::Check);
    if !observed.has_organisation {
        steps.push(Step::CreateOrganisation);
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn everything() -> Observed {
        Observed {
            stack: Stack::Current,
            template_is_published: true,
            has_database: true,
            has_pending_migrations: false,
            secrets: names(&secrets::ALL),
            is_deployed: true,
            has_organisation: true,
        }
    }

    #[test]
    fn a_complete_deployment_is_only_checked() {
        assert_eq!(plan(&everything(), &BTreeSet::new()), Ok(vec![Step::Check]));
    }

    #[test]
    fn nothing_is_created_before_what_it_needs() {
        let steps = plan(&Observed::nothing(), &BTreeSet::new()).unwrap();
        assert_eq!(
            steps,
            [
                Step::CreateStack,
                Step::PublishTemplate,
                Step::CreateDatabase,
                Step::ApplyMigrations,
                Step::CreateAccessKey,
                Step::SetSecrets(secrets::ALL.to_vec()),
                Step::Deploy,
                Step::Check,
                Step::CreateOrganisation,
            ]
        );
    }

    #[test]
    fn an_interrupted_run_continues_with_the_key_it_created() {
        let observed = Observed { secrets: BTreeSet::new(), has_organisation: false, ..everything() };
        let steps = plan(&observed, &names(&secrets::ALL)).unwrap();
        assert_eq!(
            steps,
            [Step::SetSecrets(secrets::ALL.to_vec()), Step::Deploy, Step::Check, Step::CreateOrganisation]
        );
    }

    #[test]
    fn an_upgrade_migrates_before_it_deploys() {
        let observed = Observed {
            has_pending_migrations: true,
            template_is_published: false,
            is_deployed: false,
            ..everything()
        };
        let expected = [Step::PublishTemplate, Step::ApplyMigrations, Step::Deploy, Step::Check];
        assert_eq!(plan(&observed, &BTreeSet::new()).unwrap(), expected);
    }

    #[test]
    fn a_new_template_is_deployed_because_the_worker_names_it() {
        let observed = Observed { template_is_published: false, ..everything() };
        assert!(plan(&observed, &BTreeSet::new()).unwrap().contains(&Step::Deploy));
    }

    #[test]
    fn an_outdated_stack_alone_needs_no_deployment() {
        let observed = Observed { stack: Stack::Outdated, ..everything() };
        assert_eq!(plan(&observed, &BTreeSet::new()), Ok(vec![Step::UpdateStack, Step::Check]));
    }

    #[test]
    fn a_secret_that_data_depends_on_is_not_replaced() {
        for lost in secrets::IRREPLACEABLE {
            let mut observed = everything();
            observed.secrets.remove(lost);
            assert_eq!(plan(&observed, &BTreeSet::new()), Err(LostSecret(lost)));
            let steps = plan(&observed, &names(&[lost])).unwrap();
            assert!(steps.contains(&Step::SetSecrets(vec![lost])), "{steps:?}");
        }
    }

    #[test]
    fn an_access_key_is_only_created_if_the_worker_has_none() {
        let mut observed = everything();
        observed.secrets.remove("METRICS_TOKEN");
        let steps = plan(&observed, &BTreeSet::new()).unwrap();
        assert_eq!(steps, [Step::SetSecrets(vec!["METRICS_TOKEN"]), Step::Deploy, Step::Check]);
    }
}
