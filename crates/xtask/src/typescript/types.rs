//! TypeScript types and how they are written.

/// The longest line of generated code, in characters.
pub(super) const WIDTH: usize = 120;

/// A TypeScript type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    String,
    /// A time in a request: RFC 3339, or a `Date`, which the package converts.
    Time,
    Number,
    Boolean,
    Null,
    /// Any JSON value.
    Json,
    /// A literal as TypeScript writes it.
    Literal(String),
    /// A declared type.
    Named(String),
    Array(Box<Self>),
    /// An object without members.
    Empty,
    /// An object with any keys.
    Record(Box<Self>),
    Object(Vec<Member>),
    Union(Vec<Self>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) presence: Presence,
    pub(super) kind: Type,
}

/// Whether a member is always present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Always,
    /// The API leaves it out if there is no value.
    Maybe,
    /// Callers may leave it out or set it to `undefined`.
    Optional,
}

impl Type {
    /// A union without duplicates, `null` last.
    pub(super) fn union(types: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        let mut is_nullable = false;
        for kind in types {
            let members = if let Self::Union(members) = kind { members } else { vec![kind] };
            for member in members {
                if member == Self::Null {
                    is_nullable = true;
                } else if !flat.contains(&member) {
                    flat.push(member);
                }
            }
        }
        flat.extend(is_nullable.then_some(Self::Null));
        if flat.len() == 1 { flat.remove(0) } else { Self::Union(flat) }
    }
}

/// Writes a string literal.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Writes the name of a member, quoted if needed.
pub(super) fn key(name: &str) -> String {
    let is_identifier = !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    if is_identifier { name.to_owned() } else { quoted(name) }
}

/// Writes a type that begins in a line indented by `indent`.
pub(super) fn print(kind: &Type, indent: usize) -> String {
    match kind {
        Type::String => "string".into(),
        Type::Time => "string | Date".into(),
        Type::Number => "number".into(),
        Type::Boolean => "boolean".into(),
        Type::Null => "null".into(),
        Type::Json => "Json".into(),
        Type::Literal(text) | Type::Named(text) => text.clone(),
        Type::Array(of) if matches!(**of, Type::Union(_) | Type::Time) => {
            format!("({})[]", print(of, indent))
        }
        Type::Array(of) => format!("{}[]", print(of, indent)),
        Type::Empty => "Record<string, never>".into(),
        Type::Record(of) => format!("Record<string, {}>", print(of, indent)),
        Type::Union(members) => {
            members.iter().map(|member| print(member, indent)).collect::<Vec<_>>().join(" | ")
        }
        Type::Object(members) => {
            let space = " ".repeat(indent);
            format!("{{\n{}{space}}}", print_members(members, indent + 2))
        }
    }
}

/// Writes the members of an object, one or more lines each.
pub(super) fn print_members(members: &[Member], indent: usize) -> String {
    members.iter().map(|member| print_member(member, indent)).collect()
}

fn print_member(member: &Member, indent: usize) -> String {
    let (mark, undefined) = match member.presence {
        Presence::Always => ("", ""),
        Presence::Maybe => ("?", ""),
        Presence::Optional => ("?", " | undefined"),
    };
    let doc = super::comment::doc(&member.description, &[], indent);
    let space = " ".repeat(indent);
    format!("{doc}{space}{}{mark}: {}{undefined};\n", key(&member.name), print(&member.kind, indent))
}

/// Writes a union over several lines if it doesn't fit into the line that `before` begins.
pub(super) fn print_alias(before: &str, members: &[String]) -> String {
    let line = format!("{before} = {};\n", members.join(" | "));
    if line.trim_end().chars().count() <= WIDTH {
        return line;
    }
    let members: Vec<String> = members.iter().map(|member| format!("\n  | {member}")).collect();
    format!("{before} ={};\n", members.concat())
}
