//! Totals over all organisations, for operators.
//!
//! Every organisation counts for itself and reports absolute values to one of a few `Totals` objects. So a report that is repeated, late or
//! lost changes nothing once a later one arrives. A `Totals` object updates its sums with each report, and reading them doesn't depend on
//! the number of organisations.
//!
//! | file | contents |
//! |---|---|
//! | `regions` | counts and queue depths by region |
//! | `usage` | database size and request rate of an organisation, and the largest ones |
//! | `request_rate` | the highest request rate of a minute |
//! | `schedule` | when an organisation reports, and to which object |
//! | `ledger` | an organisation's counts, and what it has reported |
//! | `report` | a report, and how two reports merge |
//! | `sums` | the sums over many organisations |
//! | `prometheus` | the metrics in Prometheus's text format |

mod ledger;
mod prometheus;
mod regions;
mod report;
mod request_rate;
mod schedule;
mod sums;
mod usage;

pub use ledger::Ledger;
pub use prometheus::{PROMETHEUS_CONTENT_TYPE, prometheus_text};
pub use regions::{Counts, Depth, RegionTotals, Regions};
pub use report::Report;
pub use request_rate::RequestRate;
pub use schedule::{REPORT_INTERVAL, ReportSchedule, TOTALS_OBJECTS, totals_object};
pub use sums::Sums;
pub use usage::{BUSY_REQUESTS_PER_SECOND, LARGE_DATABASE_MIB, Peak, Usage, UsagePeaks};
