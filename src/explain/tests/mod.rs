//! What explanations say, on small clusters.

mod waiting;
mod words;
