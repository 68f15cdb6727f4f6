//! Commands about services: deployments and their life-cycle, task protection.

use serde::{Deserialize, Serialize};

/// One command of this topic, with the request's fields as the API names them, in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ServicesCommand {}
