//! Declarations of the types that methods use.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    GenerateError, comment,
    method::Method,
    schema::{Direction, Schemas, list, text},
    types::{self, Member, Type},
};

/// The types that have been declared.
pub(super) struct Declarations<'a> {
    schemas: &'a Schemas<'a>,
    declared: BTreeSet<String>,
    /// The interfaces of query parameters, which several methods may share.
    queries: BTreeMap<String, Vec<Member>>,
}

impl<'a> Declarations<'a> {
    pub(super) const fn new(schemas: &'a Schemas<'a>) -> Self {
        Self { schemas, declared: BTreeSet::new(), queries: BTreeMap::new() }
    }

    /// Declares the types of a method that aren't declared yet.
    pub(super) fn add_method(&mut self, method: &Method, text: &mut String) -> Result<(), GenerateError> {
        if let Some(query) = &method.query {
            match self.queries.insert(query.interface.clone(), query.members.clone()) {
                Some(members) if members != query.members => {
                    let problem = "the queries of two methods have this name and different parameters";
                    return Err(GenerateError::new(&query.interface, problem));
                }
                Some(_) => {}
                None => text.push_str(&interface(&query.interface, &query.description, &query.members)),
            }
            self.add_all(query.members.iter().map(|member| &member.kind), Direction::Request, text)?;
        }
        self.add_all(method.body.iter().map(|body| &body.kind), Direction::Request, text)?;
        self.add_all(&method.response, Direction::Response, text)
    }

    /// Declares a type that the API writes.
    pub(super) fn add_response(&mut self, name: &str, text: &mut String) -> Result<(), GenerateError> {
        self.declare(name, Direction::Response, text)
    }

    fn add_all<'t>(
        &mut self,
        kinds: impl IntoIterator<Item = &'t Type>,
        direction: Direction,
        text: &mut String,
    ) -> Result<(), GenerateError> {
        kinds.into_iter().try_for_each(|kind| self.add(kind, direction, text))
    }

    /// Declares what a type refers to.
    fn add(&mut self, kind: &Type, direction: Direction, text: &mut String) -> Result<(), GenerateError> {
        match kind {
            Type::Named(name) => self.declare(name, direction, text),
            Type::Array(of) | Type::Record(of) => self.add(of, direction, text),
            Type::Object(members) => self.add_all(members.iter().map(|member| &member.kind), direction, text),
            Type::Union(of) => self.add_all(of, direction, text),
            _ => Ok(()),
        }
    }

    fn declare(&mut self, name: &str, direction: Direction, out: &mut String) -> Result<(), GenerateError> {
        if !self.declared.insert(name.to_owned()) {
            return Ok(());
        }
        let schema = self.schemas.get(name)?;
        let description = text(schema, "description").unwrap_or_default();
        if description.is_empty() {
            return Err(GenerateError::new(name, "it has no description"));
        }
        let kind = self.schemas.type_of(schema, name, direction)?;
        let declaration = match &kind {
            Type::Object(members) => interface(name, description, members),
            Type::Union(members) => {
                let alias =
                    types::print_alias(&format!("export type {name}"), &self.variants(members, direction)?);
                format!("\n{}{alias}", comment::doc(description, &values(schema), 0))
            }
            other => {
                let doc = comment::doc(description, &[], 0);
                format!("\n{doc}export type {name} = {};\n", types::print(other, 0))
            }
        };
        out.push_str(&declaration);
        self.add(&kind, direction, out)
    }

    /// The members of a union. Interfaces that callers choose from exclude each other's members, unless a literal member
    /// already distinguishes them.
    fn variants(&self, members: &[Type], direction: Direction) -> Result<Vec<String>, GenerateError> {
        let names: Option<Vec<&String>> = members
            .iter()
            .map(|member| if let Type::Named(name) = member { Some(name) } else { None })
            .collect();
        let plain = || members.iter().map(|member| types::print(member, 0)).collect();
        let Some(names) = names.filter(|_| direction == Direction::Request) else { return Ok(plain()) };
        let objects = names.iter().map(|name| {
            let kind = self.schemas.type_of(self.schemas.get(name)?, name, direction)?;
            Ok(if let Type::Object(members) = kind { Some(members) } else { None })
        });
        let objects: Option<Vec<Vec<Member>>> = objects.collect::<Result<_, GenerateError>>()?;
        let Some(objects) = objects.filter(|objects| !is_discriminated(objects)) else { return Ok(plain()) };
        let variants = names.iter().zip(&objects).map(|(name, own)| {
            let excluded: Vec<String> =
                excluded(own, &objects).map(|name| format!("{name}?: undefined")).collect();
            if excluded.is_empty() {
                (*name).clone()
            } else {
                format!("({name} & {{ {} }})", excluded.join("; "))
            }
        });
        Ok(variants.collect())
    }
}

/// Whether the objects share a member that is a literal in each of them.
fn is_discriminated(objects: &[Vec<Member>]) -> bool {
    let Some((first, rest)) = objects.split_first() else { return false };
    let literal = |member: &&Member| matches!(member.kind, Type::Literal(_));
    first.iter().filter(literal).any(|one| {
        rest.iter().all(|object| object.iter().filter(literal).any(|other| other.name == one.name))
    })
}

/// The members of the other objects that this one doesn't have, each once.
fn excluded<'a>(own: &'a [Member], objects: &'a [Vec<Member>]) -> impl Iterator<Item = String> + 'a {
    let mut seen = BTreeSet::new();
    objects
        .iter()
        .flatten()
        .filter(move |member| own.iter().all(|one| one.name != member.name) && seen.insert(&member.name))
        .map(|member| types::key(&member.name))
}

fn interface(name: &str, description: &str, members: &[Member]) -> String {
    let doc = comment::doc(description, &[], 0);
    format!("\n{doc}export interface {name} {{\n{}}}\n", types::print_members(members, 2))
}

/// The values of a union of literals with their descriptions.
fn values(schema: &Value) -> Vec<(String, String)> {
    let variants = list(schema, "oneOf").or_else(|| list(schema, "anyOf"));
    let value = |variant: &Value| {
        let name = text(variant, "const")?.to_owned();
        Some((name, text(variant, "description").unwrap_or_default().to_owned()))
    };
    variants.into_iter().flatten().filter_map(value).collect()
}
