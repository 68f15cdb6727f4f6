//! What explanations say, on small clusters.

mod fixes;
mod waiting;
mod words;
