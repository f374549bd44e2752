//! Attacks on the SNS webhook: one JSON file in `sns/` for each case. They run natively against `sns-verify`, and end to end against
//! the Worker.

mod body;
mod case;
mod scene;

pub use case::{Case, Certificate, Level, Request};
pub use scene::Scene;
