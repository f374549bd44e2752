//! Names of the filters, tests and tags that templates can use.

/// Supported filters. None marks a text as safe, and each consumes fuel for its output.
pub(super) const FILTERS: [&str; 14] = [
    "abs",
    "capitalize",
    "default",
    "first",
    "format",
    "join",
    "length",
    "lower",
    "replace",
    "round",
    "title",
    "trim",
    "upper",
    "urlencode",
];

/// Supported tests, as in `{% if name is defined %}`. Each takes constant time.
pub(super) const TESTS: [&str; 10] =
    ["boolean", "defined", "divisibleby", "even", "mapping", "none", "number", "odd", "sequence", "string"];

/// Describes an unsupported filter.
pub(super) fn unknown_filter(name: &str) -> String {
    match name {
        "safe" | "escape" | "e" | "forceescape" => {
            format!("unknown filter \"{name}\": HTML is always escaped")
        }
        _ => format!("unknown filter \"{name}\"; available filters: {}", FILTERS.join(", ")),
    }
}

/// Describes an unsupported test.
pub(super) fn unknown_test(name: &str) -> String {
    format!("unknown test \"{name}\"; available tests: {}", TESTS.join(", "))
}

/// Describes an unsupported tag.
pub(super) fn unknown_tag(name: &str) -> String {
    format!("unknown tag \"{name}\"; available tags: if, for, set")
}
