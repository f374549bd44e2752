//! Where Durable Objects that work with an AWS region are created.

use aws_sans_io::Region;

/// Returns Cloudflare's location that is nearest to an AWS region.
///
/// <https://developers.cloudflare.com/durable-objects/reference/data-location/#provide-a-location-hint>
pub(crate) fn hint(region: Region) -> &'static str {
    let name = region.name();
    match name.split_once('-').map_or(name, |(area, _)| area) {
        "us" | "ca" | "mx" if name.contains("-west-") => "wnam",
        "sa" => "sam",
        "eu" => "weur",
        "af" => "afr",
        "me" | "il" => "me",
        // Sydney, Melbourne and New Zealand.
        "ap" if ["ap-southeast-2", "ap-southeast-4", "ap-southeast-6"].contains(&name) => "oc",
        "ap" => "apac",
        _ => "enam",
    }
}
