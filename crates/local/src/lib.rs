//! Stand-ins on one machine.
